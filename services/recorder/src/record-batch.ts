/**
 * A batch of one partition into PostgreSQL: decode, set aside what can't be read or stored, write the rest, and only
 * then mark it done.
 *
 * Invariants
 *   W1. A record is done only when its row is committed, or its bytes are acknowledged on `poison`.
 *   W2. While PostgreSQL is away the partition rests and is read again from the first record that is not done: nothing
 *       is lost, nothing piles up in memory, the consumer keeps its membership.
 *   W3. What is wrong with one record delays no other longer than the halving takes.
 *   W4. Waiting behind the writes of other partitions is no stall.
 */

import type { PoisonReason } from '@scanhook/domain/poison'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { unlessAborted } from '@scanhook/runtime/unless-aborted'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'
import type { Batcher } from './batcher.ts'

export interface Decoded<T> {
  readonly record: KafkaRecord
  readonly value: T
}

export interface RecordPorts<T> {
  readonly decode: RecordDecoder<T>
  readonly batcher: Batcher<Decoded<T>>
  /** Resolves when `poison` has acknowledged it. */
  readonly setAside: (record: KafkaRecord, reason: PoisonReason, detail: string) => Promise<void>
  /** Writing failed: when to come again (epoch ms). */
  readonly onFailure: (error: unknown) => number
  readonly onWritten: (count: number) => void
  readonly rowsMax: number
}

/** Handles one batch to its end, or up to where PostgreSQL failed. */
export function recordBatch<T>(ports: RecordPorts<T>, batch: RecordBatch): Promise<void> {
  return unlessAborted(batch.signal, record(ports, batch))
}

async function record<T>(ports: RecordPorts<T>, batch: RecordBatch): Promise<void> {
  for (let from = 0; from < batch.records.length && !batch.signal.aborted; from += ports.rowsMax) {
    const records = batch.records.slice(from, from + ports.rowsMax)
    const [first] = records
    const last = records.at(-1)
    if (first === undefined || last === undefined) return
    const decoded = await decodeAll(ports, records, batch)
    const written = await ports.batcher.submit(decoded, batch.stillWaiting)
    if (written.kind === 'failed') {
      batch.pauseUntil(first.offset, ports.onFailure(written.error))
      return
    }
    for (const { record } of written.rejected)
      await ports.setAside(record, 'invalid_field', 'a value that the history tables cannot hold')
    ports.onWritten(decoded.length - written.rejected.length)
    batch.doneThrough(last.offset)
  }
}

async function decodeAll<T>(
  { decode, setAside }: RecordPorts<T>,
  records: readonly KafkaRecord[],
  batch: RecordBatch,
): Promise<Decoded<T>[]> {
  const good: Decoded<T>[] = []
  for (const record of records) {
    const pending = decode(record.value, batch)
    // A promise only for a schema that is not known yet: awaiting each of thousands would cost more than decoding.
    const decoded = pending instanceof Promise ? await pending : pending
    if (decoded.kind === 'good') good.push({ record, value: decoded.value })
    else await setAside(record, decoded.reason, decoded.detail)
  }
  return good
}
