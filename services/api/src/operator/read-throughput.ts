/**
 * Asks Kafka how much went over each topic within the last hour: brokers answer which offset an instant has, so nothing has to be
 * sampled before somebody looks, and each replica of the API says the same, also right after a start.
 *
 * Invariants
 *   H3. A boundary that lies a minute back is asked for once: what is stamped before it has come in.
 */
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import { type Bucket, boundariesOf, bucketsOf, type OffsetsAt, recordsBetween } from './throughput.ts'

export const streamNames = ['reads', 'scans', 'events', 'deliveries', 'attempts'] as const
export type StreamName = (typeof streamNames)[number]

export interface Stream {
  readonly stream: StreamName
  readonly topic: string
}

export interface Throughput {
  /** Epoch ms. */
  readonly measuredAtMs: number
  /** Over which "now" is. */
  readonly nowSeconds: number
  readonly streams: readonly (Stream & {
    /** Within the last `nowSeconds`. */
    readonly recordsNow: number
    /** Of the last hour, oldest first. */
    readonly buckets: readonly Bucket[]
  })[]
}

export interface ThroughputPorts {
  readonly admin: () => Promise<Pick<KafkaAdmin, 'endOffsets' | 'offsetsFrom'>>
  readonly nowMs: () => number
}

/** Twelve bars for an hour: as fine as a person compares, and two requests each, once. */
const stepMs = 5 * 60_000
const bucketCount = 12
/** Short enough to be now, long enough that single batches do not make it jump. */
const nowSeconds = 60
/** A producer stamps a record when it is made, and a broker has it some ms later; a minute is an outage of that producer. */
const settledMs = 60_000

/** Rejects as the admin does. Call it once at a time. */
export function openThroughput(
  { admin, nowMs }: ThroughputPorts,
  streams: readonly Stream[],
): () => Promise<Throughput> {
  /** By topic and instant; those of the last hour only. */
  const known = new Map<string, Map<number, OffsetsAt>>()

  return async () => {
    const asking = await admin()
    const measured: Throughput['streams'][number][] = []
    for (const { stream, topic } of streams) {
      const atMs = nowMs()
      const before = known.get(topic) ?? new Map<number, OffsetsAt>()
      const kept = new Map<number, OffsetsAt>()
      const points: { atMs: number; offsets: OffsetsAt }[] = []
      for (const boundaryMs of boundariesOf(atMs, stepMs, bucketCount)) {
        const offsets = before.get(boundaryMs) ?? (await asking.offsetsFrom(topic, boundaryMs))
        if (atMs - boundaryMs >= settledMs) kept.set(boundaryMs, offsets) // H3
        points.push({ atMs: boundaryMs, offsets })
      }
      known.set(topic, kept)
      const from = await asking.offsetsFrom(topic, atMs - nowSeconds * 1_000)
      const recordsNow = recordsBetween(from, await asking.endOffsets(topic))
      measured.push({ stream, topic, recordsNow, buckets: bucketsOf(points) })
    }
    return { measuredAtMs: nowMs(), nowSeconds, streams: measured }
  }
}
