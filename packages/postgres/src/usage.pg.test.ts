/** What is counted while the log is written, against the log itself, on a real PostgreSQL. */
import { latencyBucketCount, latencyBucketOf } from '@scanhook/domain/usage/latency-histogram'
import { silentLog } from '@scanhook/observability/log'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AttemptRow } from './attempts.ts'
import type { EventRow } from './events.ts'
import { history } from './history.ts'
import { plainKeep } from './history-partitions.ts'
import { openPostgres, type Postgres } from './open.ts'
import { retention } from './retention.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { type EndpointUsage, type OrganizationUsage, type Usage, usage, usageKeptDays } from './usage.ts'
import { usageHoursKeptDays } from './usage-hours.ts'

let database: TestDatabase
let pg: Postgres
const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 10, 26, 12)
const noAssets = { scans: [], locations: [] }

beforeAll(async () => {
  database = await createTestDatabase('usage', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 10 })
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

let orgs = 0
const newOrg = (): number => {
  orgs += 1
  return orgs
}
const uuid = (org: number, n: number): string =>
  `00000000-0000-5000-${(0x8000 + org).toString(16)}-${n.toString(16).padStart(12, '0')}`

/** As the log tells one attempt from another: delivery, number, disposition and start. */
interface Fact {
  readonly delivery: number
  readonly attemptNumber: number
  readonly disposition: 'delivered' | 'retry' | 'dead' | 'held'
  readonly reason: string | null
  readonly outcome: 'responded' | 'failed' | null
  readonly errorClass: string | null
  readonly trigger: 'event' | 'manual' | 'test'
  readonly daysBack: number
  readonly totalMs: number
}

const endpointOf = (delivery: number): number => 1 + (delivery % 3)

function rowOf(org: number, fact: Fact): AttemptRow {
  const nothing = { responseHeadersJson: null, responseBody: null, isBodyTruncated: null, retryAfterMs: null }
  const untimed = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null }
  return {
    ...{ ...nothing, ...untimed, batchId: null, batchSize: null, remoteAddress: null, nextAttemptAtMs: null },
    deliveryId: uuid(org, fact.delivery),
    attemptNumber: fact.attemptNumber,
    disposition: fact.disposition,
    startedAtMs: nowMs - fact.daysBack * dayMs,
    orgId: org,
    endpointId: endpointOf(fact.delivery),
    eventId: uuid(org, fact.delivery),
    eventType: 'asset.moved',
    trigger: fact.trigger,
    url: 'https://example.test/hook',
    requestHeadersJson: '{}',
    requestBody: '{}',
    outcome: fact.outcome,
    status: fact.outcome === 'responded' ? 200 : null,
    errorClass: fact.outcome === 'failed' ? fact.errorClass : null,
    errorMessage: null,
    totalMs: fact.outcome === null ? null : fact.totalMs,
    reason: fact.reason,
  }
}

const keyOf = ({ deliveryId, attemptNumber, disposition, startedAtMs }: AttemptRow): string =>
  JSON.stringify([deliveryId, attemptNumber, disposition, startedAtMs])

/** The definition, over attempts that are all different. */
function usageOf(all: readonly AttemptRow[]): Usage {
  const rows = all.filter(({ trigger }) => trigger !== 'test')
  const requests = rows.filter(({ outcome }) => outcome !== null)
  const ends = rows.filter(({ disposition }) => disposition === 'dead').map(({ reason }) => endOf(reason))
  const latencies = Array.from({ length: latencyBucketCount }, () => 0)
  for (const { totalMs } of requests.filter(
    ({ outcome, errorClass }) => outcome === 'responded' || errorClass === 'timeout',
  )) {
    const bucket = latencyBucketOf(totalMs ?? 0)
    latencies[bucket] = (latencies[bucket] ?? 0) + 1
  }
  return {
    events: requests.filter(({ attemptNumber, trigger }) => attemptNumber === 1 && trigger === 'event')
      .length,
    attempts: requests.length,
    delivered: rows.filter(({ disposition }) => disposition === 'delivered').length,
    dead: ends.filter((end) => end === 'dead').length,
    expired: ends.filter((end) => end === 'expired').length,
    superseded: ends.filter((end) => end === 'superseded').length,
    latencies,
  }
}

function endOf(reason: string | null): 'dead' | 'expired' | 'superseded' {
  return reason === 'expired' || reason === 'superseded' ? reason : 'dead'
}

const isCounted = ({ trigger, outcome, disposition }: AttemptRow): boolean =>
  trigger !== 'test' && (outcome !== null || disposition === 'dead')

function expectedOf(rows: readonly AttemptRow[]): readonly EndpointUsage[] {
  const distinct = [...new Map(rows.map((row) => [keyOf(row), row])).values()].filter(isCounted)
  const groups = Map.groupBy(distinct, (row) => `${dayOf(row.startedAtMs)} ${row.endpointId}`)
  return [...groups.entries()]
    .map(([key, group]) => {
      const [day = '', endpointId = ''] = key.split(' ')
      return { day, endpointId: Number(endpointId), ...usageOf(group) }
    })
    .toSorted((one, other) => other.day.localeCompare(one.day) || one.endpointId - other.endpointId)
}

const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)
const everyDay = { fromDay: '2020-01-01', toDay: '2040-01-01', limit: 200, offset: 0 }

async function counted(org: number): Promise<readonly EndpointUsage[]> {
  return (await usage(pg).list(org, { ...everyDay, sort: [{ by: 'day', direction: 'desc' }] })).rows
}

async function totalled(org: number): Promise<readonly OrganizationUsage[]> {
  return (await usage(pg).totals(org, everyDay)).rows
}

const fact: fc.Arbitrary<Fact> = fc.record({
  delivery: fc.nat({ max: 5 }),
  attemptNumber: fc.integer({ min: 1, max: 3 }),
  disposition: fc.constantFrom('delivered' as const, 'retry' as const, 'dead' as const, 'held' as const),
  reason: fc.constantFrom(null, 'exhausted', 'expired', 'superseded'),
  outcome: fc.constantFrom('responded' as const, 'failed' as const, null),
  errorClass: fc.constantFrom('timeout', 'connect'),
  trigger: fc.constantFrom('event' as const, 'event' as const, 'manual' as const, 'test' as const),
  daysBack: fc.nat({ max: 2 }),
  totalMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
})

/** Facts that differ are different attempts: in the log the first one of a key is the one that there is. */
const facts = fc.uniqueArray(fact, {
  minLength: 1,
  maxLength: 20,
  selector: (one) => [one.delivery, one.attemptNumber, one.disposition, one.daysBack].join(' '),
})

/** Requests and their durations, over all hours. */
async function countedByHours(org: number): Promise<readonly EndpointSums[]> {
  const { rows } = await sql<EndpointSums>`
    select endpoint_id, to_char(hour at time zone 'UTC', 'YYYY-MM-DD') as day,
      (select sum(one) from usage_hours inner_hours, unnest(kinds) one where inner_hours.org_id = h.org_id
        and inner_hours.endpoint_id = h.endpoint_id and inner_hours.hour = h.hour)::double precision as attempts
    from usage_hours h where org_id = ${org} group by org_id, endpoint_id, hour order by 2 desc, 1`.execute(
    pg.db,
  )
  return rows
}

interface EndpointSums {
  readonly day: string
  readonly endpointId: number
  readonly attempts: number
}

/** What days and hours both count; days on which something died without a request have no hour. */
const attemptsOf = (days: readonly EndpointUsage[]): readonly EndpointSums[] =>
  days.flatMap(({ day, endpointId, attempts }) => (attempts === 0 ? [] : [{ day, endpointId, attempts }]))

test('Y1: usage is the count over the distinct attempts, in whatever batches and however often they come', async () => {
  const plan = fc.record({
    facts,
    batches: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), { maxLength: 10 }),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ facts, batches }) => {
      const org = newOrg()
      const rows = facts.map((one) => rowOf(org, one))
      for (const batch of batches) {
        const some = batch.flatMap((index) => rows[index % rows.length] ?? [])
        await history(pg).recordAttempts(some, [], nowMs)
      }
      const written = new Set(batches.flat().map((index) => index % rows.length))
      expect(await counted(org)).toEqual(expectedOf(rows.filter((_, index) => written.has(index))))
      await history(pg).recordAttempts(rows, [], nowMs)
      expect(await counted(org)).toEqual(expectedOf(rows))
      expect(await countedByHours(org)).toEqual(attemptsOf(expectedOf(rows)))
    }),
    { numRuns: 60 },
  )
})

test('Y1: writers that repeat each other at the same time count everything once', async () => {
  const org = newOrg()
  const rows = Array.from({ length: 600 }, (_, n) =>
    rowOf(org, {
      ...{ delivery: n, attemptNumber: 1, disposition: 'delivered', reason: null, outcome: 'responded' },
      ...{ errorClass: null, trigger: 'event', daysBack: n % 3, totalMs: n },
    }),
  )
  const orders = [rows, rows.toReversed(), rows.slice(200), rows.slice(0, 400).toReversed()]
  await Promise.all(orders.map((order) => writeInParts(order, 50)))
  expect(await counted(org)).toEqual(expectedOf(rows))
})

test('Y3: writers that count for the same endpoints at the same time, each in its own order, are no victims', async () => {
  const org = newOrg()
  const endpointCount = 300
  const writers = Array.from({ length: 6 }, (_, writer) =>
    Array.from({ length: 6 * endpointCount }, (_, n) => ({
      ...rowOf(org, {
        ...{ delivery: writer * 10_000 + n, attemptNumber: 1, disposition: 'delivered', reason: null },
        ...{ outcome: 'responded', errorClass: null, trigger: 'event', daysBack: 0, totalMs: 1 },
      }),
      // Steps that share no factor with 300: six different orders.
      endpointId: 1 + ((n * ([1, 7, 11, 13, 17, 19][writer] ?? 1)) % endpointCount),
    })),
  )
  await Promise.all(writers.map((rows) => writeInParts(rows, endpointCount)))
  const { totalCount } = await usage(pg).list(org, { ...everyDay, sort: [] })
  const [total] = await totalled(org)
  expect([totalCount, total?.delivered]).toEqual([endpointCount, 6 * 6 * endpointCount])
})

async function writeInParts(rows: readonly AttemptRow[], size: number): Promise<void> {
  for (let from = 0; from < rows.length; from += size)
    await history(pg).recordAttempts(rows.slice(from, from + size), [], nowMs)
}

test('Y1: a batch that is refused counts nothing, and what of it is written afterwards counts once', async () => {
  const org = newOrg()
  const good = rowOf(org, {
    ...{ delivery: 1, attemptNumber: 1, disposition: 'delivered', reason: null, outcome: 'responded' },
    ...{ errorClass: null, trigger: 'event', daysBack: 0, totalMs: 12 },
  })
  const bad = { ...good, deliveryId: uuid(org, 2), disposition: 'nonsense' }
  await expect(history(pg).recordAttempts([good, bad], [], nowMs)).rejects.toThrow()
  expect(await counted(org)).toEqual([])
  await history(pg).recordAttempts([good], [], nowMs)
  await history(pg).recordAttempts([good], [], nowMs)
  expect(await counted(org)).toEqual(expectedOf([good]))
})

test('Y2: a day that is dropped stays counted, and is not counted again when it is read again', async () => {
  const org = newOrg()
  const rows = [0, 1, 2].map((delivery) =>
    rowOf(org, {
      ...{ delivery, attemptNumber: 1, disposition: 'delivered', reason: null, outcome: 'responded' },
      ...{ errorClass: null, trigger: 'event', daysBack: 0, totalMs: 12 },
    }),
  )
  await history(pg).recordAttempts(rows, [], nowMs)
  const event = eventOf(org, 1, nowMs)
  await history(pg).recordEvents([event], noAssets, nowMs)
  const before = [await counted(org), await totalled(org)]
  const laterMs = nowMs + (plainKeep.logDays + 2) * dayMs
  const told = { onPartition: () => undefined, onRows: () => undefined, onOldest: () => undefined }
  await retention(pg, plainKeep, told).round(laterMs, () => false)
  await history(pg).recordAttempts(rows, [], laterMs)
  await history(pg).recordEvents([event], noAssets, laterMs)
  expect([await counted(org), await totalled(org)]).toEqual(before)
})

test('Y2: usage itself goes when it is thirteen months old', async () => {
  const org = newOrg()
  await history(pg).recordEvents([eventOf(org, 1, nowMs)], noAssets, nowMs)
  const told = { onPartition: () => undefined, onRows: () => undefined, onOldest: () => undefined }
  await retention(pg, plainKeep, told).round(nowMs + usageKeptDays * dayMs, () => false)
  expect((await totalled(org)).map(({ day }) => day)).toEqual(['2026-11-26'])
  await retention(pg, plainKeep, told).round(nowMs + (usageKeptDays + 1) * dayMs, () => false)
  expect(await totalled(org)).toEqual([])
})

function eventOf(org: number, n: number, receivedAtMs: number): EventRow {
  return {
    ...{
      eventId: uuid(org, n),
      orgId: org,
      type: 'asset.moved',
      subject: 'asset:5',
      assetId: 5,
      sequence: n,
    },
    ...{ previousEventId: null, transitionId: null, dataJson: '{}' },
    ...{ occurredAtMs: receivedAtMs, receivedAtMs },
  }
}

test('Y1: totals are the sums over the endpoints, beside the distinct events that came in', async () => {
  await fc.assert(
    fc.asyncProperty(facts, fc.array(fc.nat({ max: 9 }), { maxLength: 30 }), async (facts, came) => {
      const org = newOrg()
      const rows = facts.map((one) => rowOf(org, one))
      await history(pg).recordAttempts(rows, [], nowMs)
      const events = came.map((n) => eventOf(org, n, nowMs - (n % 2) * dayMs))
      for (const one of events) await history(pg).recordEvents([one], noAssets, nowMs)
      await history(pg).recordEvents(events, noAssets, nowMs)
      const days = new Map<string, OrganizationUsage>()
      const ofDay = (day: string): OrganizationUsage =>
        days.get(day) ?? { day, eventsRecorded: 0, ...usageOf([]) }
      for (const one of expectedOf(rows)) days.set(one.day, sumOf(ofDay(one.day), one))
      for (const n of new Set(came)) {
        const day = dayOf(nowMs - (n % 2) * dayMs)
        days.set(day, { ...ofDay(day), eventsRecorded: ofDay(day).eventsRecorded + 1 })
      }
      expect(await totalled(org)).toEqual(
        [...days.values()].toSorted((one, other) => other.day.localeCompare(one.day)),
      )
    }),
    { numRuns: 30 },
  )
})

function sumOf(sum: OrganizationUsage, one: Usage): OrganizationUsage {
  return {
    ...sum,
    events: sum.events + one.events,
    attempts: sum.attempts + one.attempts,
    delivered: sum.delivered + one.delivered,
    dead: sum.dead + one.dead,
    expired: sum.expired + one.expired,
    superseded: sum.superseded + one.superseded,
    latencies: sum.latencies.map((count, index) => count + (one.latencies[index] ?? 0)),
  }
}

test('Y2: hours go after 32 days, when nobody can ask for them any more', async () => {
  const org = newOrg()
  const one = rowOf(org, {
    ...{ delivery: 1, attemptNumber: 1, disposition: 'delivered', reason: null, outcome: 'responded' },
    ...{ errorClass: null, trigger: 'event', daysBack: 0, totalMs: 12 },
  })
  await history(pg).recordAttempts([one], [], nowMs)
  const told = { onPartition: () => undefined, onRows: () => undefined, onOldest: () => undefined }
  const keptMs = usageHoursKeptDays * dayMs
  await retention(pg, plainKeep, told).round(nowMs + keptMs, () => false)
  expect(await countedByHours(org)).toHaveLength(1)
  await retention(pg, plainKeep, told).round(nowMs + keptMs + 1, () => false)
  expect(await countedByHours(org)).toEqual([])
  expect(await counted(org)).toEqual(expectedOf([one]))
})

test('lists are bounded by organization, days and endpoints, and have a total', async () => {
  const [org, other] = [newOrg(), newOrg()]
  const rows = [0, 1, 2, 3, 4, 5].map((delivery) =>
    rowOf(org, {
      ...{ delivery, attemptNumber: 1, disposition: 'delivered', reason: null, outcome: 'responded' },
      ...{ errorClass: null, trigger: 'event', daysBack: delivery % 2, totalMs: 12 },
    }),
  )
  await history(pg).recordAttempts(rows, [], nowMs)
  const today = { fromDay: '2026-11-26', toDay: '2026-11-26', limit: 2, offset: 0, sort: [] }
  expect(await usage(pg).list(other, today)).toEqual({ rows: [], totalCount: 0 })
  const page = await usage(pg).list(org, today)
  expect(page.totalCount).toBe(3)
  expect(page.rows.map(({ day, endpointId }) => [day, endpointId])).toEqual([
    ['2026-11-26', 1],
    ['2026-11-26', 2],
  ])
  const sort = [{ by: 'webhook_id', direction: 'desc' }] as const
  const some = await usage(pg).list(org, { ...everyDay, sort, endpointIds: [1, 2] })
  expect(some.rows.map(({ day, endpointId }) => `${day} ${endpointId}`)).toEqual([
    '2026-11-26 2',
    '2026-11-25 2',
    '2026-11-26 1',
    '2026-11-25 1',
  ])
  expect(
    (await usage(pg).totals(org, { ...everyDay, limit: 1, offset: 1 })).rows.map(({ day }) => day),
  ).toEqual(['2026-11-25'])
})
