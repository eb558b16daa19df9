/** Loses records on purpose: moves a stopped consumer group past everything that a topic holds, as a broken client would. */
import { Kafka, logLevel } from 'kafkajs'
import type { World } from './world.ts'

/** The number of records that the topic had so far. Rejects while the group has members. */
export async function skipRecords({ env, prefix }: World, group: string, topic: string): Promise<number> {
  const admin = new Kafka({ brokers: [env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const ends = await admin.fetchTopicOffsets(`${prefix}${topic}`)
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }))
    await admin.setOffsets({ groupId: `${prefix}${group}`, topic: `${prefix}${topic}`, partitions })
    return ends.reduce((sum, { high }) => sum + Number(high), 0)
  } finally {
    await admin.disconnect()
  }
}
