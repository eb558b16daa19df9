/**
 * The spine, measured with separate processes on real infrastructure, everything on this machine: reads per second
 * through producer and tracker; deliveries per second end to end and their CPU beside a bare loop; latency at a
 * steady 200 events a second over ten endpoints.
 */
import type { KafkaAdmin, KafkaProducer } from '@scanhook/kafka/contract'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'
import { appendInBatches } from './append-in-batches.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { readMetric } from './read-metric.ts'
import { type BareLoopFigures, runBareLoop } from './run-bare-loop.ts'
import { startCpuCount } from './service-cpu.ts'
import { shipment, shipmentType } from './shipment.ts'
import { type Sink, startSink } from './start-sink.ts'
import { timeSteadily } from './steady-latency.ts'

export interface SpineSizes {
  readonly reads: number
  readonly assets: number
  readonly deliveries: number
  readonly latencySeconds: number
}

export interface SpineFigures {
  readonly reads: {
    readonly count: number
    readonly perSecond: number
    readonly cpuMicrosPerRead: Readonly<Record<string, number>>
    readonly events: number
  }
  readonly deliveries: {
    readonly count: number
    readonly perSecond: number
    readonly cpuMicrosPerDelivery: Readonly<Record<string, number>>
    readonly bareLoop: BareLoopFigures
    readonly dispatcherToBareRatio: number
    readonly allToBareRatio: number
  }
  readonly latency: Latencies & { readonly eventsPerSecond: number; readonly endpoints: number }
}

interface Scene {
  readonly world: World
  readonly warehouse: Warehouse
  readonly producer: KafkaProducer
  readonly admin: KafkaAdmin
  readonly sink: Sink
}

/** Sum of committed offsets of a group over a topic, or of its end offsets. */
const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)

/**
 * 50 reads lead to one event: in the reads' own time an asset is read ten times a second, and moves on after every 200
 * of its reads, which makes four events (exited, entered, moved, scanned).
 */
async function measureReads(
  { world, warehouse, producer, admin }: Scene,
  sizes: SpineSizes,
): Promise<SpineFigures['reads']> {
  const topic = `${world.prefix}reads`
  const startedAtMs = Date.now()
  await appendInBatches(producer, sizes.reads, (index) => {
    const asset = warehouse.assets[index % warehouse.assets.length]
    const place =
      warehouse.places[Math.floor(index / warehouse.assets.length / 200) % warehouse.places.length]
    const value = {
      org_id: world.orgId,
      id: `b-${index}`,
      device: place?.device,
      antenna_port: 1,
      tag: { type: 'rfid', value: asset?.tag },
      rssi_dbm: -50 - (index % 20),
    }
    const receivedAtMs = startedAtMs + Math.floor(index / warehouse.assets.length) * 100
    const headers = { 'scanhook-received-at': String(receivedAtMs) }
    return { topic, key: asset?.tag ?? null, value: Buffer.from(JSON.stringify(value)), headers }
  })
  const scans = `${world.prefix}scans`
  const eventsBefore = sum(await admin.endOffsets(`${world.prefix}events`))
  const names = ['producer', 'tracker'] as const
  await startServices(world, names)
  const cpuSince = startCpuCount(world, names)
  const applied = (): Promise<number> => readMetric(world.services.tracker, 'scanhook_scans_applied_total')
  const readyAtMs = performance.now()
  const appliedAtReady = await applied()
  await waitUntil('all reads are scans', async () => sum(await admin.endOffsets(scans)) >= sizes.reads, {
    deadlineMs: 900_000,
  })
  await waitUntil('all scans are applied', async () => (await applied()) >= sizes.reads, {
    deadlineMs: 900_000,
  })
  const seconds = (performance.now() - readyAtMs) / 1000
  return {
    count: sizes.reads,
    perSecond: (sizes.reads - appliedAtReady) / seconds,
    cpuMicrosPerRead: cpuSince(sizes.reads - appliedAtReady),
    events: sum(await admin.endOffsets(`${world.prefix}events`)) - eventsBefore,
  }
}

async function registerAt(world: World, url: string): Promise<void> {
  await world.api.data('POST', '/api/v1/webhooks', { url, enabled: true, event_types: [shipmentType] })
}

/** All endpoints of this bench are under it. */
const group = 'hook'

async function measureDeliveries(
  { world, producer, sink }: Scene,
  sizes: SpineSizes,
): Promise<SpineFigures['deliveries']> {
  const arrived = async (): Promise<number> => (await sink.counts(group)).count
  const publish = (name: string, count: number): Promise<void> =>
    appendInBatches(
      producer,
      count,
      (index) => shipment(world.prefix, world.orgId, `${name}-${index}`).record,
    )
  await publish('warm', 500)
  await waitUntil('warm', async () => (await arrived()) >= 500)
  await sink.forget(group)
  const cpuSince = startCpuCount(world, ['producer', 'router', 'dispatcher', 'recorder'])
  const startedAtMs = performance.now()
  const writing = publish('d', sizes.deliveries)
  await waitUntil('all are delivered', async () => (await arrived()) >= sizes.deliveries, {
    deadlineMs: 900_000,
  })
  await writing
  const seconds = (performance.now() - startedAtMs) / 1000
  const cpu = cpuSince(sizes.deliveries)
  const bareLoop = await runBareLoop(sink.urlOf('/bare'), sizes.deliveries)
  const all = Object.values(cpu).reduce((total, value) => total + value, 0)
  return {
    count: sizes.deliveries,
    perSecond: sizes.deliveries / seconds,
    cpuMicrosPerDelivery: cpu,
    bareLoop,
    dispatcherToBareRatio: (cpu['dispatcher'] ?? Number.NaN) / bareLoop.cpuMicrosPerPost,
    allToBareRatio: all / bareLoop.cpuMicrosPerPost,
  }
}

/** Each of the ten endpoints gets every event, so 20 events a second make 200 deliveries a second. */
async function measureLatency(
  { world, producer, sink }: Scene,
  sizes: SpineSizes,
): Promise<SpineFigures['latency']> {
  const endpoints = 10
  const eventsPerSecond = 20
  const events = sizes.latencySeconds * eventsPerSecond
  const arrivals = await timeSteadily(
    { prefix: world.prefix, producer, sink },
    { group, orgs: [world.orgId], eventsPerSecond, events, expected: events * endpoints },
  )
  return {
    eventsPerSecond: eventsPerSecond * endpoints,
    endpoints,
    ...latenciesOf(arrivals.map(({ latencyMs }) => latencyMs)),
  }
}

/** Expects KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL and REDIS_URL in the environment. */
export async function measureSpine(sizes: SpineSizes, say: (line: string) => void): Promise<SpineFigures> {
  const sink = await startSink()
  const world = await openWorld({
    env: {
      WEBHOOK_ALLOWED_TARGETS: `127.0.0.1/32:${sink.port}`,
      LOG_LEVEL: 'warn',
      PRODUCER_TRUST_RECEIVED_AT: 'true',
    },
  })
  const kafka = openTestKafka(world.env, 'bench')
  const producer = await kafka.openProducer()
  const admin = await kafka.openAdmin()
  try {
    await startServices(world, ['api'])
    const scene = { world, warehouse: await furnishWarehouse(world, sizes.assets), producer, admin, sink }
    say(`reads: ${sizes.reads} from the upstream topic through producer and tracker`)
    const reads = await measureReads(scene, sizes)
    await startServices(world, ['router', 'dispatcher', 'retry', 'recorder'])
    await registerAt(world, sink.urlOf(`/${group}`))
    say(`deliveries: ${sizes.deliveries} events to one endpoint`)
    const deliveries = await measureDeliveries(scene, sizes)
    for (let index = 1; index < 10; index += 1) await registerAt(world, sink.urlOf(`/${group}/${index}`))
    await waitUntil(
      'all ten endpoints are known to the router',
      async () => {
        await sink.forget(group)
        await producer.append(shipment(world.prefix, world.orgId, `known-${performance.now()}`).record)
        await waitUntil('one arrives', async () => (await sink.counts(group)).count > 0)
        return (await sink.counts(group)).count >= 10
      },
      { everyMs: 500 },
    )
    say(`latency: 200 deliveries a second over 10 endpoints for ${sizes.latencySeconds} s`)
    const latency = await measureLatency(scene, sizes)
    return { reads, deliveries, latency }
  } finally {
    await producer.close()
    await admin.close()
    await world.close()
    sink.close()
  }
}
