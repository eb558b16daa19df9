/** What a world's services set aside. */
import { openTestKafka } from './open-test-kafka.ts'
import type { World } from './world.ts'

export interface PoisonSeen {
  readonly reason: string
  readonly topic: string
  readonly offset: string
  readonly value: Buffer | null
}

export async function readPoison(world: World): Promise<readonly PoisonSeen[]> {
  const topic = `${world.prefix}poison`
  const seen: PoisonSeen[] = []
  const kafka = openTestKafka(world.env, 'poison-check')
  const admin = await kafka.openAdmin()
  const count = await admin.partitionCount(topic)
  await admin.close()
  await kafka.readToEnd(
    topic,
    Array.from({ length: count }, (_, index) => index),
    ({ headers, value }) => {
      seen.push({
        reason: headers['poison-reason'] ?? '',
        topic: headers['poison-topic'] ?? '',
        offset: headers['poison-offset'] ?? '',
        value,
      })
    },
  )
  return seen
}
