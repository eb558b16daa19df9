/**
 * A record that was set aside, as it is shown to people, and as it goes back to where it came from. Pure.
 *
 * Invariants
 *   Q1. What is shown of a record has a bound, whatever the record has.
 *   Q2. What goes back has the bytes of before and its own headers, without those of `poison`, and one that says where it lay.
 *   Q3. Nothing goes back to `poison` itself.
 */
import type { Headers, KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'

/** A person sees by the first lines what it is; a page of 200 stays below half a megabyte. */
export const previewBytesMax = 2_048
/** Of bytes that are no text: sixteen lines of a dump. */
const dumpBytesMax = 256
/** Ours are eight; a sender with more is shown the first. */
const headersMax = 32
const headerCharsMax = 512

export interface Preview {
  readonly form: 'none' | 'text' | 'bytes'
  /** Bytes as pairs of hexadecimal digits. */
  readonly text: string
  readonly isCut: boolean
  readonly sizeBytes: number
}

export interface Origin {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface PoisonEntry {
  readonly partition: number
  readonly offset: number
  /** Epoch ms. */
  readonly setAsideAtMs: number
  readonly reason: string
  readonly detail: string
  readonly service: string
  readonly origin: Origin | null
  readonly key: Preview
  readonly value: Preview
  /** Its own; `poison-…` are told by the fields above. */
  readonly headers: Headers
  /** Set where it was put back once and is here again. */
  readonly replayedFrom: string | null
}

export const replayedHeader = 'poison-replayed-from'
const ownPrefix = 'poison-'

export function poisonEntry(record: KafkaRecord): PoisonEntry {
  const { partition, offset, headers } = record
  return {
    ...{ partition, offset, setAsideAtMs: record.timestampMs },
    reason: bounded(headers['poison-reason']),
    detail: (headers['poison-detail'] ?? '').slice(0, 1_000),
    service: bounded(headers['poison-service']),
    origin: originOf(headers),
    key: previewOf(record.key),
    value: previewOf(record.value),
    headers: Object.fromEntries(
      Object.entries(ownHeaders(headers))
        .slice(0, headersMax)
        .map(([name, value]) => [bounded(name), bounded(value)]),
    ),
    replayedFrom: headers[replayedHeader] === undefined ? null : bounded(headers[replayedHeader]),
  }
}

/** Q1. */
export function previewOf(value: Buffer | null): Preview {
  if (value === null) return { form: 'none', text: '', isCut: false, sizeBytes: 0 }
  const sizeBytes = value.length
  const start = value.subarray(0, previewBytesMax)
  const text = textOf(start)
  if (text !== null) return { form: 'text', text, isCut: sizeBytes > start.length, sizeBytes }
  const dumped = value.subarray(0, dumpBytesMax)
  const pairs = dumped.toString('hex').replaceAll(/(..)(?=.)/g, '$1 ')
  return { form: 'bytes', text: pairs, isCut: sizeBytes > dumped.length, sizeBytes }
}

/** Null for what is no text: not UTF-8, or with control characters (Avro begins with a zero). A character that is cut is left out. */
function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text
  } catch {
    return null
  }
}

export function originOf(headers: Headers): Origin | null {
  const topic = headers['poison-topic'] ?? ''
  const partition = countIn(headers['poison-partition'])
  const offset = countIn(headers['poison-offset'])
  return topic === '' || partition === null || offset === null ? null : { topic, partition, offset }
}

export interface Filters {
  /** Empty: all. */
  readonly reasons: readonly string[]
  readonly services: readonly string[]
}

export function isWanted({ reason, service }: PoisonEntry, { reasons, services }: Filters): boolean {
  const isAmong = (all: readonly string[], one: string) => all.length === 0 || all.includes(one)
  return isAmong(reasons, reason) && isAmong(services, service)
}

export interface PoisonTopics {
  readonly poison: string
  /** Those whose keys we choose: their keys decide the partition. */
  readonly own: readonly string[]
}

/** What goes back, or null where nothing can: no origin, or `poison` itself (Q3). */
export function recordBack(record: KafkaRecord, { poison, own }: PoisonTopics): OutgoingRecord | null {
  const origin = originOf(record.headers)
  if (origin === null || origin.topic === poison) return null // Q3
  const isKeyed = record.key !== null && own.includes(origin.topic)
  return {
    topic: origin.topic,
    key: record.key,
    value: record.value,
    headers: {
      ...ownHeaders(record.headers),
      [replayedHeader]: `${record.partition}:${record.offset}`,
    },
    // Of a sender whose partitioner we do not know: where it came from, so that its order stays among its own.
    ...(isKeyed ? {} : { partition: origin.partition }),
  }
}

function ownHeaders(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(ownPrefix)))
}

function bounded(text: string | undefined): string {
  return (text ?? '').slice(0, headerCharsMax)
}

function countIn(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}
