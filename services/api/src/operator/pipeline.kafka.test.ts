/** What an operator is told, on a real broker: by the reader itself, and over HTTP by whom it concerns. */
import { scopes } from '@scanhook/domain/scope'
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiService } from '../service.ts'
import { pipelinePlan } from './pipeline-plan.ts'
import { readPipeline } from './read-pipeline.ts'

let own: OwnTopics
let prefix = ''
let admin: KafkaAdmin
let database: TestDatabase
let pg: Postgres
let api: StartedService
let url = ''
/** Keys of the operator's organization and of another one. */
const keys = { operator: '', other: '' }

beforeAll(async () => {
  own = await ownTopics('pipeline')
  prefix = own.env['TOPIC_PREFIX'] ?? ''
  admin = await own.kafka.openAdmin()
  database = await createTestDatabase('pipeline', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  const operator = await organizations(pg).ensure('Operator')
  const other = await organizations(pg).ensure('Other')
  const keyOf = async (orgId: number) => (await apiKeys(pg).create(orgId, { name: 'test', scopes })).token
  keys.operator = await keyOf(operator.id)
  keys.other = await keyOf(other.id)
  await readTwoOfFive()
  const env = {
    ...own.env,
    POSTGRES_URL: database.url,
    API_PORT: '0',
    SECRET_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    OPERATOR_ORG_IDS: `${operator.id}`,
  }
  const info = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
  }
  api = await startService(apiService, env, { log: { ...silentLog, info } })
})
afterAll(async () => {
  await api?.stop()
  await pg?.close()
  await database?.drop()
  await admin?.close()
  await own?.close()
})

/** The router has done two of five events, and two deliveries wait in the first tier. */
async function readTwoOfFive(): Promise<void> {
  const of = (topic: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{ topic, key: `${index}`, partition: 0, value: Buffer.from(`${index}`) },
    }))
  await own.producer.appendAll(of(own.topics.events, 5))
  await own.producer.appendAll(of(own.topics.retry['10s'], 2))
  const seen = Promise.withResolvers<void>()
  const router = own.kafka.openConsumer({
    groupId: `${prefix}router`,
    topics: [own.topics.events],
    handle: async ({ doneThrough }) => {
      doneThrough(1)
      seen.resolve()
    },
    onFatal: (reason) => seen.reject(new Error(reason)),
  })
  await router.start()
  await seen.promise
  await router.stop()
}

test('what is not committed waits, and a tier is due when its time has passed', async () => {
  const plan = pipelinePlan(own.topics, prefix, 1)
  const beganAtMs = Date.now()
  // As in eleven seconds: one second after what lies in the first tier could have gone.
  const { groups, tiers } = await readPipeline({ admin, nowMs: () => beganAtMs + 11_000 }, plan)
  const router = groups.find(({ group }) => group === `${prefix}router`)
  expect(router).toMatchObject({ topic: own.topics.events, lagRecords: 3 })
  expect(router?.lagMs).toBeGreaterThanOrEqual(11_000)
  const [first, second] = tiers
  expect(first).toMatchObject({ tier: '10s', waiting: 2, due: 2 })
  expect(first?.overdueMs).toBeGreaterThanOrEqual(1_000)
  expect(second).toEqual({ tier: '1m', waitMs: 60_000, waiting: 0, due: 0, overdueMs: 0 })
})

test('before its time nothing of a tier is due', async () => {
  const plan = pipelinePlan(own.topics, prefix, 1)
  const [stamp] = await admin.recordTimes(own.topics.retry['10s'], [0])
  const { tiers } = await readPipeline({ admin, nowMs: () => (stamp ?? 0) + 9_999 }, plan)
  expect(tiers[0]).toEqual({ tier: '10s', waitMs: 10_000, waiting: 2, due: 0, overdueMs: 0 })
})

async function ask(key: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/api/v1/operator/pipeline`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return { status: response.status, text: await response.text() }
}

test('N1: over HTTP the operator is told, and another organization no number at all', async () => {
  const told = await ask(keys.operator)
  expect(told.status, told.text).toBe(200)
  const { data } = JSON.parse(told.text) as { data: { groups: readonly unknown[] } }
  expect(data.groups).toContainEqual(
    expect.objectContaining({ group: `${prefix}router`, topic: own.topics.events, lag_records: 3 }),
  )
  const refused = await ask(keys.other)
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('OPERATOR_ORG_IDS')
  expect(refused.text).not.toContain('lag_records')
})
