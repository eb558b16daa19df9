/** For tests: a batch that a broker takes and that we don't unpack. Needs a producer that compresses, which ours is not. */
import kafkajs from 'kafkajs'

/** Sends three records as one batch: zeros shrink a thousandfold, so 140 KB on the wire are more than 128 MiB. */
export async function sendUnpackable(brokers: readonly string[], topic: string): Promise<void> {
  const producer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).producer()
  await producer.connect()
  const value = Buffer.alloc(47 * 1024 * 1024)
  const message = { value, partition: 0 }
  await producer.send({
    topic,
    compression: kafkajs.CompressionTypes.GZIP,
    messages: [message, message, message],
  })
  await producer.disconnect()
}
