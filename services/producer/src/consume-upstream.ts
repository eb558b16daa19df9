/**
 * The part of consuming that reads and business events share: take a batch in parts, find out what is in each record,
 * set bad records aside, and stop before the first record that can't be judged now.
 *
 * Order of acts for each part: decode → resolve → append outputs and poison (ack) → mark done.
 *
 * Invariants
 *   X1. A record is done only when everything that came of it, poison included, is acknowledged.
 *   X2. A bad record never holds up the good one behind it.
 *   X3. Where a store or the registry is away, the partition waits at the record that needs it: nothing behind it is
 *       done, nothing is called bad, and the wait does not count as a stall.
 *   X4. A part ends with the record that fills it: what is resolved and written at once is bounded also where every
 *       record is a frame of many reads.
 */
import type { PoisonReason } from '@scanhook/domain/poison'
import type { FieldProblem } from '@scanhook/domain/read'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { unlessAborted } from '@scanhook/runtime/unless-aborted'

/** What one record turned out to be. `bad` may stand beside good items: some lines of a batch are wrong. */
export type Intake<T> =
  | { readonly kind: 'taken'; readonly items: readonly T[]; readonly bad: Badness | null }
  /** The registry is away. */
  | { readonly kind: 'unavailable' }

export interface Badness {
  readonly reason: PoisonReason
  /** In words, for `poison`; of many problems the first. */
  readonly detail: string
  /** Field by field, all of them; absent where the record as a whole is wrong. */
  readonly problems?: readonly FieldProblem[]
}

export interface ConsumePorts<T> {
  readonly take: (record: KafkaRecord) => Intake<T> | Promise<Intake<T>>
  /**
   * Writes what comes of the records, poison included, and resolves when all of it is acknowledged. Answers with how many
   * records, from the first, are dealt with: fewer than all where the next one can't be judged now.
   */
  readonly accept: (taken: readonly Taken<T>[]) => Promise<number>
  readonly poisonOf: (record: KafkaRecord, bad: Badness) => OutgoingRecord
  readonly nowMs: () => number
}

export interface Taken<T> {
  readonly record: KafkaRecord
  readonly items: readonly T[]
  readonly poison: OutgoingRecord | null
}

// One round trip to Redis and one request to Kafka for each part: large enough that both cost little, small enough that
// a part is through in some 10 ms and the next one's parsing fills the wait of another partition.
const recordsPerPart = 1_000
// Ten of the above at once: some MB, and still in the tens of milliseconds. One record may go beyond by its own items,
// which its format and its size bound.
const itemsPerPart = 10_000
// Long enough not to hammer a store that is coming back, short enough that nobody notices the last wait.
const pauseMs = 1_000

export function upstreamHandler<T>(ports: ConsumePorts<T>): (batch: RecordBatch) => Promise<void> {
  return (batch) => unlessAborted(batch.signal, handle(ports, batch))
}

async function handle<T>(ports: ConsumePorts<T>, batch: RecordBatch): Promise<void> {
  const { records, signal } = batch
  let start = 0
  while (start < records.length && !signal.aborted) {
    const { taken, isUnavailable } = await takePart(ports, records.slice(start, start + recordsPerPart))
    const count = taken.length === 0 ? 0 : await ports.accept(taken)
    const last = taken[count - 1]
    if (last !== undefined) batch.doneThrough(last.record.offset)
    start += count
    const waiting = records[start]
    if (waiting === undefined || (count === taken.length && !isUnavailable)) continue
    batch.pauseUntil(waiting.offset, ports.nowMs() + pauseMs) // X3
    return
  }
}

interface Part<T> {
  readonly taken: readonly Taken<T>[]
  /** The record after those taken can't be judged now. */
  readonly isUnavailable: boolean
}

/** Up to the first record whose schema can't be asked for, and no further than X4 allows. */
async function takePart<T>(ports: ConsumePorts<T>, part: readonly KafkaRecord[]): Promise<Part<T>> {
  const taken: Taken<T>[] = []
  let itemCount = 0
  for (const record of part) {
    const pending = ports.take(record)
    const intake = pending instanceof Promise ? await pending : pending
    if (intake.kind === 'unavailable') return { taken, isUnavailable: true }
    const { items, bad } = intake
    taken.push({ record, items, poison: bad === null ? null : ports.poisonOf(record, bad) })
    itemCount += items.length
    if (itemCount >= itemsPerPart) break // X4
  }
  return { taken, isUnavailable: false }
}
