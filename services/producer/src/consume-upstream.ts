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
 */
import type { PoisonReason } from '@scanhook/domain/poison'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'

/** What one record turned out to be. `bad` may stand beside good items: some lines of a batch are wrong. */
export type Intake<T> =
  | { readonly kind: 'taken'; readonly items: readonly T[]; readonly bad: Badness | null }
  /** The registry is away. */
  | { readonly kind: 'unavailable' }

export interface Badness {
  readonly reason: PoisonReason
  readonly detail: string
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
// Long enough not to hammer a store that is coming back, short enough that nobody notices the last wait.
const pauseMs = 1_000

export function upstreamHandler<T>(ports: ConsumePorts<T>): (batch: RecordBatch) => Promise<void> {
  return async (batch) => {
    try {
      await handle(ports, batch)
    } catch (error) {
      // Revoked or stopping: the next owner reads these records again.
      if (!batch.signal.aborted) throw error
    }
  }
}

async function handle<T>(ports: ConsumePorts<T>, batch: RecordBatch): Promise<void> {
  const { records, signal } = batch
  for (let start = 0; start < records.length && !signal.aborted; start += recordsPerPart) {
    const part = records.slice(start, start + recordsPerPart)
    const taken = await takeAll(ports, part)
    const count = taken.length === 0 ? 0 : await ports.accept(taken)
    const last = taken[count - 1]
    if (last !== undefined) batch.doneThrough(last.record.offset)
    const waiting = part[count]
    if (waiting === undefined) continue
    batch.pauseUntil(waiting.offset, ports.nowMs() + pauseMs) // X3
    return
  }
}

/** Up to the first record whose schema can't be asked for. */
async function takeAll<T>(ports: ConsumePorts<T>, part: readonly KafkaRecord[]): Promise<Taken<T>[]> {
  const taken: Taken<T>[] = []
  for (const record of part) {
    const pending = ports.take(record)
    const intake = pending instanceof Promise ? await pending : pending
    if (intake.kind === 'unavailable') break
    const { items, bad } = intake
    taken.push({ record, items, poison: bad === null ? null : ports.poisonOf(record, bad) })
  }
  return taken
}
