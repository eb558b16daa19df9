/**
 * Up to when this producer has dealt with everything that came in: the smallest, over the partitions of reads that it
 * owns, of the receive time of the last record it handled, or, where nothing was left, of a second before the leader said
 * so; and of the requests that are under way. Without it a producer that catches up one partition after the other would
 * testify that a reader is heard, while the reads of that reader's tags still wait.
 *
 * Invariants
 *   W1. What was received up to the watermark and is not acknowledged on `scans` is nobody's fault but that of a clock:
 *       records of one partition are taken to be in the order of their receive times.
 *   W2. A partition of which nothing is known yet (just assigned, its leader away) holds the watermark back for good; so
 *       does the time between two assignments.
 */
import type { KafkaConsumer, RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, TopicPartition } from '@scanhook/kafka/record'

/**
 * How long before it is appended a record may have been stamped: its time is that of its producer's call, and the wait
 * for company (`linger.ms`) and a slow or repeated request lie between.
 */
const appendDelayMs = 1_000

export interface Watermark {
  /** The partitions of reads that are ours from now on. */
  assigned(partitions: readonly TopicPartition[]): void
  revoked(): void
  /** Everything of this partition up to a record that was received then is dealt with. */
  handled(partition: TopicPartition, receivedAtMs: number): void
  /** Reads came in by request; what is returned says that they are dealt with. */
  began(receivedAtMs: number): () => void
  /** The watermark now; `NEGATIVE_INFINITY` where nothing can be said. Remembers which partitions were current. */
  untilMs(status: ReturnType<KafkaConsumer['status']>, nowMs: number): number
}

export function openWatermark(): Watermark {
  /** Null between two assignments. */
  let owned: ReadonlySet<string> | null = null
  /** Up to when everything of a partition is dealt with. */
  const handledMs = new Map<string, number>()
  const underWay = new Set<{ readonly receivedAtMs: number }>()

  return {
    assigned: (partitions) => {
      owned = new Set(partitions.map(keyOf))
    },
    revoked: () => {
      owned = null
      handledMs.clear()
    },
    handled: (partition, receivedAtMs) => {
      const key = keyOf(partition)
      // The next one may have been received in the same millisecond.
      if (owned?.has(key) === true) handledMs.set(key, receivedAtMs - 1)
    },
    began: (receivedAtMs) => {
      const request = { receivedAtMs }
      underWay.add(request)
      return () => void underWay.delete(request)
    },
    untilMs: (status, nowMs) => {
      if (owned === null) return Number.NEGATIVE_INFINITY // W2
      const known = new Map(status.map((each) => [keyOf(each), each]))
      let lowestMs = nowMs
      for (const key of owned) {
        const { lagRecords = 1, answeredAtMs = null } = known.get(key) ?? {}
        // Remembered for when the next record is just under way: nothing older than this can be waiting.
        if (lagRecords === 0 && answeredAtMs !== null) handledMs.set(key, answeredAtMs - appendDelayMs)
        lowestMs = Math.min(lowestMs, handledMs.get(key) ?? Number.NEGATIVE_INFINITY)
      }
      for (const { receivedAtMs } of underWay) lowestMs = Math.min(lowestMs, receivedAtMs - 1)
      return lowestMs
    },
  }
}

/** The same handler, and the watermark hears how far it got. */
export function markingHandler(
  handle: (batch: RecordBatch) => Promise<void>,
  watermark: Pick<Watermark, 'handled'>,
  /** When a record was received; null where it does not say so itself in a way that can be. */
  receivedAtMsOf: (record: KafkaRecord) => number | null,
): (batch: RecordBatch) => Promise<void> {
  return (batch) =>
    handle({
      ...batch,
      doneThrough: (offset) => {
        batch.doneThrough(offset)
        const last = batch.records.findLast((record) => record.offset <= offset)
        const receivedAtMs = last === undefined ? null : receivedAtMsOf(last)
        if (receivedAtMs !== null) watermark.handled(batch, receivedAtMs)
      },
    })
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}|${partition}`
}
