/**
 * A whole Scanhook for one cell on the infrastructure of the run: its own topic prefix, database, organization, master data,
 * endpoints and receivers; services as separate processes, each if wanted with its own way to Kafka.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { assetEventTypes, businessEventTypes, type EventType } from '@scanhook/domain/event'
import { seededRandom } from '@scanhook/replay/seeded-random'
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import { freePort } from '../harness/free-port.ts'
import { type KafkaGate, startKafkaGate } from '../harness/kafka-gate.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { furnishWarehouse, type Warehouse } from '../harness/warehouse.ts'
import { runStep, type ServiceName, serviceNames } from '../harness/world.ts'
import type { ChaosStack } from './chaos-stack.ts'
import type { EndpointPlan } from './evidence.ts'
import { inPostgres } from './in-postgres.ts'
import type { LoadPlan } from './load.ts'
import type { BehaviourSpec, FromReceivers, ReceiverPlan, ToReceivers } from './receivers.ts'

export interface CellEndpoint extends EndpointPlan {
  readonly secret: string
  readonly url: string
}

export interface Receivers {
  readonly ports: readonly number[]
  readonly canaries: readonly { readonly host: string; readonly port: number }[]
  readonly tell: (message: ToReceivers) => void
  readonly counted: () => Promise<Extract<FromReceivers, { kind: 'counted' }>>
  readonly ledgerFile: string
  readonly close: () => Promise<void>
}

export interface CellWorld {
  readonly prefix: string
  readonly env: Readonly<Record<string, string>>
  /** The way behind the proxies, for whoever checks. */
  readonly innerEnv: Readonly<Record<string, string>>
  readonly folder: string
  readonly orgId: number
  readonly apiKey: string
  readonly api: ApiClient
  readonly services: Readonly<Record<ServiceName, ServiceProcess>>
  /** One more process of the same service, on ports of its own; not started yet. */
  readonly another: (name: ServiceName, options?: ServiceOptions) => Promise<ServiceProcess>
  readonly gates: ReadonlyMap<ServiceName, KafkaGate>
  readonly warehouse: Warehouse
  readonly endpoints: readonly CellEndpoint[]
  readonly receivers: Receivers
  readonly startLoad: (seconds: number) => LoadProcess
  readonly loadLedgerFile: string
  readonly close: () => Promise<void>
}

export interface LoadProcess {
  readonly pid: number
  /** Resolves when all of the walk is acknowledged; rejects when the process ended otherwise. */
  readonly ended: Promise<void>
  readonly kill: () => void
}

export interface ServiceOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Sources to run instead of this checkout. */
  readonly from?: string | undefined
}

export interface CellWorldOptions {
  readonly folder: string
  readonly seed: number
  readonly timeScale: number
  readonly endpointCount: number
  readonly faultyCount: number
  readonly assetCount: number
  readonly eventsPerSecond: number
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Ports of loopback that deliveries may reach, beside those of the receivers. */
  readonly targets?: readonly number[] | undefined
  /** By service, on top of `env`. */
  readonly services?: Readonly<Partial<Record<ServiceName, ServiceOptions>>> | undefined
  /** Which services reach Kafka through a gate of their own. Only with one broker. */
  readonly gated?: readonly ServiceName[] | undefined
  readonly from?: string | undefined
}

/** Tags of the ledger's endpoints: which are healthy follows from the seed. */
function drawFaulty(seed: number, count: number, faultyCount: number): ReadonlySet<number> {
  const random = seededRandom(seed ^ 0x5ca1ab1e)
  const faulty = new Set<number>()
  while (faulty.size < faultyCount) faulty.add(random.below(count))
  return faulty
}

/**
 * Each business event goes to an eighth of the endpoints, each event of an asset to a quarter of the first half: five
 * endpoints each of forty. That makes about 300 deliveries/s out of 300 reads/s and 20 business events/s, which two
 * cores carry beside broker, proxies and auditor.
 */
function typesOf(index: number, endpointCount: number): readonly EventType[] {
  const business = businessEventTypes[index % businessEventTypes.length]
  const asset = index < endpointCount / 2 ? assetEventTypes[index % assetEventTypes.length] : undefined
  return [business, asset].flatMap((type) => (type === undefined ? [] : [type]))
}

async function startReceivers(folder: string, endpointCount: number): Promise<Receivers> {
  const ledgerFile = join(folder, 'received.ndjson')
  const plan: ReceiverPlan = { ledgerFile, endpointCount }
  const child = fork(join(import.meta.dirname, 'receivers-main.ts'), [JSON.stringify(plan)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [first] = (await once(child, 'message')) as [FromReceivers]
  if (first.kind !== 'listening') throw new Error('the receivers did not say where they listen')
  const tell = (message: ToReceivers): void => {
    child.send(message)
  }
  return {
    ports: first.ports,
    canaries: first.canaries,
    ledgerFile,
    tell,
    counted: async () => {
      tell({ kind: 'count' })
      for (;;) {
        const [message] = (await once(child, 'message')) as [FromReceivers]
        if (message.kind === 'counted') return message
      }
    },
    close: async () => {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

function startLoad(plan: LoadPlan): LoadProcess {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, 'load-main.ts'), JSON.stringify(plan)],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000)
  })
  return {
    pid: child.pid ?? 0,
    ended: new Promise((resolve, reject) => {
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`the load ended with ${code}: ${said}`)),
      )
    }),
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

/** A minute of 503, which says "send it again", is a busy machine; more is not. */
const unavailableMaxMs = 60_000

/** Setting up a world is no test of the API: what it asks to be sent again is. */
function patient(client: ApiClient): ApiClient {
  const call: ApiClient['call'] = async (...request) => {
    const startedAt = performance.now()
    for (;;) {
      const answer = await client.call(...request)
      if (answer.status !== 503 || performance.now() - startedAt > unavailableMaxMs) return answer
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 300)
      })
    }
  }
  return {
    url: client.url,
    call,
    data: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const { status, body: answer } = await call(method, path, body)
      if (status < 200 || status > 299)
        throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answer)}`)
      return answer['data'] as T
    },
  }
}

export async function openCellWorld(stack: ChaosStack, options: CellWorldOptions): Promise<CellWorld> {
  const { folder, seed, endpointCount } = options
  mkdirSync(folder, { recursive: true })
  const id = randomBytes(4).toString('hex')
  const database = `cell_${id}`
  await inPostgres({ POSTGRES_URL: stack.postgres.innerAddress }, (client) =>
    client.query(`CREATE DATABASE ${database}`),
  )
  const inDatabase = (address: string): string => {
    const url = new URL(address)
    url.pathname = `/${database}`
    return url.toString()
  }
  const receivers = await startReceivers(folder, endpointCount)
  const [apiPort, producerPort] = await Promise.all([freePort(), freePort()])
  const env: Record<string, string> = {
    KAFKA_BROKERS: stack.bootstrap,
    REGISTRY_URL: stack.registry.address,
    POSTGRES_URL: inDatabase(stack.postgres.address),
    REDIS_URL: stack.redis.address,
    TOPIC_PREFIX: `cell-${id}.`,
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    SCHEMA_CACHE_DIR: join(folder, 'schemas'),
    SETUP_PARTITIONS: '4',
    SETUP_REPLICATION_FACTOR: String(stack.brokers.length),
    // The least that brokers take: a killed process' partitions are free again after 6 s instead of 30.
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    // Commits of `scans` follow the states, so that this is how far behind the tracker's offset may be.
    TRACKER_FLUSH_MS: '2000',
    API_PORT: String(apiPort),
    PRODUCER_PORT: String(producerPort),
    WEBHOOK_ALLOWED_TARGETS: [...receivers.ports, ...(options.targets ?? [])]
      .map((port) => `127.0.0.1/32:${port}`)
      .join(','),
    TIME_SCALE: String(options.timeScale),
    API_RATE_LIMIT_PER_MINUTE: '100000',
    API_RATE_LIMIT_BURST: '100000',
    ...options.env,
  }
  const innerEnv = {
    ...env,
    KAFKA_BROKERS: stack.innerBootstrap,
    REGISTRY_URL: stack.registry.innerAddress,
    POSTGRES_URL: inDatabase(stack.postgres.innerAddress),
    REDIS_URL: stack.redis.innerAddress,
  }
  await runStep('services/setup/src/main.ts', [], { ...env, HEALTH_PORT: '0' })
  const seeded: { org_id: number; api_key: string } = JSON.parse(
    await runStep('services/setup/src/seed-main.ts', ['--org', `Cell ${id}`, '--json'], env),
  )
  const gates = new Map<ServiceName, KafkaGate>()
  for (const name of options.gated ?? []) gates.set(name, await startKafkaGate(stack.bootstrap))
  const extras: ServiceProcess[] = []
  const another = async (name: ServiceName, more: ServiceOptions = {}): Promise<ServiceProcess> => {
    const { from = options.from } = more
    const ports =
      name === 'api' || name === 'producer'
        ? { API_PORT: String(await freePort()), PRODUCER_PORT: String(await freePort()) }
        : {}
    const logFolder = join(folder, `extra-${extras.length + 1}`)
    mkdirSync(logFolder, { recursive: true })
    const extra = await serviceProcess(name, { ...env, ...ports, ...more.env }, logFolder, { from })
    extras.push(extra)
    return extra
  }
  const own = await Promise.all(
    serviceNames.map(async (name) => {
      const special = options.services?.[name] ?? {}
      const KAFKA_BROKERS = gates.get(name)?.address ?? stack.bootstrap
      const from = special.from ?? options.from
      return [
        name,
        await serviceProcess(name, { ...env, KAFKA_BROKERS, ...special.env }, folder, { from }),
      ] as const
    }),
  )
  const services = Object.fromEntries(own) as Record<ServiceName, ServiceProcess>
  const close = async (): Promise<void> => {
    await Promise.all([...serviceNames.map((name) => services[name]), ...extras].map((one) => one.kill()))
    await Promise.all([receivers.close(), ...Array.from(gates.values(), (gate) => gate.close())])
    await inPostgres({ POSTGRES_URL: stack.postgres.innerAddress }, (client) =>
      client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
    ).catch(() => undefined)
  }
  try {
    await Promise.all(serviceNames.map((name) => services[name].start()))
    const api = patient(apiClient(`http://127.0.0.1:${apiPort}`, seeded.api_key))
    const warehouse = await furnishWarehouse({ api }, options.assetCount)
    const faulty = drawFaulty(seed, endpointCount, options.faultyCount)
    const endpoints: CellEndpoint[] = await Promise.all(
      receivers.ports.map(async (port, index) => {
        const url = `http://127.0.0.1:${port}/hook`
        const eventTypes = typesOf(index, endpointCount)
        const created = await api.data<{ id: number; secret: string }>('POST', '/api/v1/webhooks', {
          url,
          name: `endpoint ${index}`,
          profile: 'standard',
          enabled: true,
          event_types: eventTypes,
        })
        return {
          id: created.id,
          index,
          isHealthy: !faulty.has(index),
          eventTypes,
          secret: created.secret,
          url,
        }
      }),
    )
    receivers.tell({ kind: 'secrets', secrets: endpoints.map(({ secret }) => secret) })
    const loadLedgerFile = join(folder, 'load.ndjson')
    return {
      prefix: env['TOPIC_PREFIX'] ?? '',
      env,
      innerEnv,
      folder,
      orgId: seeded.org_id,
      apiKey: seeded.api_key,
      api,
      services,
      another,
      gates,
      warehouse,
      endpoints,
      receivers,
      loadLedgerFile,
      startLoad: (seconds) =>
        startLoad({
          seed,
          seconds,
          prefix: env['TOPIC_PREFIX'] ?? '',
          orgId: seeded.org_id,
          tags: warehouse.assets.map(({ tag }) => tag),
          devices: warehouse.places.map(({ device }) => device),
          eventsPerSecond: options.eventsPerSecond,
          ledgerFile: loadLedgerFile,
          brokers: stack.bootstrap,
        }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** What an ordinary faulty endpoint does in cells that are about something else: all of it is retried and arrives. */
export const ordinaryFaults: readonly BehaviourSpec[] = [
  { name: 'slow', value: 300 },
  { name: 'flap', value: 0.5 },
  { name: 'refuseTwice' },
]
