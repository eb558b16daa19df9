/**
 * The world of the deliver bench: services as separate processes, a sink, and endpoints announced straight onto
 * `master-data`. Every measurement takes organizations and endpoints of its own, so that nothing that is remembered of an
 * endpoint passes from one to the next.
 */
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { KafkaAdmin, KafkaProducer } from '@scanhook/kafka/contract'
import { openKeyRing } from '@scanhook/signing/seal'
import { newSecret } from '@scanhook/signing/secret'
import { endpointAnnouncement, endpointOf } from '@scanhook/testkit/announce-endpoint'
import { deleteTopics } from '../harness/delete-topics.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, type ServiceName, startServices, type World } from '../harness/world.ts'
import { appendInBatches } from './append-in-batches.ts'
import { benchCodecs } from './bench-world.ts'
import { readMetric } from './read-metric.ts'
import { shipment } from './shipment.ts'
import type { Sink } from './start-sink.ts'

/** Everything on the way of a business event. */
export const deliveryServices = ['producer', 'router', 'dispatcher', 'retry', 'recorder'] as const

export interface EndpointSpec {
  readonly org: number
  /** At the sink; its first part is the group. */
  readonly path: string
  readonly change?: Partial<Endpoint>
}

export interface DeliverWorld {
  readonly prefix: string
  readonly world: World
  readonly producer: KafkaProducer
  readonly sink: Sink
  /** Numbers that no organization of this world has yet. */
  readonly newOrgs: (count: number) => readonly number[]
  /** Resolves when the announcements are written; `known` says when they have been read. */
  readonly announce: (specs: readonly EndpointSpec[]) => Promise<readonly Endpoint[]>
  readonly withdraw: (endpoints: readonly Endpoint[]) => Promise<void>
  /** Router and dispatcher have read all announcements so far. */
  readonly known: () => Promise<void>
  /** Two events to each organization, until all `expected` deliveries of the group are there: connections are open then. */
  readonly warm: (orgs: readonly number[], group: string, expected: number) => Promise<void>
  /** Deliveries written and not settled by the dispatcher. */
  readonly unsettled: () => Promise<number>
  readonly close: () => Promise<void>
}

export interface DeliverWorldOptions {
  readonly sink: Sink
  readonly partitions?: number
  readonly timeScale?: number
  readonly services?: readonly ServiceName[]
  readonly env?: Readonly<Record<string, string>>
}

const warmEvents = 2

export async function openDeliverWorld({
  sink,
  partitions = 4,
  timeScale = 1,
  services = deliveryServices,
  env = {},
}: DeliverWorldOptions): Promise<DeliverWorld> {
  const world = await openWorld({
    timeScale,
    env: {
      WEBHOOK_ALLOWED_TARGETS: `127.0.0.1/32:${sink.port}`,
      LOG_LEVEL: 'warn',
      SETUP_PARTITIONS: String(partitions),
      ...env,
    },
    // A proxy in this process would be measured as well.
    isDirect: true,
  })
  const kafka = openTestKafka(world.env, 'bench')
  const [producer, admin, codecs] = await Promise.all([
    kafka.openProducer(),
    kafka.openAdmin(),
    benchCodecs(world),
  ])
  await startServices(world, services)
  const ring = openKeyRing(world.env['SECRET_KEYS'] ?? '')
  const { prefix } = world
  const options = { codecs, topic: `${prefix}master-data` }
  let orgs = 1_000
  let announced = 0

  const write = async (endpoints: readonly Endpoint[], isDeleted: boolean): Promise<void> => {
    await appendInBatches(producer, endpoints.length, (index) => {
      const endpoint = endpoints[index]
      if (endpoint === undefined) throw new RangeError(`no endpoint ${index}`)
      return endpointAnnouncement(endpoint, { ...options, isDeleted })
    })
  }
  return {
    prefix,
    world,
    producer,
    sink,
    newOrgs: (count) => Array.from({ length: count }, () => ++orgs),
    announce: async (specs) => {
      const endpoints = specs.map(({ org, path, change }): Endpoint => {
        announced += 1
        const sealedSecret = ring.seal(newSecret())
        const plain = endpointOf({
          id: announced,
          org,
          url: sink.urlOf(path),
          sealedSecret,
          version: announced,
        })
        return { ...plain, ...change }
      })
      await write(endpoints, false)
      return endpoints
    },
    withdraw: async (endpoints) => {
      const next = endpoints.map((endpoint) => {
        announced += 1
        return { ...endpoint, version: announced }
      })
      await write(next, true)
    },
    known: () =>
      waitUntil('router and dispatcher know all endpoints', async () => {
        const applied = await Promise.all(
          [world.services.router, world.services.dispatcher].map((service) =>
            readMetric(service, 'scanhook_endpoint_announcements_applied_total'),
          ),
        )
        return applied.every((count) => count >= announced)
      }),
    warm: async (warmOrgs, group, expected) => {
      await producer.appendAll(
        warmOrgs.flatMap((org) =>
          Array.from({ length: warmEvents }, (_, index) => shipment(prefix, org, `warm-${index}`).record),
        ),
      )
      await waitUntil(
        `all of ${group} have been delivered to`,
        async () => (await sink.counts(group)).count >= expected * warmEvents,
      )
      await sink.forget(group)
    },
    unsettled: () => lag(admin, `${prefix}dispatcher`, `${prefix}deliveries`),
    close: async () => {
      await Promise.all([producer.close(0), admin.close()])
      await world.close()
      await deleteTopics(world)
    },
  }
}

async function lag(admin: KafkaAdmin, group: string, topic: string): Promise<number> {
  const [ends, committed] = await Promise.all([admin.endOffsets(topic), admin.committedOffsets(group, topic)])
  return ends.reduce((total, end, partition) => total + end - (committed[partition] ?? 0), 0)
}
