/** The retry tiers as a process of the simulated world: the real handler on simulated ports. */
import type { Delivery } from '@scanhook/domain/delivery'
import { tierNames } from '@scanhook/domain/retry/tiers'
import type { RecordBatch } from '@scanhook/kafka/contract'
import { dueReleaser } from '@scanhook/retry/release-due'
import { endpointKey } from '@scanhook/schemas/keys'
import { decode } from './codec.ts'
import type { Life } from './life.ts'
import type { Surroundings } from './surroundings.ts'
import { topics } from './topics.ts'

export function retryNode(world: Surroundings, life: Life): (batch: RecordBatch) => Promise<void> {
  const producer = world.log.openProducer(life)
  const isEarly = world.breakage === 'tier lets go early'
  return dueReleaser({
    decode: (bytes) => ({ kind: 'good', value: decode<Delivery>(bytes) }),
    tierOf: (topic) => {
      const tier = tierNames.find((name) => topics.retry[name] === topic)
      if (tier === undefined) throw new Error(`${topic} is not a tier`)
      return tier
    },
    topicOf: (hop) => (hop.kind === 'tier' ? topics.retry[hop.name] : topics.deliveries),
    keyOf: endpointKey,
    poisonOf: ({ key, value }) => ({ topic: topics.poison, key, value }),
    appendAll: async (records) => {
      const appended = producer.appendAll(records)
      if (world.breakage !== 'tier without acknowledgement') await appended
    },
    released: () => undefined,
    heads: { waits: () => undefined, emptied: () => undefined },
    nowMs: () => world.clock.nowMs + (isEarly ? 10_000 : 0),
    scale: 1,
  })
}
