/**
 * Kafka as one KRaft node, broker and controller in one process. As a variant it is one of several, and its clients are
 * sent to a proxy; brokers and whoever uses the third port meet behind it.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exchange } from './exchange.ts'
import { javaFile, type Piece, type PieceSetup } from './piece.ts'
import { run } from './processes.ts'

const soleNodeId = 1

export const kafkaPiece: Piece = {
  name: 'kafka',
  title: 'Kafka',
  portCount: 2,
  needsJava: true,
  hasPassword: false,
  refusesRoot: false,
  prepare,
  command: (setup) => ({
    file: javaFile(),
    args: [
      // 512 MB suffice for the tests; benches with full page caches of produce requests need the 1 GB.
      ...heap(setup),
      '-XX:+UseG1GC',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
      '-cp',
      classPath(setup),
      'kafka.Kafka',
      propertiesFile(setup),
    ],
    cwd: setup.dataDir,
  }),
  address: ({ ports }) => `127.0.0.1:${ports[0]}`,
  check,
  // Controlled shutdown: segments are closed and flushed, the next start needs no recovery.
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 30_000,
}

function heap({ variant }: PieceSetup): readonly string[] {
  const heapMb = variant?.heapMb
  return heapMb === undefined ? ['-Xms512m', '-Xmx1g'] : ['-Xms128m', `-Xmx${heapMb}m`]
}

function logDirOf(setup: PieceSetup): string {
  return setup.variant?.logDir ?? join(setup.dataDir, 'log')
}

async function prepare(setup: PieceSetup): Promise<void> {
  writeFileSync(propertiesFile(setup), properties(setup))
  const logDir = logDirOf(setup)
  if (existsSync(join(logDir, 'meta.properties'))) return
  mkdirSync(logDir, { recursive: true })
  await run({
    file: javaFile(),
    args: [
      '-Xmx128m',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      classPath(setup),
      'kafka.tools.StorageTool',
      'format',
      '--ignore-formatted',
      '-t',
      setup.variant?.cluster?.id ?? newClusterId(),
      '-c',
      propertiesFile(setup),
    ],
    cwd: setup.dataDir,
  })
}

function properties(setup: PieceSetup): string {
  const [clients, controller, inner] = setup.ports
  const { cluster, advertised, settings } = setup.variant ?? {}
  const nodeId = cluster?.nodeId ?? soleNodeId
  const replicas = Math.min(cluster?.size ?? 1, 3)
  // Two of three must have what is acknowledged; one of one.
  const inSync = replicas > 2 ? 2 : 1
  const innerListener = inner === undefined ? '' : `,INNER://127.0.0.1:${inner}`
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.quorum.voters': cluster?.voters ?? `${nodeId}@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${clients},CONTROLLER://127.0.0.1:${controller}${innerListener}`,
    'advertised.listeners': `PLAINTEXT://${advertised ?? `127.0.0.1:${clients}`}${innerListener}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,INNER:PLAINTEXT',
    'inter.broker.listener.name': inner === undefined ? 'PLAINTEXT' : 'INNER',
    'log.dirs': logDirOf(setup),
    'num.recovery.threads.per.data.dir': 4,
    // A misspelt topic must be an error, not a new topic with the wrong settings.
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    // 50 by default: one broker gains nothing by that many and opens 50 logs at the first join of a group.
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.num.partitions': 8,
    'share.coordinator.state.topic.num.partitions': 8,
    // 3 s by default, waiting for more members; tests and demos know theirs.
    'group.initial.rebalance.delay.ms': 0,
    // 128 MB by default, out of a heap of at most 1 GB; this holds 1.4 million keys per cleaning.
    'log.cleaner.dedupe.buffer.size': 32 * 1024 * 1024,
    ...settings,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** A UUID in the form Kafka writes it (base64url, 22 characters). It must not begin with '-': Kafka's own rule. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newClusterId() : id
}

function classPath(setup: PieceSetup): string {
  return join(setup.binariesDir, 'kafka', '*')
}

function propertiesFile(setup: PieceSetup): string {
  return join(setup.dataDir, 'server.properties')
}

/**
 * Asks for the metadata of no topic (Metadata version 1: api key 3, an empty list) and wants at least one broker.
 * KRaft opens the client port only when the broker is registered and unfenced, so an answer means: it works.
 */
async function check(address: string): Promise<void> {
  const first = address.split(',')[0] ?? ''
  const colon = first.lastIndexOf(':')
  const request = Buffer.alloc(18)
  request.writeInt32BE(14, 0)
  request.writeInt16BE(3, 4)
  request.writeInt16BE(1, 6)
  request.writeInt32BE(1, 8)
  request.writeInt16BE(-1, 12)
  request.writeInt32BE(0, 14)
  const answer = await exchange(
    { host: first.slice(0, colon), port: Number(first.slice(colon + 1)) },
    request,
    (bytes) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0),
  )
  // size, correlation id, then the length of the array of brokers
  const brokerCount = answer.length >= 12 ? answer.readInt32BE(8) : 0
  if (brokerCount < 1) throw new Error(`Kafka at ${first} knows no broker yet`)
}
