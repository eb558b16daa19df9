import { plainSubscription } from '@scanhook/domain/endpoint'
import {
  latencyBucketCount,
  latencyBucketOf,
  latencyErrorShare,
  latencyQuantileMs,
} from '@scanhook/domain/usage/latency-histogram'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AttemptRow, appendAttempts } from './attempts.ts'
import { type EndpointStatisticsStore, endpointStatistics } from './endpoint-statistics.ts'
import { endpoints } from './endpoints.ts'
import { history } from './history.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { forgetUsageHours } from './usage-hours.ts'

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

/** As the histogram tells it (L1). */
const about = (ms: number): number => latencyQuantileMs(histogramOf([ms]), 1) ?? Number.NaN

function histogramOf(values: readonly number[]): readonly number[] {
  const counts = Array.from({ length: latencyBucketCount }, () => 0)
  for (const value of values) counts[latencyBucketOf(value)] = (counts[latencyBucketOf(value)] ?? 0) + 1
  return counts
}

const slowest = { p95Ms: about(15_000), p99Ms: about(15_000) }

test('T2: by hour, class and type, each request once; tests and holds count nowhere', async () => {
  expect(await store.find(orgId, day())).toEqual({
    ...{ isComplete: true, lookedFromMs: nowMs - 24 * hourMs, latencyErrorShare },
    total: { delivered: 2, failed: 3, p50Ms: about(20), ...slowest },
    buckets: [
      { startMs: nowMs - 3 * hourMs, delivered: 0, failed: 2, p50Ms: about(15_000), ...slowest },
      {
        startMs: nowMs - hourMs,
        delivered: 2,
        failed: 1,
        p50Ms: about(20),
        p95Ms: about(40),
        p99Ms: about(40),
      },
    ],
    statusClasses: [
      { hundreds: 0, delivered: 0, failed: 2 },
      { hundreds: 2, delivered: 2, failed: 0 },
      { hundreds: 5, delivered: 0, failed: 1 },
    ],
    errorClasses: [
      { errorClass: 'connect', count: 1 },
      { errorClass: 'timeout', count: 1 },
    ],
    eventTypes: [
      { eventType: 'asset.moved', delivered: 2, failed: 2 },
      { eventType: 'asset.scanned', delivered: 0, failed: 1 },
    ],
  })
})

test('T2, T3: what is shorter than an hour comes from the log, as exact as it is there', async () => {
  const bucketMs = 5 * minuteMs
  const query = { endpointId: ids.busy, fromMs: nowMs - 3 * hourMs, toMs: nowMs, bucketMs }
  const found = await store.find(orgId, query)
  const counted = await store.find(orgId, { ...query, bucketMs: hourMs })
  expect(found.total).toEqual({ delivered: 2, failed: 3, p50Ms: 20, p95Ms: 15_000, p99Ms: 15_000 })
  expect(found).toMatchObject({ isComplete: true, latencyErrorShare: 0, lookedFromMs: nowMs - 3 * hourMs })
  expect(found.buckets.map(({ startMs, failed }) => [nowMs - startMs, failed])).toEqual([
    [130 * minuteMs, 1],
    [125 * minuteMs, 1],
    [10 * minuteMs, 1],
    [5 * minuteMs, 0],
  ])
  for (const part of ['statusClasses', 'errorClasses', 'eventTypes'] as const)
    expect(found[part]).toEqual(counted[part])
})

test('T1: as long as not all hours of the span were counted, the log is asked, and a list says from when on it counts', async () => {
  const from = (hour: string) => sql`update usage_hours_begin set hour = ${hour}`.execute(pg.db)
  await from(new Date(nowMs - 2 * hourMs).toISOString())
  try {
    expect(await store.find(orgId, day())).toMatchObject({
      ...{ isComplete: true, latencyErrorShare: 0, total: { delivered: 2, failed: 3, p50Ms: 20 } },
    })
    const page = await store.recent(orgId, [ids.busy], nowMs)
    expect(page).toMatchObject({ isComplete: false, countedFromMs: nowMs - 2 * hourMs })
    // What was before is not told as none: those hours are known by `countedFromMs`.
    expect(page.endpoints).toMatchObject([{ delivered: 2, failed: 1 }])
    expect(page.endpoints[0]?.hours.at(-2)).toEqual({ delivered: 2, failed: 1 })
  } finally {
    await from('1970-01-01T00:00:00Z')
  }
})

test('another organization sees nothing of it', async () => {
  const theirs = await store.find(otherOrgId, day())
  const none = { delivered: 0, failed: 0, p50Ms: null, p95Ms: null, p99Ms: null }
  expect([theirs.total, theirs.buckets]).toEqual([none, []])
  expect(await store.failures(otherOrgId, ids.busy, 0)).toEqual({ isComplete: true, kinds: [] })
  expect((await store.recent(otherOrgId, [ids.busy], nowMs)).endpoints).toEqual([])
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

test('a row of a list counts the hour that is under way and the 23 before it', async () => {
  const page = await store.recent(orgId, [ids.busy, ids.theirs, ids.flooded], nowMs - 1)
  expect(page).toMatchObject({ isComplete: true, countedFromMs: nowMs - 24 * hourMs })
  const [busy, ...others] = page.endpoints
  expect(others).toEqual([])
  expect(busy).toMatchObject({ endpointId: ids.busy, delivered: 2, failed: 3, p95Ms: about(15_000) })
  expect(busy?.hours).toHaveLength(24)
  expect([busy?.hours.at(-1), busy?.hours.at(-3), busy?.hours[0]]).toEqual([
    { delivered: 2, failed: 1 },
    { delivered: 0, failed: 2 },
    { delivered: 0, failed: 0 },
  ])
})

/** Durations, kinds and types of many requests of one endpoint, over some hours. */
const flood = (): readonly AttemptRow[] =>
  Array.from({ length: 5_000 }, (_, n) =>
    attempt(10_000 + n, {
      startedAtMs: nowMs - 1 - (n % 20) * hourMs - n,
      eventType: ['asset.moved', 'asset.scanned', 'document.signed'][n % 3] ?? '',
      totalMs: 1.5 + ((n * 7_919) % 12_000),
      ...(n % 5 === 0 ? {} : { disposition: 'delivered', status: 200 }),
      ...(n % 50 === 0
        ? { outcome: 'failed', status: null, errorClass: n % 100 === 0 ? 'dns' : 'timeout' }
        : {}),
    }),
  )

test('statistics of 5,000 requests are exact, written twice, by two writers at once and each in its own order', async () => {
  const own = flood().map((row) => ({ ...row, endpointId: ids.flooded }))
  const write = async (rows: readonly AttemptRow[]): Promise<void> => {
    for (let from = 0; from < rows.length; from += 250)
      await history(pg).recordAttempts(rows.slice(from, from + 250), [], nowMs)
  }
  await Promise.all([write(own), write(own.toReversed())])
  await write(own.slice(0, 1_000))
  const found = await store.find(orgId, { ...day(), endpointId: ids.flooded })
  const failed = own.filter(({ disposition }) => disposition !== 'delivered')
  const countOf = (rows: readonly AttemptRow[], of: (row: AttemptRow) => boolean) => rows.filter(of).length
  expect([found.isComplete, found.total.delivered, found.total.failed]).toEqual([
    ...[true, 5_000 - failed.length, failed.length],
  ])
  expect(found.errorClasses).toEqual([
    { errorClass: 'dns', count: countOf(own, ({ errorClass }) => errorClass === 'dns') },
    { errorClass: 'timeout', count: countOf(own, ({ errorClass }) => errorClass === 'timeout') },
  ])
  expect(
    found.eventTypes.map(({ eventType, delivered, failed: lost }) => [eventType, delivered + lost]),
  ).toEqual(
    ['asset.moved', 'asset.scanned', 'document.signed'].map((type) => [
      ...[type, countOf(own, ({ eventType }) => eventType === type)],
    ]),
  )
  for (const { startMs, delivered, failed: lost } of found.buckets)
    expect([startMs, delivered + lost]).toEqual([
      startMs,
      countOf(own, ({ startedAtMs }) => startedAtMs >= startMs && startedAtMs < startMs + hourMs),
    ])
  const timed = own.filter(({ errorClass }) => errorClass !== 'dns').map(({ totalMs }) => totalMs ?? 0)
  const sorted = timed.toSorted((one, other) => one - other)
  for (const [share, told] of [
    [0.5, found.total.p50Ms],
    [0.95, found.total.p95Ms],
    [0.99, found.total.p99Ms],
  ] as const) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
    expect(Math.abs((told ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * latencyErrorShare + 0.05)
  }
  const { endpoints: rows } = await store.recent(orgId, [ids.flooded], nowMs - 1)
  expect(rows).toMatchObject([{ delivered: found.total.delivered, failed: found.total.failed }])
})

test('hours go when nobody can ask for them any more, and not before', async () => {
  const count = async (): Promise<number> =>
    (await sql<{ count: number }>`select count(*) from usage_hours`.execute(pg.db)).rows[0]?.count ?? 0
  const before = await count()
  // The oldest is the one of a day and a minute ago.
  const oldestMs = nowMs - 25 * hourMs
  expect(await forgetUsageHours(pg, oldestMs)).toBe(0)
  expect([await forgetUsageHours(pg, oldestMs + 1), await count()]).toEqual([1, before - 1])
})
