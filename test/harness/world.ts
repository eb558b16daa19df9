/**
 * A whole Scanhook of separate processes for one test file: its own topic prefix, its own database, its own schema
 * cache, one demo organization, one receiver. Redis, PostgreSQL and the registry are reached through proxies that a
 * test can cut.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { type ApiClient, apiClient } from './api-client.ts'
import { freePort } from './free-port.ts'
import { type KafkaGate, startKafkaGate } from './kafka-gate.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { ofNode, root, type ServiceProcess, serviceProcess } from './service-process.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const run = promisify(execFile)

export const serviceNames = [
  'api',
  'producer',
  'tracker',
  'router',
  'dispatcher',
  'retry',
  'recorder',
  'notifier',
  'reconciler',
] as const
export type ServiceName = (typeof serviceNames)[number]

export interface World {
  readonly prefix: string
  readonly env: Readonly<Record<string, string>>
  /** For files of this world; removed at the end. */
  readonly folder: string
  readonly orgId: number
  readonly apiKey: string
  readonly api: ApiClient
  readonly producerUrl: string
  readonly receiver: Receiver
  readonly services: Readonly<Record<ServiceName, ServiceProcess>>
  /** Each service's own way to the broker, where the world is gated. */
  readonly gates: ReadonlyMap<ServiceName, KafkaGate>
  readonly proxies: { readonly redis: TcpProxy; readonly postgres: TcpProxy; readonly registry: TcpProxy }
  readonly close: () => Promise<void>
}

export interface WorldOptions {
  /** Retry durations are divided by it; an injected scale instead of waiting. */
  readonly timeScale?: number
  /** Every service reaches Kafka through a gate of its own, so that its writes can be held. */
  readonly isGated?: boolean
  /** Redis, PostgreSQL and the registry are reached directly: nothing can be cut, and nothing in this process is in the way. */
  readonly isDirect?: boolean
  /** The organization is the operator's (OPERATOR_ORG_IDS): it sees what concerns the whole installation. */
  readonly isOperator?: boolean
  /** Another version's sources: what sets the world up and runs in it. */
  readonly from?: string
  readonly env?: Readonly<Record<string, string>>
}

const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === '')
    throw new Error(`${name} is not in the environment: the global setup provides it`)
  return value
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await client.end()
}

async function proxied(address: string, defaultPort: number): Promise<{ proxy: TcpProxy; address: string }> {
  const url = new URL(address)
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) || defaultPort })
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  return { proxy, address: url.toString() }
}

async function openGates(broker: string): Promise<Map<ServiceName, KafkaGate>> {
  return new Map(
    await Promise.all(serviceNames.map(async (name) => [name, await startKafkaGate(broker)] as const)),
  )
}

/** Runs a script of the product (of this checkout, or by its absolute path of a copy) to its end; returns what it printed. */
export async function runStep(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const options = { cwd: root, env: { ...ofNode, ...env }, maxBuffer: 8 * 1024 * 1024 }
  try {
    const { stdout } = await run(process.execPath, [resolve(root, script), ...args], options)
    return stdout
  } catch (error) {
    // Services say on stdout why they end.
    throw new Error(`${script} failed: ${(error as { stdout?: string }).stdout ?? ''}`, { cause: error })
  }
}

/** Creates topics, schemas, database and organization, starts the receiver; starts no service yet except `api`. */
export async function openWorld({
  timeScale = 1,
  isGated = false,
  isDirect = false,
  isOperator = false,
  from = root,
  env: extra = {},
}: WorldOptions = {}): Promise<World> {
  const id = randomBytes(4).toString('hex')
  const folder = mkdtempSync(join(tmpdir(), `scanhook-world-${id}-`))
  const database = `world_${id}`
  await createDatabase(required('POSTGRES_URL'), database)
  const databaseUrl = new URL(required('POSTGRES_URL'))
  databaseUrl.pathname = `/${database}`
  const [redis, postgres, registry] = await Promise.all([
    proxied(required('REDIS_URL'), 6_379),
    proxied(databaseUrl.toString(), 5_432),
    proxied(required('REGISTRY_URL'), 8_080),
  ])
  const [apiPort, producerPort] = await Promise.all([freePort(), freePort()])
  const receiver = await startReceiver(join(folder, 'received.ndjson'))
  const env: Record<string, string> = {
    KAFKA_BROKERS: required('KAFKA_BROKERS'),
    REGISTRY_URL: isDirect ? required('REGISTRY_URL') : registry.address.replace(/\/$/, ''),
    POSTGRES_URL: isDirect ? databaseUrl.toString() : postgres.address,
    REDIS_URL: isDirect ? required('REDIS_URL') : redis.address,
    TOPIC_PREFIX: `world-${id}.`,
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    SCHEMA_CACHE_DIR: join(folder, 'schemas'),
    SETUP_PARTITIONS: '4',
    // The least that brokers take: a killed process' partitions are free again after 6 s instead of 30.
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    API_PORT: String(apiPort),
    PRODUCER_PORT: String(producerPort),
    WEBHOOK_ALLOWED_TARGETS: `127.0.0.1/32:${receiver.port}`,
    TIME_SCALE: String(timeScale),
    API_RATE_LIMIT_PER_MINUTE: '100000',
    API_RATE_LIMIT_BURST: '100000',
    ...extra,
  }
  await runStep(join(from, 'services/setup/src/main.ts'), [], { ...env, HEALTH_PORT: '0' })
  const seeded: { org_id: number; api_key: string } = JSON.parse(
    await runStep(join(from, 'services/setup/src/seed-main.ts'), ['--org', `World ${id}`, '--json'], env),
  )
  if (isOperator) env['OPERATOR_ORG_IDS'] = String(seeded.org_id)
  const gates = isGated ? await openGates(required('KAFKA_BROKERS')) : new Map<ServiceName, KafkaGate>()
  const entries = await Promise.all(
    serviceNames.map(async (name) => {
      const KAFKA_BROKERS = gates.get(name)?.address ?? required('KAFKA_BROKERS')
      const own = { ...env, KAFKA_BROKERS, ...(isOperator ? { OPERATOR_ORG_IDS: `${seeded.org_id}` } : {}) }
      return [name, await serviceProcess(name, own, folder, { from })] as const
    }),
  )
  const services = Object.fromEntries(entries) as Record<ServiceName, ServiceProcess>
  return {
    prefix: env['TOPIC_PREFIX'] ?? '',
    env,
    folder,
    orgId: seeded.org_id,
    apiKey: seeded.api_key,
    api: apiClient(`http://127.0.0.1:${apiPort}`, seeded.api_key),
    producerUrl: `http://127.0.0.1:${producerPort}`,
    receiver,
    services,
    gates,
    proxies: { redis: redis.proxy, postgres: postgres.proxy, registry: registry.proxy },
    close: async () => {
      await Promise.all(serviceNames.map((name) => services[name].kill()))
      await Promise.all([
        receiver.close(),
        redis.proxy.close(),
        postgres.proxy.close(),
        registry.proxy.close(),
        ...Array.from(gates.values(), (gate) => gate.close()),
      ])
      await dropDatabase(required('POSTGRES_URL'), database)
      // Kept on wish, because the logs of a failed run explain it.
      if (process.env['KEEP_WORLD'] !== '1') rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts the named services side by side and waits until each is ready. */
export async function startServices(
  world: World,
  names: readonly ServiceName[] = serviceNames,
): Promise<void> {
  await Promise.all(names.map((name) => world.services[name].start()))
}
