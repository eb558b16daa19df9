/** The router as a process of the simulated world: the real handler on simulated ports. */
import type { DomainEvent } from '@scanhook/domain/event'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { RecordBatch } from '@scanhook/kafka/contract'
import { eventRouter } from '@scanhook/router/route-events'
import { endpointKey } from '@scanhook/schemas/keys'
import { decode, encode } from './codec.ts'
import type { Life } from './life.ts'
import type { Surroundings } from './surroundings.ts'
import { topics } from './topics.ts'

export function routerNode(world: Surroundings, life: Life): (batch: RecordBatch) => Promise<void> {
  const producer = world.log.openProducer(life)
  return eventRouter({
    decodeEvent: (bytes) => ({ kind: 'good', value: decode<DomainEvent>(bytes) }),
    encodeDelivery: encode,
    endpointsOf: (org) => world.endpointsOf(org),
    judgeFilter: openFilterJudge(),
    deliveryIdFor: (event, endpoint) => deliveryIdFor(event, endpoint),
    keyOf: endpointKey,
    poisonOf: ({ key, value }) => ({ topic: topics.poison, key, value }),
    appendAll: async (records) => {
      const appended = producer.appendAll(records)
      if (world.breakage !== 'router without acknowledgement') await appended
    },
    deliveriesTopic: topics.deliveries,
    routed: () => undefined,
  })
}
