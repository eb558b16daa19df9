/**
 * The infrastructure of a chaos run: its own broker (or three), Redis, PostgreSQL and registry as native processes, each
 * behind a fault proxy. What Kafka tells its clients is the proxy; the harness itself looks from behind it.
 *
 * Invariants
 *   C1. Only processes that this file started are signalled, and only while pid and start tick still match.
 *   C2. Whoever comes over `address` meets the proxy, also after any metadata answer.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { provideBinaries } from '@scanhook/stack/binaries'
import { kafkaPiece } from '@scanhook/stack/kafka-piece'
import type { Piece, PieceSetup, PieceVariant } from '@scanhook/stack/piece'
import { findPlaces } from '@scanhook/stack/places'
import { drawPort } from '@scanhook/stack/ports'
import { postgresPiece } from '@scanhook/stack/postgres-piece'
import { isAlive, type ProcessIdentity } from '@scanhook/stack/process-identity'
import { type Command, logTail, startDetached, stopProcess } from '@scanhook/stack/processes'
import { redisPiece } from '@scanhook/stack/redis-piece'
import { registryPiece } from '@scanhook/stack/registry-piece'
import { ownFolder, unprivilegedUser } from '@scanhook/stack/run-as'
import { Kafka, logLevel } from 'kafkajs'
import { waitUntil } from '../harness/wait-until.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type SmallDisk, smallDisk } from './small-disk.ts'

export interface ChaosNode {
  readonly name: string
  /** As the settings of a service have it; through the proxy. */
  readonly address: string
  /** The same, from behind the proxy: for those that watch. */
  readonly innerAddress: string
  readonly proxy: FaultProxy
  readonly pid: () => number
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>
  /** SIGTERM, or what the piece calls an orderly stop. */
  readonly stop: () => Promise<void>
  /** SIGSTOP and SIGCONT. */
  readonly pause: () => void
  readonly resume: () => void
  /** Starts it again with what it had written; `isEmpty` throws that away first. Resolves when it works. */
  readonly start: (options?: {
    readonly isEmpty?: boolean
    readonly settings?: Readonly<Record<string, string>>
  }) => Promise<void>
  /** It is gone although nobody here killed it. */
  readonly hasEnded: () => boolean
  /** Resolves when it answers. */
  readonly works: () => Promise<void>
}

export interface ChaosStack {
  readonly brokers: readonly ChaosNode[]
  readonly redis: ChaosNode
  readonly postgres: ChaosNode
  readonly registry: ChaosNode
  /** KAFKA_BROKERS through the proxies, and from behind them. */
  readonly bootstrap: string
  readonly innerBootstrap: string
  readonly folder: string
  /** A second Redis that follows the first; ended with the rest. */
  readonly openRedisReplica: () => Promise<ChaosNode>
  /** Only with `brokerDiskMb`. */
  readonly fillBrokerDisk: () => void
  readonly freeBrokerDisk: () => void
  readonly close: () => Promise<void>
}

interface NodePlan {
  readonly name: string
  readonly piece: Piece
  readonly setup: PieceSetup
  readonly proxy: FaultProxy
  readonly logFile: string
  /** What is thrown away for an empty start, relative to the data folder. */
  readonly state: readonly string[]
  /** Called after the preparation, for every life. */
  readonly within?: ((command: Command) => Promise<Command>) | undefined
}

function withPort(address: string, port: number): string {
  if (!address.includes('://')) return `127.0.0.1:${port}`
  const url = new URL(address)
  url.port = String(port)
  return url.toString().replace(/\/$/, '')
}

async function startNode(plan: NodePlan): Promise<ChaosNode> {
  const { piece, proxy, logFile } = plan
  let { setup } = plan
  let known: ProcessIdentity | null = null
  const direct = piece.address(setup)
  // Kafka answers with the address of the listener that was asked: its third port is the one behind the proxy.
  const innerPort = piece === kafkaPiece ? setup.ports[2] : undefined
  const works = async (): Promise<void> => {
    await waitUntil(
      `${plan.name} works`,
      async () => {
        if (known !== null && !isAlive(known)) throw new Error(`${plan.name} ended:\n${logTail(logFile)}`)
        return piece.check(direct).then(
          () => true,
          () => false,
        )
      },
      { everyMs: 100 },
    )
  }
  const signal = (name: NodeJS.Signals): void => {
    if (known !== null && isAlive(known)) process.kill(known.pid, name) // C1
  }
  const start: ChaosNode['start'] = async ({ isEmpty = false, settings } = {}) => {
    if (known !== null && isAlive(known)) throw new Error(`${plan.name} runs already`)
    if (isEmpty)
      for (const part of plan.state) rmSync(join(setup.dataDir, part), { recursive: true, force: true })
    if (settings !== undefined)
      setup = {
        ...setup,
        variant: { ...setup.variant, settings: { ...setup.variant?.settings, ...settings } },
      }
    await piece.prepare(setup)
    const command = piece.command(setup)
    known = await startDetached((await plan.within?.(command)) ?? command, logFile)
    await works()
  }
  await start()
  return {
    name: plan.name,
    address: withPort(direct, proxy.port),
    innerAddress: innerPort === undefined ? direct : `127.0.0.1:${innerPort}`,
    proxy,
    pid: () => known?.pid ?? 0,
    kill: async () => {
      signal('SIGKILL')
      await waitUntil(`${plan.name} is gone`, () => known === null || !isAlive(known), { everyMs: 10 })
    },
    stop: async () => {
      if (known === null) return
      // A stopped process would not hear it.
      signal('SIGCONT')
      await stopProcess(known, piece.stopSignal, piece.stopTimeoutMs)
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    hasEnded: () => known === null || !isAlive(known),
    start,
    works,
  }
}

export interface ChaosStackOptions {
  readonly folder: string
  readonly brokerCount?: 1 | 3
  /** The log of the (one) broker lies on a disk of this size. */
  readonly brokerDiskMb?: number | undefined
}

/** 512 MB are enough for one broker at a chaos load; three share the machine with everything else. */
const heapMbOf = (brokerCount: number): number => (brokerCount === 1 ? 512 : 384)

/** Each broker works before it knows of the others, and a topic of three replicas needs three. */
async function untilTogether(brokers: readonly string[]): Promise<void> {
  if (brokers.length === 1) return
  const admin = new Kafka({
    clientId: 'chaos-stack',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
  }).admin()
  await admin.connect()
  try {
    await waitUntil('all brokers know each other', async () => {
      const known = await admin.describeCluster().catch(() => null)
      return known?.brokers.length === brokers.length
    })
  } finally {
    await admin.disconnect()
  }
}

/** Starts everything side by side; resolves when all of it works. */
export async function openChaosStack({
  folder,
  brokerCount = 1,
  brokerDiskMb,
}: ChaosStackOptions): Promise<ChaosStack> {
  const places = findPlaces({ ...process.env, SCANHOOK_STACK_DIR: folder })
  await provideBinaries(places, (line) => process.stderr.write(`${line}\n`))
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const taken = new Set<number>()
  const started: ChaosNode[] = []
  let disk: SmallDisk | undefined
  const ports = async (count: number): Promise<number[]> => {
    const drawn: number[] = []
    while (drawn.length < count) drawn.push(await drawPort(taken))
    return drawn
  }
  const setupOf = async (
    name: string,
    piece: Piece,
    more: { readonly variant?: PieceVariant; readonly ports?: readonly number[] } = {},
  ): Promise<PieceSetup> => {
    const user = piece.refusesRoot ? unprivilegedUser() : undefined
    const dataDir = join(folder, name)
    ownFolder(dataDir, user)
    return {
      binariesDir: places.binariesDir,
      dataDir,
      ports: more.ports ?? (await ports(piece.portCount)),
      password: piece.hasPassword ? randomBytes(18).toString('hex') : '',
      user,
      variant: more.variant,
    }
  }
  const node = async (
    name: string,
    piece: Piece,
    setup: PieceSetup,
    options: Pick<Partial<NodePlan>, 'state' | 'proxy' | 'within'> = {},
  ): Promise<ChaosNode> => {
    const proxy = options.proxy ?? (await startFaultProxy({ host: '127.0.0.1', port: setup.ports[0] ?? 0 }))
    const one = await startNode({
      name,
      piece,
      setup,
      proxy,
      logFile: join(folder, `${name}.log`),
      state: options.state ?? [],
      within: options.within,
    })
    started.push(one)
    return one
  }
  const openBrokers = async (): Promise<ChaosNode[]> => {
    const all = await Promise.all(Array.from({ length: brokerCount }, async () => ports(3)))
    const voters = all.map(([, controller], index) => `${index + 1}@127.0.0.1:${controller}`).join(',')
    const id = `C${randomBytes(16).toString('base64url').slice(1)}`
    return Promise.all(
      all.map(async (own, index) => {
        const proxy = await startFaultProxy({ host: '127.0.0.1', port: own[0] ?? 0 }, { isKafka: true })
        const variant: PieceVariant = {
          heapMb: heapMbOf(brokerCount),
          advertised: proxy.address,
          ...(brokerCount === 1 ? {} : { cluster: { id, nodeId: index + 1, voters, size: brokerCount } }),
        }
        const name = `kafka${index + 1}`
        const setup = await setupOf(name, kafkaPiece, { variant, ports: own })
        if (brokerDiskMb !== undefined) disk = smallDisk(join(setup.dataDir, 'log'), brokerDiskMb)
        return node(name, kafkaPiece, setup, { proxy, within: disk?.within })
      }),
    )
  }
  const close = async (): Promise<void> => {
    await Promise.all(
      started.map(async (one) => {
        await one.kill()
        await one.proxy.close()
      }),
    )
    disk?.close()
  }
  const redisSetup = await setupOf('redis', redisPiece)
  const openRedisReplica = async (): Promise<ChaosNode> => {
    const own = await setupOf('redis-replica', redisPiece, {
      variant: {
        settings: { replicaof: `127.0.0.1 ${redisSetup.ports[0]}`, masterauth: redisSetup.password },
      },
    })
    // Whoever is led to it logs in as before.
    return node('redis-replica', redisPiece, { ...own, password: redisSetup.password })
  }
  const results = await Promise.allSettled([
    openBrokers(),
    node('redis', redisPiece, redisSetup, { state: ['appendonlydir', 'dump.rdb'] }),
    setupOf('postgres', postgresPiece).then((setup) => node('postgres', postgresPiece, setup)),
    setupOf('registry', registryPiece).then((setup) => node('registry', registryPiece, setup)),
  ])
  const [brokers, redis, postgres, registry] = results
  if (
    brokers.status === 'rejected' ||
    redis.status === 'rejected' ||
    postgres.status === 'rejected' ||
    registry.status === 'rejected'
  ) {
    await close()
    throw new AggregateError(
      results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
      'the infrastructure of the run did not start',
    )
  }
  await untilTogether(brokers.value.map(({ innerAddress }) => innerAddress))
  return {
    brokers: brokers.value,
    redis: redis.value,
    postgres: postgres.value,
    registry: registry.value,
    bootstrap: brokers.value.map(({ address }) => address).join(','),
    innerBootstrap: brokers.value.map(({ innerAddress }) => innerAddress).join(','),
    folder,
    openRedisReplica,
    fillBrokerDisk: () => disk?.fill(),
    freeBrokerDisk: () => disk?.free(),
    close,
  }
}
