/** Why a webhook got an event or did not, asked over HTTP, on a real PostgreSQL. */
import { plainSubscription } from '@scanhook/domain/endpoint'
import { openHttp } from '@scanhook/http/app'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { type DeliveryRow, deliveries, mergeDeliveries } from '@scanhook/postgres/deliveries'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { endpoints } from '@scanhook/postgres/endpoints'
import { appendEvents, events } from '@scanhook/postgres/events'
import { openPostgres, type Postgres, type Session } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { type ApiCall, apiCaller } from '@scanhook/testkit/api-caller'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Api } from './server.ts'
import { addWhyRoute } from './why/routes.ts'

interface Why {
  readonly webhook_id: number
  readonly code: string
  readonly explanation: string
  readonly is_certain: boolean
  readonly delivery_id: string | null
}
interface Answer {
  readonly data: readonly Why[]
  readonly total_count: number
  readonly error: { readonly type: string }
}

let database: TestDatabase
let pg: Postgres
let sql: Session
let api: Api
let a: ApiCall<Answer>
let b: ApiCall<Answer>
let orgId = 0
const hourMs = 3_600_000
const occurredAtMs = Date.now() - hourMs
const eventId = '00000002-0000-5000-8000-000000000001'
const path = `/events/${eventId}/why`

beforeAll(async () => {
  database = await createTestDatabase('why', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  sql = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  const orgs: Record<string, number> = {}
  for (const name of ['a', 'b']) orgs[name] = (await organizations(pg).ensure(name)).id
  orgId = orgs['a'] ?? 0
  api = openHttp({
    host: '127.0.0.1',
    port: 0,
    authenticate: async (token) => {
      const org = orgs[token]
      return org === undefined ? null : { orgId: org, apiKeyId: org, scopes: ['webhooks:read'] }
    },
    log: silentLog,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
  })
  addWhyRoute(api, {
    events: events(pg),
    deliveries: deliveries(pg),
    endpoints: endpoints(pg),
    endpointVersions: endpointVersions(pg),
    nowMs: Date.now,
  })
  const port = Number(new URL(await api.listen()).port)
  a = apiCaller(port, 'a')
  b = apiCaller(port, 'b')
  await appendEvents(pg.db, [
    {
      ...{ eventId, orgId, type: 'asset.moved', subject: 'asset:5', assetId: 5, sequence: 1 },
      ...{ previousEventId: null, transitionId: null, dataJson: '{}' },
      occurredAtMs,
      receivedAtMs: occurredAtMs + 400,
    },
  ])
})
afterAll(async () => {
  await api?.close()
  await sql?.close()
  await pg?.close()
  await database?.drop()
})

/** Made three hours ago, as far as anybody can see. */
async function newEndpoint(pattern = 'asset.*', madeMsAgo = 3 * hourMs): Promise<number> {
  const created = await endpoints(pg).create(
    orgId,
    {
      url: 'https://example.test/hook',
      state: 'active',
      profile: 'standard',
      headers: {},
      subscriptions: [plainSubscription(pattern)],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    1_000,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  const { id } = created.row
  const madeAt = new Date(Date.now() - madeMsAgo).toISOString()
  await sql.query(`update endpoints set created_at = $2 where id = $1`, [id, madeAt])
  await sql.query(
    `update endpoint_versions set valid_from = $2, endpoint_created_at = $2 where endpoint_id = $1`,
    [id, madeAt],
  )
  return id
}

/** The newest version, as if it had been made then. */
const backdate = (id: number, msAgo: number): Promise<unknown> =>
  sql.query(
    `update endpoint_versions set valid_from = $2 where endpoint_id = $1
       and version = (select max(version) from endpoint_versions where endpoint_id = $1)`,
    [id, new Date(Date.now() - msAgo).toISOString()],
  )

let count = 0
async function deliver(endpointId: number, change: Partial<DeliveryRow>): Promise<string> {
  count += 1
  const deliveryId = `00000001-0000-5000-8000-${String(count).padStart(12, '0')}`
  const row: DeliveryRow = {
    ...{ deliveryId, orgId, endpointId, eventId, eventType: 'asset.moved', trigger: 'event' },
    eventOccurredAtMs: occurredAtMs,
    state: 'pending',
    attempts: 1,
    nextAttemptAtMs: null,
    deadReason: null,
    heldReason: null,
    createdAtMs: occurredAtMs + 500,
    firstAttemptAtMs: occurredAtMs + 600,
    lastAttemptAtMs: occurredAtMs + 600,
    lastStatus: 503,
    lastErrorClass: null,
    completedAtMs: null,
    supersededBy: null,
    rankAttemptNumber: 1,
    rankAtMs: occurredAtMs + 600,
    manualChains: null,
    ...change,
  }
  await mergeDeliveries(pg.db, [row])
  return deliveryId
}

async function whyOf(endpointId: number): Promise<Why> {
  const { status, body } = await a('GET', `${path}?webhook_id=${endpointId}`)
  expect([status, body.total_count]).toEqual([200, 1])
  const [why] = body.data
  if (why === undefined) throw new Error('no answer')
  return why
}

test('delivered, waiting, dead: the delivery says so', async () => {
  const delivered = await newEndpoint()
  const deliveryId = await deliver(delivered, {
    state: 'delivered',
    attempts: 2,
    completedAtMs: occurredAtMs + 5_000,
  })
  expect(await whyOf(delivered)).toMatchObject({
    event_id: eventId,
    code: 'delivered',
    explanation: `delivered at ${new Date(occurredAtMs + 5_000).toISOString()}, after 2 requests`,
    delivery_id: deliveryId,
    since: new Date(occurredAtMs + 5_000).toISOString(),
    attempt_number: 2,
    webhook_version: null,
  })
  const waiting = await newEndpoint()
  await deliver(waiting, { nextAttemptAtMs: occurredAtMs + 2 * hourMs })
  expect(await whyOf(waiting)).toMatchObject({
    code: 'waiting',
    attempt_number: 2,
    until: new Date(occurredAtMs + 2 * hourMs).toISOString(),
  })
  const dead = await newEndpoint()
  await deliver(dead, { state: 'dead', deadReason: 'gone', completedAtMs: occurredAtMs + 700 })
  expect(await whyOf(dead)).toMatchObject({ code: 'dead', reason: 'gone' })
  expect((await whyOf(dead)).explanation).toContain('the endpoint answered 410 Gone')
})

test('without a delivery its own past says why', async () => {
  expect(await whyOf(await newEndpoint('shipment.*'))).toMatchObject({
    code: 'not_subscribed',
    event_types: ['shipment.*'],
    is_certain: true,
  })
  const late = await newEndpoint('shipment.*')
  await endpoints(pg).update(orgId, late, { subscriptions: [plainSubscription('asset.moved')] })
  await backdate(late, hourMs / 2)
  expect(await whyOf(late)).toMatchObject({ code: 'subscribed_too_late', is_certain: true })
  expect((await whyOf(late)).explanation).toContain('30 minutes after the event came in')
  expect(await whyOf(await newEndpoint('*', 1_000))).toMatchObject({ code: 'subscribed_too_late' })

  const disabled = await newEndpoint()
  await endpoints(pg).update(orgId, disabled, { state: 'disabled' })
  await backdate(disabled, 2 * hourMs)
  expect(await whyOf(disabled)).toMatchObject({ code: 'disabled', is_certain: true })

  const deleted = await newEndpoint()
  await endpoints(pg).remove(orgId, deleted)
  await backdate(deleted, 2 * hourMs)
  expect(await whyOf(deleted)).toMatchObject({ code: 'deleted' })

  expect(await whyOf(await newEndpoint())).toMatchObject({ code: 'missing', webhook_version: 1 })
})

test('asked of no webhook by name it answers for all that there are, in pages', async () => {
  const { rows } = await endpoints(pg).list(orgId, { limit: 200, offset: 0, sort: [] })
  const { body } = await a('GET', `${path}?limit=200`)
  expect(body.total_count).toBe(rows.length)
  expect(body.data.map((why) => why.webhook_id).toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
  const [first] = body.data
  const paged = (await a('GET', `${path}?limit=1`)).body
  expect([paged.data.length, paged.total_count]).toEqual([1, rows.length])
  expect(paged.data[0]).toMatchObject({ webhook_id: first?.webhook_id })
})

test('what another organization has is not there, and neither is what nobody has', async () => {
  const endpoint = await newEndpoint()
  expect((await b('GET', path)).status).toBe(404)
  expect((await b('GET', `${path}?webhook_id=${endpoint}`)).status).toBe(404)
  expect((await a('GET', `${path}?webhook_id=${endpoint}&webhook_id=987654321`)).status).toBe(404)
  expect((await a('GET', `/events/00000002-0000-5000-8000-00000000ffff/why`)).status).toBe(404)
  expect((await a('GET', `/events/nothing/why`)).status).toBe(400)
})
