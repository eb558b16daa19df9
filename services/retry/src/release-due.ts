/**
 * The handler of the retry tiers: what has waited long enough goes on, to a shorter tier or back to `deliveries`.
 * Decides nothing itself (domain/retry does) and keeps nothing; knows no Kafka client and no timer: a partition whose
 * head is not due is left alone until it is.
 *
 * Order of acts for each batch: decide from the head on → append what goes on, and poison (ack) → mark done → leave the
 * rest alone until its head is due.
 *
 * Invariants
 *   T1. Nothing leaves a tier before its head is due, and nothing behind a head that waits.
 *   T2. A record is done only when its successor is acknowledged: a crash between repeats it, in the same bytes.
 *   T3. The bytes go on unchanged: nothing is rendered or encoded here.
 *   T4. The handler never waits for time: it returns, and the membership in the group stays alive.
 *   T5. All times are the brokers' clock, as the tiers' own stamps are; a head that waits is asked again at least every
 *       five minutes, so that what was learnt about that clock meanwhile counts.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { EndpointId } from '@scanhook/domain/ids'
import type { PoisonReason } from '@scanhook/domain/poison'
import { decideTierHead, type Hop, tierDueAtMs } from '@scanhook/domain/retry/choose-hop'
import type { TierName } from '@scanhook/domain/retry/tiers'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { unlessAborted } from '@scanhook/runtime/unless-aborted'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'
import type { TierHeads } from './tier-heads.ts'

export interface ReleasePorts {
  readonly decode: RecordDecoder<Delivery>
  readonly tierOf: (topic: string) => TierName
  readonly topicOf: (hop: Hop) => string
  readonly keyOf: (endpoint: EndpointId) => string
  readonly poisonOf: (record: KafkaRecord, reason: PoisonReason, detail: string) => OutgoingRecord
  /** Resolves when every record is acknowledged. */
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  /** Told per released record: how long after it could have gone. */
  readonly released: (tier: TierName, overdueMs: number) => void
  /** Told what is at the head of a partition; for the gauges alone. */
  readonly heads: Pick<TierHeads, 'waits' | 'emptied'>
  /** The brokers' clock (T5). */
  readonly nowMs: () => number
  readonly scale: number
}

/**
 * In five minutes two clocks drift apart by 30 ms at most (100 ppm), and a broker's clock that was set is noticed; asking again
 * costs one fetch of at most 1 MiB for each partition.
 */
const pauseMaxMs = 5 * 60 * 1_000

export function dueReleaser(ports: ReleasePorts): (batch: RecordBatch) => Promise<void> {
  return (batch) => unlessAborted(batch.signal, release(ports, batch))
}

async function release(ports: ReleasePorts, batch: RecordBatch): Promise<void> {
  const { outgoing, lastOffset, headDueAtMs, wait } = await decideHeads(ports, batch)
  if (headDueAtMs !== null) ports.heads.waits(batch, headDueAtMs)
  if (outgoing.length > 0) await ports.appendAll(outgoing)
  if (lastOffset !== null) batch.doneThrough(lastOffset)
  if (wait !== null) ports.heads.waits(batch, wait.untilMs)
  else if (lastOffset !== null && lastOffset + 1 >= batch.highWatermark) ports.heads.emptied(batch)
  if (wait !== null) batch.pauseUntil(wait.offset, Math.min(wait.untilMs, ports.nowMs() + pauseMaxMs))
}

interface Decided {
  readonly outgoing: readonly OutgoingRecord[]
  /** Of the last record that goes on; null when none does. */
  readonly lastOffset: number | null
  /** When the first record that goes on could have; null when none does, or none can be read. */
  readonly headDueAtMs: number | null
  /** The first record that is not due; null when all are. */
  readonly wait: { readonly offset: number; readonly untilMs: number } | null
}

async function decideHeads(ports: ReleasePorts, batch: RecordBatch): Promise<Decided> {
  const tier = ports.tierOf(batch.topic)
  const nowMs = ports.nowMs()
  const outgoing: OutgoingRecord[] = []
  let lastOffset: number | null = null
  let headDueAtMs: number | null = null
  for (const record of batch.records) {
    const pending = ports.decode(record.value, batch)
    const decoded = pending instanceof Promise ? await pending : pending
    if (decoded.kind === 'bad') {
      outgoing.push(ports.poisonOf(record, decoded.reason, decoded.detail))
    } else {
      const { dueAtMs, endpointId } = decoded.value
      const decision = decideTierHead({ tier, appendTimeMs: record.timestampMs, dueAtMs }, nowMs, ports.scale)
      if (decision.kind === 'wait') {
        return {
          outgoing,
          lastOffset,
          headDueAtMs,
          wait: { offset: record.offset, untilMs: decision.untilMs },
        }
      }
      const couldGoAtMs = Math.min(dueAtMs, tierDueAtMs(record.timestampMs, tier, ports.scale))
      ports.released(tier, nowMs - couldGoAtMs)
      headDueAtMs ??= couldGoAtMs
      outgoing.push({
        topic: ports.topicOf(decision.hop),
        key: record.key ?? ports.keyOf(endpointId),
        value: record.value,
        headers: record.headers,
      })
    }
    lastOffset = record.offset
  }
  return { outgoing, lastOffset, headDueAtMs, wait: null }
}
