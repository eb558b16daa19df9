/**
 * A record on `poison`: its headers are its own, and beside them why it is there and where it came from. Key and value
 * are passed on as they came, so that nothing is lost by a decoder that is wrong.
 */
import type { PoisonReason } from '@scanhook/domain/poison'

export interface PoisonedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly headers: Readonly<Record<string, string>>
}

export interface PoisonVerdict {
  readonly reason: PoisonReason
  /** Plain words; never quotes the record. */
  readonly detail: string
  /** Name of the service that found it. */
  readonly service: string
}

/** Enough for the longest list of field problems that is still read by a person. */
const detailCharsMax = 1_000

export function poisonHeaders(record: PoisonedRecord, verdict: PoisonVerdict): Record<string, string> {
  return {
    ...record.headers,
    'poison-reason': verdict.reason,
    'poison-detail': verdict.detail.slice(0, detailCharsMax),
    'poison-topic': record.topic,
    'poison-partition': `${record.partition}`,
    'poison-offset': `${record.offset}`,
    'poison-service': verdict.service,
  }
}

interface Received extends PoisonedRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** What goes to `topic` (`poison` with its prefix). */
export interface PoisonRecord {
  readonly topic: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Record<string, string>
}

export function poisonRecord(topic: string, record: Received, verdict: PoisonVerdict): PoisonRecord {
  return { topic, key: record.key, value: record.value, headers: poisonHeaders(record, verdict) }
}
