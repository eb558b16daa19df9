/**
 * What the producer would make of a record before anybody produces it: all that is wrong with it at once, and what would
 * come of it. The record is taken by the very function that takes records from Kafka (take-record.ts), resolved by the one
 * that resolves reads, and its claims are looked at and not made.
 *
 * Invariants
 *   V1. `isOk` is true if and only if the producer would not set the record aside.
 *   V2. Nothing stays: nothing is written, claimed, heard, learned, or put on the list of unknown tags.
 *   V3. Of what is for another organization than the caller's, nothing is told but that it is.
 *   V4. What is behind a first problem of the frame (organization, receive time, headers) is judged too, as if that were
 *       mended, unless there are more problems already than are listed.
 */
import type { OrgId } from '@scanhook/domain/ids'
import type { DropReason, PoisonReason } from '@scanhook/domain/poison'
import type { FieldProblem, Heartbeat } from '@scanhook/domain/read'
import type { Headers, KafkaRecord } from '@scanhook/kafka/record'
import type { Claim, ClaimAnswer } from '@scanhook/redis/claims'
import { type AcceptedEvent, claimOfEvent } from '../accept-events.ts'
import { claimOfScan } from '../accept-reads.ts'
import type { Arrival } from '../arrival.ts'
import type { Badness, Intake } from '../consume-upstream.ts'
import { deviceHeader, formatHeader } from '../reader-source.ts'
import type { Resolution } from '../resolve-reads.ts'
import type { UpstreamTopic } from '../topic-bindings.ts'
import { tellCopies } from '../write-once.ts'

type Taking<T> = Intake<T> | Promise<Intake<T>>

export interface ValidatePorts {
  readonly nowMs: () => number
  /** As the consumer takes it from a topic of reads, but that heartbeats are told to `heard`. */
  readonly takeReads: (record: KafkaRecord, heard: (heartbeat: Heartbeat) => void) => Taking<Arrival>
  /** As the consumer takes it from a topic of business events. */
  readonly takeEvents: (record: KafkaRecord) => Taking<AcceptedEvent>
  /** As reads are resolved, but that no clock learns from it. */
  readonly resolve: (arrivals: readonly Arrival[]) => Promise<readonly Resolution[]>
  /** Looks, and marks nothing. */
  readonly claim: (claims: readonly Claim[]) => Promise<readonly ClaimAnswer[]>
}

/** A record as somebody means to produce it. */
export interface Draft {
  readonly topic: UpstreamTopic
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Headers
  /** Null: now. */
  readonly timestampMs: number | null
}

export interface Verdict {
  readonly isOk: boolean
  /** Why it would be set aside; null when it would not. */
  readonly reason: PoisonReason | null
  /** Also those that the reason hides (V4). */
  readonly problems: readonly FieldProblem[]
  /** The first `outcomesMax`, in the order of the record. */
  readonly outcomes: readonly Outcome[]
  readonly isComplete: boolean
  readonly warnings: readonly Warning[]
}

export type Outcome =
  | {
      readonly kind: 'read'
      readonly resolution: Extract<Resolution, { kind: 'scan' | 'dropped' }>
      readonly isCopy: boolean
    }
  | { readonly kind: 'event'; readonly accepted: AcceptedEvent; readonly isCopy: boolean }
  | { readonly kind: 'heartbeat'; readonly heartbeat: Heartbeat }

/** Those of reads that lead to nothing, and more. */
export const warningCodes = [
  'duplicate',
  'unknown_tag',
  'unknown_device',
  'unknown_scan_point',
  'inactive_asset',
  'too_old',
  'reader_time_ignored',
  'no_location',
  'no_id',
  'no_key',
  'other_organization',
  'duplicates_unknown',
] as const
export type WarningCode = (typeof warningCodes)[number]

/** What is not wrong, and perhaps not meant. */
export interface Warning {
  readonly code: WarningCode
  /** Index in `outcomes`; null: the record as a whole. */
  readonly outcomeIndex: number | null
  readonly message: string
}

/** As many as every error answer lists. */
export const problemsListed = 100

// One part of the pipeline, as a request to the front door holds: one round trip to each store.
const outcomesMax = 1_000

/** Null: a store that must be asked is away. */
export async function validateRecord(
  ports: ValidatePorts,
  draft: Draft,
  orgId: OrgId,
): Promise<Verdict | null> {
  const record = recordOf(draft, ports.nowMs())
  return draft.topic.kind === 'reads'
    ? validateReads(ports, record, orgId)
    : validateEvents(ports, record, orgId)
}

/** A partition that no topic has: a copy that was really produced is another one. */
function recordOf({ topic, key, value, headers, timestampMs }: Draft, nowMs: number): KafkaRecord {
  return {
    topic: topic.name,
    partition: -1,
    offset: 0,
    timestampMs: timestampMs ?? nowMs,
    key,
    value,
    headers,
  }
}

async function validateReads(
  ports: ValidatePorts,
  record: KafkaRecord,
  orgId: OrgId,
): Promise<Verdict | null> {
  const heard: Heartbeat[] = []
  const intake = await ports.takeReads(record, (heartbeat) => heard.push(heartbeat))
  if (intake.kind === 'unavailable') return null
  const hidden = await hiddenProblems({ ...ports, take: (other) => ports.takeReads(other, ignore) }, record, {
    bad: intake.bad,
    orgId,
  })
  const arrivals = intake.items.filter(({ read }) => read.orgId === orgId)
  const heartbeats = heard.filter((heartbeat) => heartbeat.orgId === orgId)
  const resolutions = await ports.resolve(arrivals.slice(0, outcomesMax))
  const known = resolutions.filter((one) => one.kind !== 'unavailable')
  if (known.length < resolutions.length) return null
  const copies = await tellCopies(
    ports,
    known.map((one) => (one.kind === 'scan' ? claimOfScan(one.scan, one.arrival) : null)),
  )
  const reads = known.map((resolution, index): Outcome => {
    return { kind: 'read', resolution, isCopy: copies[index] === 'duplicate' }
  })
  const alive = heartbeats.map((heartbeat): Outcome => ({ kind: 'heartbeat', heartbeat }))
  const outcomes = [...reads, ...alive].slice(0, outcomesMax)
  const total = intake.items.length + heard.length
  return verdictOf(intake.bad, hidden, {
    outcomes,
    isComplete: outcomes.length === arrivals.length + heartbeats.length,
    warnings: [
      ...keyWarnings(record, total),
      ...otherOrgWarnings(total - arrivals.length - heartbeats.length),
      ...uncheckedWarnings(copies),
      ...outcomes.flatMap(warningsOf),
    ],
  })
}

async function validateEvents(
  ports: ValidatePorts,
  record: KafkaRecord,
  orgId: OrgId,
): Promise<Verdict | null> {
  const intake = await ports.takeEvents(record)
  if (intake.kind === 'unavailable') return null
  const hidden = await hiddenProblems({ ...ports, take: ports.takeEvents }, record, {
    bad: intake.bad,
    orgId,
  })
  const own = intake.items.filter(({ event }) => event.orgId === orgId)
  const shown = own.slice(0, outcomesMax)
  const copies = await tellCopies(ports, shown.map(claimOfEvent))
  const outcomes = shown.map((accepted, index): Outcome => {
    return { kind: 'event', accepted, isCopy: copies[index] === 'duplicate' }
  })
  return verdictOf(intake.bad, hidden, {
    outcomes,
    isComplete: shown.length === own.length,
    warnings: [
      ...otherOrgWarnings(intake.items.length - own.length),
      ...uncheckedWarnings(copies),
      ...outcomes.flatMap(warningsOf),
    ],
  })
}

function verdictOf(
  bad: Badness | null,
  hidden: readonly FieldProblem[],
  found: Pick<Verdict, 'outcomes' | 'isComplete' | 'warnings'>,
): Verdict {
  const problems = bad === null ? [] : [...problemsOf(bad), ...hidden]
  return { isOk: bad === null, reason: bad?.reason ?? null, problems, ...found }
}

/** What is wrong with a record as a whole is a problem of no field. */
function problemsOf({ detail, problems }: Badness): readonly FieldProblem[] {
  return problems ?? [{ field: '', code: 'invalid_value', message: detail }]
}

interface Refusal {
  readonly bad: Badness | null
  readonly orgId: OrgId
}

// Organization, receive time and headers: each is mended once.
const roundsMax = 3

/** V4: each round mends one thing that was wrong with the frame. */
async function hiddenProblems(
  ports: Pick<ValidatePorts, 'nowMs'> & { readonly take: (record: KafkaRecord) => Taking<unknown> },
  record: KafkaRecord,
  { bad, orgId }: Refusal,
): Promise<readonly FieldProblem[]> {
  const found: FieldProblem[] = []
  const seen = new Set(bad === null ? [] : problemsOf(bad).map(textOf))
  // A record may hold 100,000 wrong items: what nobody is shown is not looked for again.
  let mended = seen.size < problemsListed ? mend(record, bad, { orgId, nowMs: ports.nowMs() }) : null
  for (let round = 0; mended !== null && round < roundsMax; round += 1) {
    const intake = await ports.take(mended)
    if (intake.kind === 'unavailable' || intake.bad === null) return found
    for (const problem of problemsOf(intake.bad)) {
      // In a batch an item may name an organization that only the mended header contradicts.
      if (seen.has(textOf(problem)) || isAboutOrg(problem)) continue
      seen.add(textOf(problem))
      found.push(problem)
    }
    mended = mend(mended, intake.bad, { orgId, nowMs: ports.nowMs() })
  }
  return found
}

function textOf({ field, message }: FieldProblem): string {
  return `${field} ${message}`
}

function isAboutOrg({ field }: FieldProblem): boolean {
  return field === 'org_id' || field.endsWith('.org_id')
}

/** Null where nothing of the frame is wrong, so that nothing is hidden. */
function mend(
  record: KafkaRecord,
  bad: Badness | null,
  { orgId, nowMs }: { readonly orgId: OrgId; readonly nowMs: number },
): KafkaRecord | null {
  if (bad === null) return null
  if (bad.reason === 'unknown_organization') {
    const isMended = record.headers['scanhook-org'] === String(orgId)
    return isMended ? null : { ...record, headers: { ...record.headers, 'scanhook-org': String(orgId) } }
  }
  if (bad.reason === 'timestamp_out_of_range') {
    const { 'scanhook-received-at': _, ...headers } = record.headers
    return { ...record, headers, timestampMs: nowMs }
  }
  const isOfHeaders = bad.problems?.some(({ field }) => field === formatHeader || field === deviceHeader)
  if (isOfHeaders !== true || !(formatHeader in record.headers || deviceHeader in record.headers)) return null
  const { [formatHeader]: _, [deviceHeader]: __, ...headers } = record.headers
  // Whose form it is in is then not known: that of the topic is the best guess.
  return { ...record, headers }
}

function warningsOf(outcome: Outcome, outcomeIndex: number): readonly Warning[] {
  const warning = (code: WarningCode, message: string): Warning => ({ code, outcomeIndex, message })
  switch (outcome.kind) {
    case 'heartbeat':
      return []
    case 'event':
      return [
        ...(outcome.isCopy ? [warning('duplicate', dropMessages.duplicate)] : []),
        ...(outcome.accepted.arrival.event.clientId === null ? [warning('no_id', noId)] : []),
      ]
    case 'read':
      return readWarnings(outcome, warning)
  }
}

function readWarnings(
  { resolution, isCopy }: Extract<Outcome, { kind: 'read' }>,
  warning: (code: WarningCode, message: string) => Warning,
): readonly Warning[] {
  const { read, readAtMs } = resolution.arrival
  const dropReason = resolution.kind === 'dropped' ? resolution.reason : isCopy ? 'duplicate' : null
  return [
    ...(dropReason === null ? [] : [warning(dropReason, dropMessages[dropReason])]),
    ...(read.readAtMs !== null && readAtMs === null ? [warning('reader_time_ignored', timeIgnored)] : []),
    ...(resolution.kind === 'scan' && resolution.scan.place.path.length === 0
      ? [warning('no_location', noLocation)]
      : []),
    ...(read.readId === null && read.readAtMs === null ? [warning('no_id', noId)] : []),
  ]
}

const dropMessages: Readonly<Record<DropReason, string>> = {
  duplicate: 'was taken before, or stands twice in the record: this copy leads to nothing',
  unknown_tag:
    'no asset has this tag: the read leads to nothing and the tag goes on the list of unknown tags',
  unknown_device: 'no scan device has this external key: the read leads to nothing',
  unknown_scan_point: 'the device has no active scan point with this antenna: the read leads to nothing',
  inactive_asset: 'the tag or its asset is switched off: the read leads to nothing',
  too_old: 'the reader’s time lies further back than late_limit: the read leads to nothing',
}
const timeIgnored =
  'the reader’s time is more than 24 hours behind or 5 minutes ahead of the receive time: events do not show it'
const noLocation = 'the scan is in no location: nothing is entered, left or moved by it'
const noId = 'without an id the record counts again when it is sent again'

function keyWarnings({ key }: KafkaRecord, items: number): readonly Warning[] {
  if (key !== null || items === 0) return []
  const message = 'without a key a reader’s records spread over partitions, and do not stay in order'
  return [{ code: 'no_key', outcomeIndex: null, message }]
}

function otherOrgWarnings(count: number): readonly Warning[] {
  if (count === 0) return []
  const message = `${count} of the record are for another organization than the key’s: what would come of them is not told`
  return [{ code: 'other_organization', outcomeIndex: null, message }]
}

function uncheckedWarnings(copies: readonly ClaimAnswer[]): readonly Warning[] {
  if (!copies.includes('unchecked')) return []
  const message = 'Redis can not be asked, so nobody knows what is a copy of what was sent before'
  return [{ code: 'duplicates_unknown', outcomeIndex: null, message }]
}

function ignore(): void {}
