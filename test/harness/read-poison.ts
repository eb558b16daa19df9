/** What a world's services set aside. */
import { readTopic } from './read-topic.ts'
import type { World } from './world.ts'

export interface PoisonSeen {
  readonly reason: string
  readonly topic: string
  readonly offset: string
  readonly value: Buffer | null
}

export async function readPoison(world: World): Promise<readonly PoisonSeen[]> {
  const seen: PoisonSeen[] = []
  await readTopic(world, 'poison', ({ headers, value }) => {
    seen.push({
      reason: headers['poison-reason'] ?? '',
      topic: headers['poison-topic'] ?? '',
      offset: headers['poison-offset'] ?? '',
      value,
    })
  })
  return seen
}
