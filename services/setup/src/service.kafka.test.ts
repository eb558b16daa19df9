/** Against real Kafka, registry and PostgreSQL, with a prefix and a database of its own. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from '@scanhook/config/settings'
import { openKafka } from '@scanhook/kafka/open'
import { type Logger, openLog, silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { createEmptyDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { topicSpecs } from '@scanhook/schemas/topics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SetupContext, setUp, setupService } from './service.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-setup-test-'))
const prefix = `setup-test-${randomBytes(4).toString('hex')}.`
let database: TestDatabase

beforeAll(async () => {
  database = await createEmptyDatabase('setup', process.env['POSTGRES_URL'])
})

afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

function config(changes: Readonly<Record<string, string>> = {}): SetupContext['config'] {
  const parsed = parseEnv(setupService.settings, {
    ...process.env,
    TOPIC_PREFIX: prefix,
    POSTGRES_URL: database.url,
    SCHEMA_CACHE_DIR: join(folder, 'schemas'),
    SETUP_PARTITIONS: '2',
    ...changes,
  })
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.config
}

interface Line {
  readonly msg: string
  readonly created?: readonly string[]
  readonly applied?: readonly string[]
}

function recordingLog(): { log: Logger; line: (event: string) => Line | undefined } {
  const lines: Line[] = []
  const log = openLog({ name: 'test', level: 'info', write: (text) => lines.push(JSON.parse(text)) })
  return { log, line: (event) => lines.find(({ msg }) => msg === event) }
}

test('everything is there afterwards', async () => {
  const { log, line } = recordingLog()
  await setUp({ config: config(), log, metrics: openMetrics() })
  const names = topicSpecs(prefix, { partitions: 2, replicationFactor: 1 }).map(({ name }) => name)
  expect([...(line('topics.ensured')?.created ?? [])].sort()).toEqual([...names].sort())
  expect(line('schemas.registered')).toBeDefined()
  expect(line('database.migrated')?.applied).not.toEqual([])
})

test('U1: again, and twice at once, changes nothing', async () => {
  const logs = [recordingLog(), recordingLog()]
  await Promise.all(logs.map(({ log }) => setUp({ config: config(), log, metrics: openMetrics() })))
  for (const { line } of logs) {
    expect(line('topics.ensured')?.created).toEqual([])
    expect(line('database.migrated')?.applied).toEqual([])
  }
})

test('U3: a topic that is there with another config is told by name, and left as it is', async () => {
  const own = `${prefix}wrong.`
  const env = config({ TOPIC_PREFIX: own })
  const admin = await openKafka(env, { log: silentLog, metrics: openMetrics() }).openAdmin()
  const wrong = [
    { name: `${own}asset-state`, configs: { 'cleanup.policy': 'delete' } },
    { name: `${own}deliveries.retry.5m`, configs: { 'cleanup.policy': 'delete' } },
  ]
  await admin.ensureTopics(wrong.map((topic) => ({ ...topic, partitions: 2, replicationFactor: 1 })))
  const failure = await setUp({ config: env, log: silentLog, metrics: openMetrics() }).catch(
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(AggregateError)
  const [error] = (failure as AggregateError).errors
  expect(error).toMatchObject({ code: 'KAFKA_TOPIC_MISMATCH', retriable: false })
  expect(error.message).toContain(`${own}asset-state: cleanup.policy should be compact and is delete`)
  expect(error.message).toContain(
    `${own}deliveries.retry.5m: message.timestamp.type should be LogAppendTime and is CreateTime`,
  )
  const found = await admin.topicConfigs([`${own}asset-state`], ['cleanup.policy'])
  expect(found.get(`${own}asset-state`)).toEqual({ 'cleanup.policy': 'delete' })
  await admin.close()
})

test('U2: without a registry the tables are made all the same, and the failure is told', async () => {
  const { log, line } = recordingLog()
  // Nobody listens on port 9 (discard) of the loopback address.
  const changed = config({ REGISTRY_URL: 'http://127.0.0.1:9/', SCHEMA_CACHE_DIR: join(folder, 'empty') })
  // Each wait takes a minute, at once: asking a registry that is not there takes time of its own.
  let nowMs = 0
  const clock = {
    monotonicMs: () => nowMs,
    after: (_delayMs: number, act: () => void) => {
      nowMs += 60_000
      queueMicrotask(act)
      return () => undefined
    },
  }
  const failure = await setUp({ config: changed, log, metrics: openMetrics() }, clock).catch(
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(AggregateError)
  expect((failure as AggregateError).errors).toMatchObject([{ code: 'SCHEMA_REGISTRY_UNAVAILABLE' }])
  expect(line('database.migrated')).toBeDefined()
  expect(line('topics.ensured')).toBeDefined()
  expect(line('setup.waits')).toBeDefined()
})
