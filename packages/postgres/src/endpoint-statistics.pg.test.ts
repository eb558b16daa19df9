import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AttemptRow, appendAttempts } from './attempts.ts'
import { type EndpointStatisticsStore, endpointStatistics } from './endpoint-statistics.ts'
import { endpoints } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let store: EndpointStatisticsStore
let orgId = 0
let otherOrgId = 0
const ids = { busy: 0, flooded: 0, theirs: 0 }
const nowMs = Date.UTC(2026, 10, 20, 12)
const minuteMs = 60_000
const hourMs = 60 * minuteMs

beforeAll(async () => {
  database = await createTestDatabase('endpoint_statistics', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  store = endpointStatistics(pg)
  orgId = (await organizations(pg).ensure('A')).id
  otherOrgId = (await organizations(pg).ensure('B')).id
  ids.busy = await endpointOf(orgId)
  ids.flooded = await endpointOf(orgId)
  ids.theirs = await endpointOf(otherOrgId)
  const at = (minutes: number): number => nowMs - minutes * minuteMs
  await appendAttempts(
    pg.db,
    [
      attempt(1, { startedAtMs: at(5), disposition: 'delivered', status: 200, totalMs: 20 }),
      attempt(2, { startedAtMs: at(6), disposition: 'delivered', status: 204, totalMs: 40 }),
      attempt(3, { startedAtMs: at(7), eventType: 'asset.scanned' }),
      attempt(4, { startedAtMs: at(125), ...timedOut }),
      attempt(5, { startedAtMs: at(126), ...refused }),
      // Neither tests nor holds count, nor what is older, nor others' requests.
      attempt(6, { startedAtMs: at(4), trigger: 'test' }),
      attempt(7, { startedAtMs: at(4), disposition: 'held', outcome: null, status: null, totalMs: null }),
      attempt(8, { startedAtMs: at(24 * 60 + 1) }),
      attempt(9, { startedAtMs: at(4), orgId: otherOrgId, endpointId: ids.theirs }),
    ],
    0,
  )
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

async function endpointOf(org: number): Promise<number> {
  const created = await endpoints(pg).create(
    org,
    {
      ...{ url: 'https://receiver.example/hook', profile: 'standard', state: 'active', headers: {} },
      subscriptions: [plainSubscription('*')],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    50,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  return created.row.id
}

const uuid = (n: number): string => `00000000-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
const timedOut = { outcome: 'failed', status: null, errorClass: 'timeout', totalMs: 15_000 } as const
const refused = { outcome: 'failed', status: null, errorClass: 'connect', totalMs: 1 } as const

function attempt(n: number, change: Partial<AttemptRow>): AttemptRow {
  return {
    ...{ responseHeadersJson: null, responseBody: null, isBodyTruncated: null, retryAfterMs: null },
    ...{ dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, batchId: null, batchSize: null },
    ...{ deliveryId: uuid(n), attemptNumber: 1, disposition: 'retry', startedAtMs: nowMs, orgId },
    ...{ endpointId: ids.busy, eventId: uuid(n), eventType: 'asset.moved', trigger: 'event' },
    ...{ url: 'https://receiver.example/hook', requestHeadersJson: '{}', requestBody: '{}' },
    ...{ outcome: 'responded' as const, status: 503, errorClass: null, errorMessage: null },
    ...{ totalMs: 10, reason: null, remoteAddress: null, nextAttemptAtMs: null },
    ...change,
  }
}

const day = () => ({
  ...{ endpointId: ids.busy, fromMs: nowMs - 24 * hourMs, toMs: nowMs, bucketMs: hourMs },
})

test('T2: by hour, class and type, each request once; tests and holds count nowhere', async () => {
  expect(await store.find(orgId, day())).toEqual({
    ...{ isComplete: true, lookedFromMs: nowMs - 126 * minuteMs },
    total: { delivered: 2, failed: 3, p50Ms: 20, p95Ms: 15_000 },
    buckets: [
      { startMs: nowMs - 3 * hourMs, delivered: 0, failed: 2, p50Ms: 15_000, p95Ms: 15_000 },
      { startMs: nowMs - hourMs, delivered: 2, failed: 1, p50Ms: 20, p95Ms: 40 },
    ],
    statusClasses: [
      { hundreds: 0, delivered: 0, failed: 2 },
      { hundreds: 2, delivered: 2, failed: 0 },
      { hundreds: 5, delivered: 0, failed: 1 },
    ],
    eventTypes: [
      { eventType: 'asset.moved', delivered: 2, failed: 2 },
      { eventType: 'asset.scanned', delivered: 0, failed: 1 },
    ],
  })
})

test('another organization sees nothing of it', async () => {
  const theirs = await store.find(otherOrgId, day())
  expect([theirs.total, theirs.buckets]).toEqual([{ delivered: 0, failed: 0, p50Ms: null, p95Ms: null }, []])
  expect(await store.failures(otherOrgId, ids.busy, 0)).toEqual({ isComplete: true, kinds: [] })
  expect(await store.recent(otherOrgId, [ids.busy], nowMs)).toEqual([])
})

test('what failed since an instant, by its kind', async () => {
  expect(await store.failures(orgId, ids.busy, nowMs - 3 * hourMs)).toEqual({
    isComplete: true,
    kinds: [
      { status: 503, errorClass: null, count: 1 },
      { status: null, errorClass: 'connect', count: 1 },
      { status: null, errorClass: 'timeout', count: 1 },
    ],
  })
})

test('T1: a row of a list counts a day, and says where it does not count all of it', async () => {
  const [busy] = await store.recent(orgId, [ids.busy, ids.theirs], nowMs)
  expect(busy).toMatchObject({
    endpointId: ids.busy,
    isComplete: true,
    delivered: 2,
    failed: 3,
    p95Ms: 15_000,
  })
  expect(busy?.hours).toHaveLength(24)
  expect([busy?.hours.at(-1), busy?.hours.at(-3)]).toEqual([
    { delivered: 2, failed: 1 },
    { delivered: 0, failed: 2 },
  ])
  const many = Array.from({ length: 501 }, (_, n) =>
    attempt(1_000 + n, { endpointId: ids.flooded, startedAtMs: nowMs - n }),
  )
  await appendAttempts(pg.db, many, 0)
  expect(await store.recent(orgId, [ids.flooded], nowMs)).toMatchObject([{ isComplete: false, failed: 501 }])
})
