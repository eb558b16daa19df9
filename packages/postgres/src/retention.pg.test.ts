/** History that is old enough goes, on a real PostgreSQL; time is an argument. */
import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeliveryRow, deliveries } from './deliveries.ts'
import { endpointVersions } from './endpoint-versions.ts'
import { endpoints } from './endpoints.ts'
import { events } from './events.ts'
import { history } from './history.ts'
import { type HistoryTable, plainKeep } from './history-partitions.ts'
import { jobs } from './jobs.ts'
import { openPostgres, type Postgres, type Session } from './open.ts'
import { organizations } from './organizations.ts'
import { type DropOutcome, retention } from './retention.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let session: Session
let orgId = 0
const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 10, 26, 12)
const oldMs = nowMs - 40 * dayMs
const noAssets = { scans: [], locations: [] }

beforeAll(async () => {
  database = await createTestDatabase('retention', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await session?.close()
  await pg?.close()
  await database?.drop()
})

let made = 0
function uuid(): string {
  made += 1
  return `00000000-0000-5000-8000-${made.toString(16).padStart(12, '0')}`
}

async function newEvent(receivedAtMs: number): Promise<string> {
  const eventId = uuid()
  const row = {
    ...{ eventId, orgId, type: 'asset.moved', subject: 'asset:5', assetId: 5, sequence: 1 },
    ...{ previousEventId: null, transitionId: null, dataJson: '{}' },
    ...{ occurredAtMs: receivedAtMs, receivedAtMs },
  }
  // As a recorder of that day did it.
  await history(pg).recordEvents([row], noAssets, receivedAtMs)
  return eventId
}

function delivery(atMs: number, change: Partial<DeliveryRow> = {}): DeliveryRow {
  return {
    ...{ deliveryId: uuid(), orgId, endpointId: 9, eventId: uuid(), eventType: 'asset.moved' },
    eventOccurredAtMs: atMs,
    trigger: 'event',
    state: 'delivered',
    attempts: 1,
    nextAttemptAtMs: null,
    deadReason: null,
    heldReason: null,
    createdAtMs: atMs,
    firstAttemptAtMs: atMs,
    lastAttemptAtMs: atMs,
    lastStatus: 200,
    lastErrorClass: null,
    completedAtMs: atMs,
    supersededBy: null,
    rankAttemptNumber: 1,
    rankAtMs: atMs,
    manualChains: null,
    ...change,
  }
}

async function newDelivery(atMs: number, change: Partial<DeliveryRow> = {}): Promise<string> {
  const row = delivery(atMs, change)
  await history(pg).recordAttempts([], [row], atMs)
  return row.deliveryId
}

interface Told {
  readonly outcomes: readonly (readonly [name: string, outcome: DropOutcome])[]
  readonly rows: Readonly<Record<string, number>>
  readonly oldest: Readonly<Partial<Record<HistoryTable, number>>>
}

async function round(atMs = nowMs): Promise<Told> {
  const outcomes: [string, DropOutcome][] = []
  const rows: Record<string, number> = {}
  const oldest: Partial<Record<HistoryTable, number>> = {}
  await retention(pg, plainKeep, {
    onPartition: (_, name, outcome) => outcomes.push([name, outcome]),
    onRows: (table, count) => {
      if (count > 0) rows[table] = count
    },
    onOldest: (table, fromMs) => {
      oldest[table] = fromMs
    },
  }).round(atMs, () => false)
  return { outcomes, rows, oldest }
}

async function placeOf(deliveryId: string): Promise<string | null> {
  const found = await session.query<{ part: string }>(
    'select tableoid::regclass::text as part from deliveries where delivery_id = $1',
    [deliveryId],
  )
  return found[0]?.part ?? null
}

test('D1: what is older than it is kept goes with its day; what is younger stays', async () => {
  const [old, edge, young] = [oldMs, nowMs - 30 * dayMs, nowMs - dayMs]
  const [oldEvent, edgeEvent, youngEvent] = [await newEvent(old), await newEvent(edge), await newEvent(young)]
  const [oldDelivery, youngDelivery] = [await newDelivery(old), await newDelivery(young)]
  const told = await round()
  expect(told.outcomes).toEqual([
    ['events_20261017', 'dropped'],
    ['deliveries_20261017', 'dropped'],
  ])
  expect(await events(pg).find(orgId, oldEvent)).toBeNull()
  expect(await events(pg).find(orgId, edgeEvent)).not.toBeNull()
  expect(await events(pg).find(orgId, youngEvent)).not.toBeNull()
  expect(await deliveries(pg).find(orgId, oldDelivery)).toBeNull()
  expect(await placeOf(youngDelivery)).toBe('deliveries_20261125')
  expect(told.oldest.events).toBe(Date.UTC(2026, 9, 27))
  expect((await round()).outcomes).toEqual([])
})

test('D1: a record of a day that is gone makes no day anew; its row goes with the next round', async () => {
  const late = await newEvent(oldMs)
  await round()
  const row = delivery(oldMs)
  const atOnce = {
    ...{ eventId: late, orgId, type: 'asset.moved', subject: 's', assetId: null, sequence: null },
  }
  const links = {
    previousEventId: null,
    transitionId: null,
    dataJson: '{}',
    occurredAtMs: oldMs,
    receivedAtMs: oldMs,
  }
  await history(pg).recordEvents([{ ...atOnce, ...links }], noAssets, nowMs)
  await history(pg).recordAttempts([], [row], nowMs)
  expect(await placeOf(row.deliveryId)).toBe('deliveries_default')
  const told = await round()
  expect([told.outcomes, told.rows]).toEqual([[], { events: 1, deliveries: 1 }])
})

test('D2: what waits, or what something happened with lately, moves out of its day and is found as before', async () => {
  const waiting = delivery(oldMs, { state: 'pending', completedAtMs: null, nextAttemptAtMs: nowMs + dayMs })
  const again = {
    state: 'pending',
    attempts: 0,
    nextAttemptAtMs: nowMs,
    deadReason: null,
    heldReason: null,
    completedAtMs: null,
    supersededBy: null,
    rank: [0, 0, nowMs],
  }
  const sentAgain = delivery(oldMs, {
    state: 'dead',
    deadReason: 'exhausted',
    manualChains: { [String(oldMs)]: again } as unknown as DeliveryRow['manualChains'],
  })
  const lateUpload = delivery(oldMs, { createdAtMs: nowMs - dayMs, rankAtMs: nowMs - dayMs })
  const settled = delivery(oldMs)
  await history(pg).recordAttempts([], [waiting, sentAgain, lateUpload, settled], oldMs)
  expect((await round()).outcomes).toEqual([['deliveries_20261017', 'dropped']])
  const places: (string | null)[] = []
  for (const row of [waiting, sentAgain, lateUpload, settled]) places.push(await placeOf(row.deliveryId))
  expect(places).toEqual(['deliveries_default', 'deliveries_default', 'deliveries_default', null])

  // Its next record meets it, and when it has ended and is old it goes.
  const delivered = {
    ...waiting,
    state: 'delivered',
    attempts: 2,
    completedAtMs: nowMs,
    rankAttemptNumber: 2,
  } as const
  await history(pg).recordAttempts([], [{ ...delivered, lastAttemptAtMs: nowMs, rankAtMs: nowMs }], nowMs)
  expect(await deliveries(pg).find(orgId, waiting.deliveryId)).toMatchObject({
    state: 'delivered',
    attempts: 2,
  })
  expect((await round()).rows).toEqual({})
  expect(await placeOf(waiting.deliveryId)).toBe('deliveries_default')
  await round(nowMs + 31 * dayMs)
  expect(await placeOf(waiting.deliveryId)).toBeNull()
  expect(await placeOf(lateUpload.deliveryId)).toBeNull()
  expect(await placeOf(sentAgain.deliveryId)).toBe('deliveries_default')
})

test('D2: a day of which more waits than can be moved stays as it is', async () => {
  const day = Date.UTC(2026, 8, 1)
  await newDelivery(day)
  await session.query(
    `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, next_attempt_at, created_at, rank_attempt_number, rank_at)
     select gen_random_uuid(), $1, 9, gen_random_uuid(), 'asset.moved', $2, 'event', 'pending', 0, now(), $2, 1, $2
     from generate_series(1, 20001)`,
    [orgId, new Date(day).toISOString()],
  )
  expect((await round()).outcomes).toEqual([['deliveries_20260901', 'waits']])
  await session.query(`delete from deliveries where state = 'pending' and event_occurred_at = $1`, [
    new Date(day).toISOString(),
  ])
  expect((await round()).outcomes).toEqual([['deliveries_20260901', 'dropped']])
})

test('D3: who reads the table is not waited for longer than a second, and the day goes with a later round', async () => {
  const day = Date.UTC(2026, 8, 2)
  await newEvent(day)
  await session.query('begin')
  await session.query('select count(*) from events')
  expect((await round()).outcomes).toEqual([['events_20260902', 'locked']])
  await session.query('commit')
  expect((await round()).outcomes).toEqual([['events_20260902', 'dropped']])
})

test('D4: several at once: each day goes once, and nothing else', async () => {
  for (const day of [3, 4, 5, 6]) await newEvent(Date.UTC(2026, 8, day))
  const young = await newEvent(nowMs)
  const all = (await Promise.all([round(), round(), round()])).flatMap(({ outcomes }) => outcomes)
  const later = (await round()).outcomes
  const dropped = [...all, ...later].filter(([, outcome]) => outcome === 'dropped').map(([name]) => name)
  expect(dropped.toSorted()).toEqual([3, 4, 5, 6].map((day) => `events_2026090${day}`))
  expect(await events(pg).find(orgId, young)).not.toBeNull()
})

test('D5: of versions, what was in force when the oldest event came in stays; jobs that ended before it go', async () => {
  const created = await endpoints(pg).create(
    orgId,
    {
      url: 'https://example.test/hook',
      state: 'active',
      profile: 'standard',
      headers: {},
      subscriptions: [plainSubscription('a.*')],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    1_000,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  const { id } = created.row
  for (const pattern of ['asset.*', 'shipment.*'])
    await endpoints(pg).update(orgId, id, { subscriptions: [plainSubscription(pattern)] })
  const versions = () =>
    endpointVersions(pg).list(orgId, { endpointIds: [id], fromMs: 0, toMs: Date.now() + dayMs })
  const all = await versions()
  expect(all).toHaveLength(3)
  for (const [index, { version }] of all.entries())
    await session.query(
      'update endpoint_versions set valid_from = $3 where endpoint_id = $1 and version = $2',
      [
        id,
        version,
        new Date([nowMs - 90 * dayMs, nowMs - 60 * dayMs, nowMs - 10 * dayMs][index] ?? 0).toISOString(),
      ],
    )
  const job = async (finishedAtMs: number | null): Promise<number> => {
    const made = await jobs(pg).create(
      orgId,
      {
        ...{ kind: 'recover', endpointId: id, sinceMs: 0, untilMs: 1, eventTypes: null },
        ...{ perSecond: 1, createdBy: 1 },
      },
      1_000,
    )
    if (made.kind !== 'created') throw new Error(made.kind)
    const finished = finishedAtMs === null ? null : new Date(finishedAtMs).toISOString()
    await session.query('update jobs set finished_at = $2 where id = $1', [made.row.id, finished])
    return made.row.id
  }
  const [oldJob, youngJob, waitingJob] = [await job(oldMs), await job(nowMs - dayMs), await job(null)]
  expect((await round()).rows).toEqual({ endpoint_versions: 1, jobs: 1 })
  expect((await versions()).map(({ version }) => version)).toEqual(all.slice(1).map(({ version }) => version))
  const found = await Promise.all([oldJob, youngJob, waitingJob].map((each) => jobs(pg).find(orgId, each)))
  expect(found.map((each) => each === null)).toEqual([true, false, false])
})

test('D6: an organization that wants less kept has less kept, and nobody else', async () => {
  const shorter = (await organizations(pg).ensure('Shorter')).id
  expect((await organizations(pg).update(shorter, { logDays: 7 }))?.logDays).toBe(7)
  const [tenDaysAgo, sixDaysAgo] = [nowMs - 10 * dayMs, nowMs - 6 * dayMs]
  const own = orgId
  const made: Record<string, string[]> = { own: [], shorter: [], young: [], waiting: [] }
  for (const [name, org, atMs] of [
    ['own', own, tenDaysAgo],
    ['shorter', shorter, tenDaysAgo],
    ['young', shorter, sixDaysAgo],
  ] as const) {
    orgId = org
    made[name]?.push(await newEvent(atMs), await newDelivery(atMs))
  }
  made['waiting']?.push(
    await newDelivery(tenDaysAgo, { state: 'pending', completedAtMs: null, nextAttemptAtMs: nowMs }),
  )
  orgId = own
  const { rows } = await round()
  expect(rows).toMatchObject({ events: 1, deliveries: 1 })
  const left = async (table: string, ids: readonly string[]) => {
    const key = table === 'events' ? 'event_id' : 'delivery_id'
    return (await session.query(`select 1 from ${table} where ${key} = any($1::uuid[])`, [ids])).length
  }
  const remaining = await Promise.all(
    Object.entries(made).map(async ([name, ids]) => [
      name,
      (await left('events', ids)) + (await left('deliveries', ids)),
    ]),
  )
  expect(Object.fromEntries(remaining)).toEqual({ own: 2, shorter: 0, young: 2, waiting: 1 })
  await organizations(pg).update(shorter, { logDays: null })
})
