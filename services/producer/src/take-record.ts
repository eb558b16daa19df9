/**
 * One upstream record → the reads or business events in it, each checked, and what is wrong with the rest. The frame
 * (organization, receive time, form) is judged here; what a read or an event must look like is judged by `parse`.
 */
import type { OrgId } from '@scanhook/domain/ids'
import type { PoisonReason } from '@scanhook/domain/poison'
import type { FieldProblem, Parsed } from '@scanhook/domain/read'
import { judgeTime, type TimeJudgement } from '@scanhook/domain/reading/judge-time'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { type TraceHeaders, traceHeaders } from '@scanhook/observability/trace'
import type { Document } from '@scanhook/reader-formats/split-documents'
import type { Badness, Intake } from './consume-upstream.ts'
import type { Found } from './found.ts'
import { parseUpstream } from './parse-upstream.ts'
import type { ReaderSource } from './reader-source.ts'
import { givenOrg, type TopicBinding, type TopicBindings, unbound } from './topic-bindings.ts'

/** Where one item came from and when. */
export interface Frame extends ReaderSource {
  /** Null where the item itself must say it. */
  readonly orgId: OrgId | null
  readonly receivedAtMs: number
  readonly coordinate: string
  /** What the names of wrong fields begin with: empty, or `3.` in a batch. */
  readonly fieldPrefix: string
  /** The trace that it belongs to, for what comes of it. */
  readonly headers: TraceHeaders | undefined
}

export interface TakePorts<Avro, T> {
  readonly bindings: TopicBindings
  /** Which format the record is in; its problems are those of the headers. */
  readonly sourceOf: (bound: TopicBinding, record: KafkaRecord) => Parsed<ReaderSource>
  readonly nowMs: () => number
  /** Whether `scanhook-received-at` may replace the record's timestamp (replay of recordings). */
  readonly isReceivedAtTrusted: boolean
  readonly decode: (bytes: Buffer) => Avro | Promise<Avro>
  /** What the error of `decode` means: bad for a reason, or null when the registry is away. Throws what it does not know. */
  readonly whyBad: (error: unknown) => Badness | null
  readonly fromAvro: (value: Avro, frame: Frame) => Parsed<T>
  readonly fromJson: (json: unknown, frame: Frame) => Found<T>
}

export function recordTaker<Avro, T>(
  ports: TakePorts<Avro, T>,
): (record: KafkaRecord) => Intake<T> | Promise<Intake<T>> {
  return (record) => {
    const { value, headers } = record
    const bound = ports.bindings.get(record.topic) ?? unbound
    const org = givenOrg(bound.orgId, headers['scanhook-org'])
    if (!org.ok) return refused('unknown_organization', org.detail)
    const source = ports.sourceOf(bound, record)
    if (!source.ok) return refusedFor(source.problems)
    const times = judgeReceivedAt(record, ports)
    if (times.kind === 'poison') return refused(times.reason, 'the receive time is impossible')
    const frame: Frame = {
      ...source.value,
      orgId: org.orgId,
      receivedAtMs: times.receivedAtMs,
      // The time tells it apart from the record that had this offset before the topic was deleted and made anew.
      coordinate: `${record.topic}:${record.partition}:${record.offset}:${record.timestampMs}`,
      fieldPrefix: '',
      headers: traceHeaders(headers),
    }
    const content = parseUpstream(value, headers['content-type'])
    if (content.kind === 'bad') return refused(content.reason, content.detail)
    if (content.kind === 'avro') return takeAvro(ports, value ?? Buffer.alloc(0), frame)
    return takeItems(ports, content.items, content.isBatch, frame)
  }
}

/** A trusted time may lie ahead of ours: a recording that is replayed faster than it was made runs ahead. */
function judgeReceivedAt(
  record: KafkaRecord,
  { isReceivedAtTrusted, nowMs }: Pick<TakePorts<never, never>, 'isReceivedAtTrusted' | 'nowMs'>,
): TimeJudgement {
  const said = isReceivedAtTrusted ? record.headers['scanhook-received-at'] : undefined
  if (said === undefined) return judgeTime({ receivedAtMs: record.timestampMs, readAtMs: null }, nowMs())
  const receivedAtMs = /^\d{1,15}$/.test(said) ? Number(said) : Number.NaN
  return judgeTime({ receivedAtMs, readAtMs: null }, Math.max(nowMs(), receivedAtMs))
}

/** When a record was received, as every read in it will have it; null where that time is impossible. */
export function receivedAtMsOf(
  record: KafkaRecord,
  ports: Pick<TakePorts<never, never>, 'isReceivedAtTrusted' | 'nowMs'>,
): number | null {
  const times = judgeReceivedAt(record, ports)
  return times.kind === 'accepted' ? times.receivedAtMs : null
}

function takeAvro<Avro, T>(
  ports: TakePorts<Avro, T>,
  bytes: Buffer,
  frame: Frame,
): Intake<T> | Promise<Intake<T>> {
  const decoded = (value: Avro): Intake<T> => {
    const parsed = ports.fromAvro(value, frame)
    return parsed.ok ? { kind: 'taken', items: [parsed.value], bad: null } : refusedFor(parsed.problems)
  }
  const undecoded = (error: unknown): Intake<T> => {
    const bad = ports.whyBad(error)
    return bad === null ? { kind: 'unavailable' } : refused(bad.reason, bad.detail)
  }
  try {
    const value = ports.decode(bytes)
    return value instanceof Promise ? value.then(decoded, undecoded) : decoded(value)
  } catch (error) {
    return undecoded(error)
  }
}

function takeItems<Avro, T>(
  ports: TakePorts<Avro, T>,
  items: readonly Document[],
  isBatch: boolean,
  frame: Frame,
): Intake<T> {
  const good: T[] = []
  const problems: FieldProblem[] = []
  let isUnreadable = false
  for (const [index, item] of items.entries()) {
    if (item.kind === 'unreadable') {
      isUnreadable = true
      problems.push({ field: `${index}`, code: 'invalid_value', message: 'is not JSON' })
      continue
    }
    const own = isBatch ? itemFrame(frame, index) : frame
    const found = ports.fromJson(item.json, own)
    for (const each of found.items) good.push(each)
    for (const problem of found.problems) problems.push(problem)
  }
  if (problems.length === 0) return { kind: 'taken', items: good, bad: null }
  const reason = isUnreadable ? 'invalid_json' : reasonOf(problems)
  return { kind: 'taken', items: good, bad: { reason, detail: detailOf(problems), problems } }
}

/** The frame of one item of a batch. */
export function itemFrame(frame: Frame, index: number): Frame {
  return { ...frame, coordinate: `${frame.coordinate}:${index}`, fieldPrefix: `${index}.` }
}

function refused(reason: PoisonReason, detail: string): Intake<never> {
  return { kind: 'taken', items: [], bad: { reason, detail } }
}

function refusedFor(problems: readonly FieldProblem[]): Intake<never> {
  const bad: Badness = { reason: reasonOf(problems), detail: detailOf(problems), problems }
  return { kind: 'taken', items: [], bad }
}

function reasonOf(problems: readonly FieldProblem[]): PoisonReason {
  const isAboutOrg = problems.some(({ field }) => field === 'org_id' || field.endsWith('.org_id'))
  return isAboutOrg ? 'unknown_organization' : 'invalid_field'
}

// A person reads this; the first few say what kind of mistake it is.
const problemsShown = 10

function detailOf(problems: readonly FieldProblem[]): string {
  const shown = problems.slice(0, problemsShown).map(({ field, message }) => `${field || 'it'} ${message}`)
  const more = problems.length - shown.length
  return more > 0 ? `${shown.join('; ')}; and ${more} more` : shown.join('; ')
}
