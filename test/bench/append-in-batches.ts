/** Many records onto a topic, batch after batch, each acknowledged before the next. */
import type { KafkaProducer } from '@scanhook/kafka/contract'
import type { OutgoingRecord } from '@scanhook/kafka/record'

/** About 1 MiB of ordinary records. */
const batchSize = 2_000

export async function appendInBatches(
  producer: KafkaProducer,
  count: number,
  make: (index: number) => OutgoingRecord,
): Promise<void> {
  for (let start = 0; start < count; start += batchSize) {
    await producer.appendAll(
      Array.from({ length: Math.min(batchSize, count - start) }, (_, offset) => make(start + offset)),
    )
  }
}
