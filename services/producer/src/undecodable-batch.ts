/** What goes to `poison` in the place of records that nobody can tell apart. */
import type { UndecodableBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import type { Badness } from './consume-upstream.ts'

export interface Undecodable {
  readonly record: KafkaRecord
  readonly bad: Badness
}

export function undecodableRecord(batch: UndecodableBatch): Undecodable {
  const { topic, partition, baseOffset, lastOffset, reason, bytes } = batch
  return {
    record: { topic, partition, offset: baseOffset, timestampMs: 0, key: null, value: bytes, headers: {} },
    bad: {
      reason: 'undecodable',
      detail: `offsets ${baseOffset} to ${lastOffset} are one batch that cannot be unpacked: ${reason}; the value is that batch as the broker has it`,
    },
  }
}
