/** Deletes the topics of a world that is closed: ten minutes of reads are gigabytes, and whoever measures leaves the broker as it was. */
import { Kafka, logLevel } from 'kafkajs'
import type { World } from './world.ts'

export async function deleteTopics({ env, prefix }: World): Promise<void> {
  const admin = new Kafka({ brokers: [env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
  await admin.deleteTopics({ topics })
  await admin.disconnect()
}
