import type { ManifestEntry } from '@scanhook/domain/completeness/manifest'
import { plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId as orgIdOf, scanDeviceId } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceSightings } from './device-sightings.ts'
import { type EndpointInHand, endpointSignals, type SignalledEndpoint } from './endpoint-signals.ts'
import { type EndpointInput, endpoints } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0

beforeAll(async () => {
  database = await createTestDatabase('signals', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const dayMs = 86_400_000
const minuteMs = 60_000
const dayAtMs = Date.parse('2026-11-24T00:00:00Z')
const noonMs = dayAtMs + dayMs / 2

async function made(
  asked: Partial<EndpointInput> = { heartbeatMinutes: 5, dailyManifest: true },
): Promise<number> {
  const created = await endpoints(pg).create(
    orgId,
    {
      url: 'https://example.test/hook',
      state: 'active',
      profile: 'standard',
      headers: {},
      subscriptions: [plainSubscription('*')],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
      ...asked,
    },
    1_000,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  return created.row.id
}

interface Given {
  readonly eventId?: string
  readonly type?: string
  readonly state?: string
  readonly atMs?: number
  readonly recordedMs?: number
}

/** A delivery whose event occurred, was made, and was recorded at `atMs`, unless said otherwise. */
async function delivered(endpoint: number, given: Given = {}): Promise<string> {
  const { type = 'asset.moved', state = 'delivered', atMs = noonMs } = given
  const { rows } = await sql<{ eventId: string }>`
    insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
      attempts, created_at, rank_attempt_number, rank_at, recorded_at)
    values (gen_random_uuid(), ${orgId}, ${endpoint}, ${given.eventId ?? sql`gen_random_uuid()`}, ${type},
      to_timestamp(${atMs / 1000}), 'event', ${state}, 1, to_timestamp(${atMs / 1000}), 1, to_timestamp(${atMs / 1000}),
      to_timestamp(${(given.recordedMs ?? atMs) / 1000}))
    returning event_id`.execute(pg.db)
  return rows[0]?.eventId ?? ''
}

async function inHand<T>(id: number, act: (inHand: EndpointInHand) => Promise<T>): Promise<T | 'not taken'> {
  let result: T | 'not taken' = 'not taken'
  await endpointSignals(pg).take(endpointId(id), async (endpoint) => {
    result = await act(endpoint)
  })
  return result
}

const factsOf = (id: number, fromMs = noonMs, toMs = noonMs + 5 * minuteMs) =>
  inHand(id, (endpoint) => endpoint.heartbeatFacts({ fromMs, toMs }))

async function entriesOf(id: number, cutMs: number): Promise<readonly ManifestEntry[]> {
  const all: ManifestEntry[] = []
  await inHand(id, async (endpoint) => {
    for await (const page of endpoint.manifestEntries({ dayAtMs, cutMs })) all.push(...page)
  })
  return all
}

async function listed(): Promise<readonly SignalledEndpoint[]> {
  const all: SignalledEndpoint[] = []
  for (;;) {
    const page = await endpointSignals(pg).list(all.at(-1)?.endpointId ?? 0, 2)
    all.push(...page)
    if (page.length < 2) return all
  }
}

test('who asks for signals is listed, and can be taken, while it is active', async () => {
  const both = await made()
  const beats = await made({ heartbeatMinutes: 1 })
  const manifests = await made({ dailyManifest: true })
  const neither = await made({})
  const paused = await made({ heartbeatMinutes: 1, state: 'paused' })
  const deleted = await made()
  await endpoints(pg).remove(orgId, deleted)
  const ids = (await listed()).map((endpoint) => Number(endpoint.endpointId))
  expect(ids).toEqual(ids.toSorted((one, other) => one - other))
  for (const id of [both, beats, manifests]) expect(ids).toContain(id)
  for (const id of [neither, paused, deleted]) {
    expect(ids).not.toContain(id)
    expect(await inHand(id, async () => 'taken')).toBe('not taken')
  }
})

test('G1, G2: nobody else gets it meanwhile; what was marked is seen afterwards, unless it failed', async () => {
  const id = await made()
  const marks = { slotAtMs: noonMs, untilMs: noonMs - 10 }
  await expect(
    inHand(id, async (endpoint) => {
      await endpoint.markHeartbeat(marks)
      throw new Error('Kafka is away')
    }),
  ).rejects.toThrow('Kafka')
  const seen = await inHand(id, async (endpoint) => {
    expect(endpoint.heartbeat).toEqual({ slotAtMs: null, untilMs: null })
    await endpoint.markHeartbeat(marks)
    await endpoint.markManifest({ dayAtMs, cutMs: noonMs })
    return inHand(id, async () => 'taken twice')
  })
  expect(seen).toBe('not taken')
  await inHand(id, async ({ heartbeat, manifest }) => {
    expect([heartbeat, manifest]).toEqual([marks, { dayAtMs, cutMs: noonMs }])
  })
})

test('a heartbeat counts what was recorded in its period, once, and nothing about itself', async () => {
  const id = await made()
  const other = await made()
  await delivered(id, { recordedMs: noonMs - 1 })
  await delivered(id, { recordedMs: noonMs })
  const last = await delivered(id, { atMs: noonMs + minuteMs, state: 'dead' })
  await delivered(id, { atMs: noonMs - 30 * minuteMs, recordedMs: noonMs + 1 })
  await delivered(id, { recordedMs: noonMs + 5 * minuteMs })
  for (const type of ['endpoint.heartbeat', 'endpoint.manifest', 'endpoint.test'])
    await delivered(id, { type })
  await delivered(other)
  expect(await factsOf(id)).toMatchObject({
    events: 3,
    lastEvent: { eventId: last, type: 'asset.moved', occurredAtMs: noonMs + minuteMs },
    locations: [],
  })
  expect(await factsOf(id, noonMs + 5 * minuteMs, noonMs + 6 * minuteMs)).toMatchObject({ events: 1 })
})

test('of each location with events the last one is told', async () => {
  const id = await made()
  const locate = async (key: string): Promise<number> => {
    const { rows } = await sql<{ id: number }>`
      insert into locations (org_id, external_key, name) values (${orgId}, ${key}, ${key}) returning id`.execute(
      pg.db,
    )
    return rows[0]?.id ?? 0
  }
  const bay = await locate('BAY-3')
  const dock = await locate('DOCK-1')
  let sequence = 0
  const at = async (location: number, atMs: number, member = 'location'): Promise<string> => {
    const eventId = await delivered(id, { atMs })
    sequence += 1
    await sql`
      insert into events (event_id, org_id, type, occurred_at, received_at, subject, asset_id, sequence, data)
      values (${eventId}, ${orgId}, 'asset.moved', to_timestamp(${atMs / 1000}), to_timestamp(${atMs / 1000}), 'asset:1', 1,
        ${sequence}, ${JSON.stringify({ [member]: { id: location } })})`.execute(pg.db)
    return eventId
  }
  await at(bay, noonMs)
  const newestAtDock = await at(dock, noonMs + 2)
  await at(bay, noonMs + 3)
  const newestAtBay = await at(bay, noonMs + 3, 'to_location')
  expect(await factsOf(id)).toMatchObject({
    locations: [
      { id: bay, externalKey: 'BAY-3', events: 3, last: { eventId: newestAtBay, occurredAtMs: noonMs + 3 } },
      { id: dock, externalKey: 'DOCK-1', events: 1, last: { eventId: newestAtDock } },
    ],
    areLocationsComplete: true,
  })
})

test('who was heard once and is silent for longer than its limit is told, longest first', async () => {
  const id = await made()
  const device = async (key: string): Promise<number> => {
    const { rows } = await sql<{ id: number }>`
      insert into scan_devices (org_id, external_key, name, type) values (${orgId}, ${key}, ${key}, 'x')
      returning id`.execute(pg.db)
    return rows[0]?.id ?? 0
  }
  const toMs = noonMs + 5 * minuteMs
  const sighted = async (key: string, silentMs: number, offlineMs: number | null = minuteMs) => {
    const deviceId = scanDeviceId(await device(key))
    return { orgId: orgIdOf(orgId), deviceId, lastHeardMs: toMs - silentMs, offlineMs }
  }
  const gone = await sighted('gone', 10 * minuteMs)
  const late = await sighted('late', 2 * minuteMs)
  const there = await sighted('there', minuteMs)
  const unasked = await sighted('unasked', 10 * minuteMs, null)
  const nobody = { ...gone, deviceId: scanDeviceId(1) }
  const store = deviceSightings(pg)
  await store.record([gone, late, there, unasked, nobody, { ...late, lastHeardMs: late.lastHeardMs - 5 }])
  await store.record([{ ...late, lastHeardMs: late.lastHeardMs - 5 }])
  await store.record([])
  expect(await factsOf(id)).toMatchObject({
    silentDevices: [
      { id: gone.deviceId, externalKey: 'gone', lastHeardAtMs: gone.lastHeardMs },
      { id: late.deviceId, externalKey: 'late', lastHeardAtMs: late.lastHeardMs },
    ],
    areDevicesComplete: true,
  })
})

test('what waits is counted, with the oldest', async () => {
  const id = await made()
  expect(await factsOf(id)).toMatchObject({ pending: { count: 0, oldestCreatedAtMs: null } })
  await delivered(id, { state: 'pending', atMs: noonMs - dayMs })
  await delivered(id, { state: 'pending' })
  await delivered(id, { state: 'pending', type: 'endpoint.manifest', atMs: noonMs - 2 * dayMs })
  expect(await factsOf(id)).toMatchObject({ pending: { count: 2, oldestCreatedAtMs: noonMs - dayMs } })
})

test('G3: a day is read by id, over several pages, each event of the endpoint once', async () => {
  const id = await made()
  const others = [await made(), await made()]
  // The same events for all three: a page ends within an event, and what is left of it is this endpoint's.
  await sql`
    insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
      attempts, created_at, rank_attempt_number, rank_at, recorded_at)
    select (case when endpoint = ${id} then 'ffffffff' else '00000000' end || substr(gen_random_uuid()::text, 9))::uuid,
      ${orgId}, endpoint, e.id, 'asset.moved', to_timestamp(${noonMs / 1000}), 'event', 'delivered', 1, now(), 1, now(),
      to_timestamp(${noonMs / 1000})
    from (select gen_random_uuid() as id from generate_series(1, 6001)) e,
      unnest(${[id, ...others]}::bigint[]) as endpoint`.execute(pg.db)
  const entries = await entriesOf(id, noonMs + 1)
  const ids = entries.map(({ eventId }) => eventId)
  expect(new Set(ids).size).toBe(6_001)
  expect(ids).toHaveLength(6_001)
  expect(ids).toEqual(ids.toSorted())
})

test('M2: what is recorded after the cut is left out, and named as late by the next', async () => {
  const id = await made()
  const cutMs = dayAtMs + dayMs + 2 * 3_600_000
  const first = await delivered(id, { atMs: dayAtMs })
  const last = await delivered(id, { atMs: dayAtMs + dayMs - 1, recordedMs: cutMs - 1, state: 'dead' })
  const late = await delivered(id, { recordedMs: cutMs })
  await delivered(id, { atMs: dayAtMs - 1 })
  const ofTheNext = await delivered(id, { atMs: dayAtMs + dayMs, recordedMs: cutMs })
  await delivered(id, { type: 'endpoint.heartbeat' })
  const entries = await entriesOf(id, cutMs)
  expect(new Map(entries.map(({ eventId, state }) => [eventId, state]))).toEqual(
    new Map([
      [first, 'delivered'],
      [last, 'dead'],
    ]),
  )
  const next = { dayAtMs: dayAtMs + dayMs, cutMs: cutMs + dayMs }
  await inHand(id, async (endpoint) => {
    expect(await endpoint.lateEvents(next, cutMs)).toEqual({ eventIds: [late], areComplete: true })
    expect(ofTheNext).not.toBe(late)
  })
})
