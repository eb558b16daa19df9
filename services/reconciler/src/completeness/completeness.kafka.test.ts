/** Two reconcilers on real Kafka and PostgreSQL tell the same endpoints of themselves. */
import { createHash, randomUUID } from 'node:crypto'
import type { Delivery } from '@scanhook/domain/delivery'
import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { type EndpointInput, endpoints } from '@scanhook/postgres/endpoints'
import { openPostgres, type Postgres, type Session } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { endpointKey } from '@scanhook/schemas/keys'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reconcilerService } from '../service.ts'

let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let sql: Session
let orgId = 0
const started: StartedService[] = []

beforeAll(async () => {
  own = await ownTopics('completeness')
  database = await createTestDatabase('completeness', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  sql = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  for (const service of started) await service.stop()
  await sql?.close()
  await pg?.close()
  await database?.drop()
  await own?.close()
})

const start = async (): Promise<void> => {
  started.push(await startService(reconcilerService, { ...own.env, POSTGRES_URL: database.url }))
}
const stopAll = async (): Promise<void> => {
  for (const service of started.splice(0)) await service.stop()
}

async function made(asked: Partial<EndpointInput>): Promise<number> {
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

/** Of the day whose manifest is made first; recorded now but for the time, which is then as well. */
async function delivered(endpoint: number, atMs: number, state: string): Promise<string> {
  const id = randomUUID()
  await sql.query(
    `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, created_at, rank_attempt_number, rank_at, recorded_at)
     select gen_random_uuid(), $1, $2, $3, 'asset.moved', at, 'event', $4, 1, at, 1, at, at
     from to_timestamp($5::double precision / 1000) as at`,
    [orgId, endpoint, id, state, atMs],
  )
  return id
}

async function told(type: string): Promise<readonly Delivery[]> {
  const records = await own.readAll(own.topics.deliveries)
  const all = await Promise.all(
    records.map(async ({ key, value }) => {
      const delivery = await own.codecs.deliveries.decode(value)
      expect(String(key)).toBe(String(endpointKey(delivery.endpointId)))
      return delivery
    }),
  )
  return all.filter(({ event }) => event.type === type)
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const dayMs = 86_400_000

test('two reconcilers tell each endpoint once; what was sent and not marked comes again under its ids', async () => {
  // A day's interval: no slot ends while this runs, but for one in some 10,000 runs.
  const beating = await made({ heartbeatMinutes: 1_440 })
  const paused = await made({ heartbeatMinutes: 1_440, dailyManifest: true, state: 'paused' })
  const both = await made({ heartbeatMinutes: 1_440, dailyManifest: true })
  const dayAtMs = Math.floor((Date.now() - 2 * 3_600_000) / dayMs) * dayMs - dayMs
  const ids = [
    await delivered(both, dayAtMs, 'delivered'),
    await delivered(both, dayAtMs + dayMs - 1, 'dead'),
    await delivered(both, dayAtMs + 5, 'pending'),
  ]
  await delivered(both, dayAtMs - 1, 'delivered')
  await start()
  await start()
  await expect.poll(async () => (await told('endpoint.heartbeat')).length, { timeout: 30_000 }).toBe(2)
  await expect.poll(async () => (await told('endpoint.manifest')).length, { timeout: 30_000 }).toBe(1)
  const heartbeats = await told('endpoint.heartbeat')
  expect(new Set(heartbeats.map(({ endpointId }) => Number(endpointId)))).toEqual(new Set([beating, both]))
  expect(heartbeats.some(({ endpointId }) => Number(endpointId) === paused)).toBe(false)
  expect(heartbeats.map(({ trigger, attemptNumber }) => [trigger, attemptNumber])).toEqual([
    ['event', 1],
    ['event', 1],
  ])
  const [manifest] = await told('endpoint.manifest')
  const day = new Date(dayAtMs).toISOString().slice(0, 10)
  expect(JSON.parse(manifest?.event.dataJson ?? '')).toMatchObject({
    webhook: { id: both },
    day,
    events: 3,
    by_type: { 'asset.moved': 3 },
    first_event_id: ids.toSorted()[0],
    last_event_id: ids.toSorted()[2],
    chain: `sha256:${ids.toSorted().reduce((link, id) => sha256(link + id), sha256(day))}`,
    delivered: 1,
    dead: 1,
    pending: 1,
    dead_event_ids: [ids[1]],
    late_event_ids: [],
  })

  await stopAll() // which waits for the rounds that were under way
  expect(
    [await told('endpoint.heartbeat'), await told('endpoint.manifest')].map(({ length }) => length),
  ).toEqual([2, 1])
  // As if both had died after Kafka had it and before the mark was in.
  await sql.query('delete from endpoint_signals')
  await start()
  await expect.poll(async () => (await told('endpoint.manifest')).length, { timeout: 30_000 }).toBe(2)
  await expect.poll(async () => (await told('endpoint.heartbeat')).length, { timeout: 30_000 }).toBe(4)
  for (const type of ['endpoint.heartbeat', 'endpoint.manifest']) {
    const all = await told(type)
    const deliveryIds = new Set(all.map(({ deliveryId }) => deliveryId))
    const eventIds = new Set(all.map(({ event }) => event.eventId))
    expect([deliveryIds.size, eventIds.size]).toEqual([all.length / 2, all.length / 2])
  }
})
