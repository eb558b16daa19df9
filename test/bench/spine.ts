/**
 * The spine, measured with separate processes on real infrastructure, everything on this machine: reads per second
 * through producer and tracker; deliveries per second end to end and their CPU beside a bare loop; latency at a
 * steady 200 events a second over ten endpoints.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventId, orgId } from '@scanhook/domain/ids'
import { businessEventId } from '@scanhook/identity/derived-ids'
import type { KafkaAdmin, KafkaProducer } from '@scanhook/kafka/contract'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, type ServiceName, startServices, type World } from '../harness/world.ts'
import { figuresOfTree } from './process-figures.ts'
import { quantile } from './quantile.ts'

const run = promisify(execFile)

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
    readonly bareLoop: { readonly perSecond: number; readonly cpuMicrosPerPost: number }
    readonly dispatcherToBareRatio: number
    readonly allToBareRatio: number
  }
  readonly latency: {
    readonly eventsPerSecond: number
    readonly endpoints: number
    readonly count: number
    readonly p50Ms: number
    readonly p95Ms: number
    readonly p99Ms: number
    readonly maxMs: number
  }
}

interface Sink {
  readonly url: string
  readonly port: number
  readonly count: () => Promise<number>
  readonly arrivals: () => Promise<readonly (readonly [string, number])[]>
  readonly reset: () => Promise<void>
  readonly close: () => void
}

async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sink.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { port }: { port: number } = JSON.parse(line.toString('utf8'))
  const url = `http://127.0.0.1:${port}`
  const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T
  return {
    url,
    port,
    count: async () => (await ask<{ count: number }>('/count')).count,
    arrivals: () => ask('/arrivals'),
    reset: async () => {
      await ask('/reset')
    },
    close: () => child.kill('SIGKILL'),
  }
}

interface Scene {
  readonly world: World
  readonly warehouse: Warehouse
  readonly producer: KafkaProducer
  readonly admin: KafkaAdmin
  readonly sink: Sink
}

const cpuMsOf = (pid: number | null): number => (pid === null ? 0 : figuresOfTree(pid).cpuMs)

const cpuSnapshot = (world: World, names: readonly ServiceName[]): Map<ServiceName, number> =>
  new Map(names.map((name) => [name, cpuMsOf(world.services[name].pid())]))

function cpuMicrosPer(
  world: World,
  before: ReadonlyMap<ServiceName, number>,
  count: number,
): Record<string, number> {
  return Object.fromEntries(
    [...before].map(([name, ms]) => [name, ((cpuMsOf(world.services[name].pid()) - ms) * 1000) / count]),
  )
}

/** Sum of committed offsets of a group over a topic, or of its end offsets. */
const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)

async function appendInBatches(
  producer: KafkaProducer,
  count: number,
  make: (index: number) => OutgoingRecord,
): Promise<void> {
  for (let start = 0; start < count; start += 2_000) {
    await producer.appendAll(
      Array.from({ length: Math.min(2_000, count - start) }, (_, offset) => make(start + offset)),
    )
  }
}

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
  const before = cpuSnapshot(world, names)
  const applied = async (): Promise<number> => {
    const text = await (await fetch(`${world.services.tracker.healthUrl}/metrics`)).text()
    return text
      .split('\n')
      .filter((line) => line.startsWith('scanhook_scans_applied_total'))
      .reduce((total, line) => total + Number(line.split(' ').at(1) ?? 0), 0)
  }
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
    cpuMicrosPerRead: cpuMicrosPer(world, before, sizes.reads - appliedAtReady),
    events: sum(await admin.endOffsets(`${world.prefix}events`)) - eventsBefore,
  }
}

const shipmentValue = (world: World, id: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      org_id: world.orgId,
      id,
      type: 'shipment.approved',
      occurred_at: '2026-02-11T09:15:00Z',
      data: {
        shipment: {
          id: `ship_${id}`,
          reference: 'BU-1341',
          status: 'approved',
          pallets_count: 42,
          note: 'n'.repeat(300),
        },
      },
    }),
  )

async function registerAt(world: World, url: string): Promise<void> {
  await world.api.data('POST', '/api/v1/webhooks', { url, enabled: true, event_types: ['shipment.approved'] })
}

async function measureDeliveries(
  { world, producer, sink }: Scene,
  sizes: SpineSizes,
): Promise<SpineFigures['deliveries']> {
  const topic = `${world.prefix}business-events`
  const names = ['producer', 'router', 'dispatcher', 'recorder'] as const
  await appendInBatches(producer, 500, (index) => ({
    topic,
    key: `w-${index}`,
    value: shipmentValue(world, `warm-${index}`),
  }))
  await waitUntil('warm', async () => (await sink.count()) >= 500)
  await sink.reset()
  const before = cpuSnapshot(world, names)
  const startedAtMs = performance.now()
  const writing = appendInBatches(producer, sizes.deliveries, (index) => ({
    topic,
    key: `d-${index}`,
    value: shipmentValue(world, `d-${index}`),
  }))
  await waitUntil('all are delivered', async () => (await sink.count()) >= sizes.deliveries, {
    deadlineMs: 900_000,
  })
  await writing
  const seconds = (performance.now() - startedAtMs) / 1000
  const cpu = cpuMicrosPer(world, before, sizes.deliveries)
  const { stdout } = await run(process.execPath, [
    join(import.meta.dirname, 'bare-loop.ts'),
    `${sink.url}/bare`,
    String(sizes.deliveries),
    '64',
  ])
  const bareLoop: { perSecond: number; cpuMicrosPerPost: number } = JSON.parse(stdout)
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
  const topic = `${world.prefix}business-events`
  const count = sizes.latencySeconds * 20
  await sink.reset()
  const ackedAtMs = new Map<string, number>()
  const startedAtMs = performance.now()
  for (let index = 0; index < count; index += 1) {
    const id = `l-${index}`
    await new Promise<void>((resolve) => {
      setTimeout(resolve, Math.max(0, startedAtMs + index * 50 - performance.now()))
    })
    await producer.append({ topic, key: id, value: shipmentValue(world, id) })
    ackedAtMs.set(
      businessEventId(orgId(world.orgId), 'shipment.approved', id),
      performance.timeOrigin + performance.now(),
    )
  }
  await waitUntil('all are delivered', async () => (await sink.count()) >= count * endpoints)
  const latencies = (await sink.arrivals()).flatMap(([id, atMs]) => {
    const acked = ackedAtMs.get(eventId(id))
    return acked === undefined ? [] : [atMs - acked]
  })
  return {
    eventsPerSecond: 20 * endpoints,
    endpoints,
    count: latencies.length,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    p99Ms: quantile(latencies, 0.99),
    maxMs: quantile(latencies, 1),
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
    await registerAt(world, `${sink.url}/hook`)
    say(`deliveries: ${sizes.deliveries} events to one endpoint`)
    const deliveries = await measureDeliveries(scene, sizes)
    for (let index = 1; index < 10; index += 1) await registerAt(world, `${sink.url}/hook/${index}`)
    await waitUntil(
      'all ten endpoints are known to the router',
      async () => {
        await sink.reset()
        await producer.append({
          topic: `${world.prefix}business-events`,
          key: 'k',
          value: shipmentValue(world, `known-${performance.now()}`),
        })
        await waitUntil('one arrives', async () => (await sink.count()) > 0)
        return (await sink.count()) >= 10
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
