/** The log is filtered and followed over HTTP, on a real PostgreSQL. */
import { openHttp } from '@scanhook/http/app'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { type AttemptRow, attempts } from '@scanhook/postgres/attempts'
import { type DeliveryRow, deliveries } from '@scanhook/postgres/deliveries'
import { endpoints } from '@scanhook/postgres/endpoints'
import { events } from '@scanhook/postgres/events'
import { history } from '@scanhook/postgres/history'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { type ApiCall, apiCaller } from '@scanhook/testkit/api-caller'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDeliveryRoutes } from './deliveries/routes.ts'
import { addEventRoutes } from './events/routes.ts'
import type { Api } from './server.ts'

interface Row {
  readonly id: string
}
interface Answer {
  readonly data: readonly Row[]
  readonly limit: number
  readonly offset: number | null
  readonly total_count: number | null
  readonly next_cursor: string | null
  readonly error: { readonly fields: readonly { readonly field: string; readonly code: string }[] }
}

let database: TestDatabase
let pg: Postgres
let api: Api
let a: ApiCall<Answer>
let b: ApiCall<Answer>
const orgs = { a: 1, b: 2 } as const
const nowMs = Date.now()

function uuid(kind: number, n: number): string {
  return `0000000${kind}-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
}

/** Delivery `n` of event `n`, one attempt each; they come one a second, every second one together with the one before. */
async function record(org: keyof typeof orgs, n: number, told: Partial<AttemptRow> = {}): Promise<void> {
  const atMs = nowMs + Math.floor(n / 2) * 1_000
  const ids = { deliveryId: uuid(1, n), orgId: orgs[org], endpointId: 1 + (n % 2), eventId: uuid(2, n) }
  const shared = { ...ids, eventType: n % 3 === 0 ? 'asset.scanned' : 'asset.moved', trigger: 'event' }
  const silence = {
    ...{ batchId: null, batchSize: null, retryAfterMs: null, errorClass: null, errorMessage: null },
    ...{ remoteAddress: null, dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: null },
  }
  const attempt: AttemptRow = {
    ...{ ...shared, ...silence },
    attemptNumber: 1,
    disposition: 'delivered',
    startedAtMs: atMs,
    url: 'https://example.test/',
    requestHeadersJson: '{}',
    requestBody: '{}',
    outcome: 'responded',
    status: 200,
    responseHeadersJson: '{}',
    responseBody: 'body',
    isBodyTruncated: false,
    reason: null,
    nextAttemptAtMs: null,
    ...told,
  }
  const wasSent = attempt.outcome !== null
  const state = attempt.disposition === 'delivered' ? 'delivered' : 'pending'
  const delivery: DeliveryRow = {
    ...shared,
    eventOccurredAtMs: atMs - 500,
    state,
    attempts: wasSent ? attempt.attemptNumber : attempt.attemptNumber - 1,
    nextAttemptAtMs: state === 'pending' ? atMs + 60_000 : null,
    deadReason: null,
    heldReason: null,
    createdAtMs: atMs,
    firstAttemptAtMs: wasSent ? attempt.startedAtMs : null,
    lastAttemptAtMs: wasSent ? attempt.startedAtMs : null,
    lastStatus: attempt.status,
    lastErrorClass: attempt.errorClass,
    completedAtMs: state === 'pending' ? null : attempt.startedAtMs,
    supersededBy: null,
    rankAttemptNumber: attempt.attemptNumber,
    rankAtMs: attempt.startedAtMs,
    manualChains: null,
  }
  await history(pg).recordAttempts([attempt], [delivery], nowMs)
  const event = { eventId: ids.eventId, orgId: ids.orgId, type: shared.eventType, subject: 'asset:5' }
  const links = { assetId: 5, sequence: n % 4 === 0 ? null : n, previousEventId: null, transitionId: null }
  await history(pg).recordEvents(
    [{ ...event, ...links, occurredAtMs: atMs - 500, receivedAtMs: atMs, dataJson: '{}' }],
    { scans: [], locations: [] },
    nowMs,
  )
}

beforeAll(async () => {
  database = await createTestDatabase('follow', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  api = openHttp({
    host: '127.0.0.1',
    port: 0,
    authenticate: async (token) => {
      const orgId = token === 'a' || token === 'b' ? orgs[token] : null
      return orgId === null ? null : { orgId, apiKeyId: orgId, scopes: ['webhooks:read', 'tracking:read'] }
    },
    log: silentLog,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
  })
  addDeliveryRoutes(api, {
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    endpoints: endpoints(pg),
    scale: 1,
  })
  addEventRoutes(api, events(pg))
  const port = Number(new URL(await api.listen()).port)
  a = apiCaller(port, 'a')
  b = apiCaller(port, 'b')
  for (let n = 0; n < 9; n += 1) await record('a', n)
  for (let n = 100; n < 103; n += 1) await record('b', n)
})
afterAll(async () => {
  await api.close()
  await pg.close()
  await database.drop()
})

async function pagesOf(call: ApiCall<Answer>, path: string): Promise<readonly (readonly Row[])[]> {
  const pages: (readonly Row[])[] = []
  let cursor: string | null = null
  for (;;) {
    const next: string = cursor === null ? path : `${path}&cursor=${cursor}`
    const { status, body }: { status: number; body: Answer } = await call('GET', next)
    expect([status, body.limit]).toEqual([200, 2])
    expect([body.offset, body.total_count]).toEqual(cursor === null ? [0, expect.any(Number)] : [null, null])
    pages.push(body.data)
    if (body.next_cursor === null) return pages
    expect(pages.length).toBeLessThan(50)
    cursor = body.next_cursor
  }
}

test.each([
  ['/deliveries', 9],
  ['/deliveries?sort=-last_attempt_at,created_at', 9],
  ['/deliveries?event_type=asset.moved&webhook_id=1', 3],
  ['/deliveries?state=pending', 0],
  ['/events', 9],
  ['/events?sort=received_at', 9],
  ['/events?type=asset.scanned&asset_id=5', 3],
])('%s is followed from its beginning to its end', async (path, count) => {
  const separator = path.includes('?') ? '&' : '?'
  const whole = (await a('GET', `${path}${separator}limit=200`)).body
  expect([whole.data.length, whole.total_count, whole.next_cursor]).toEqual([count, count, null])
  const pages = await pagesOf(a, `${path}${separator}limit=2`)
  expect(pages.flat()).toEqual(whole.data)
  expect(pages.length).toBe(Math.max(1, Math.ceil(count / 2)))
})

async function cursorOf(path: string): Promise<string> {
  const { next_cursor: cursor } = (await a('GET', path)).body
  if (cursor === null) throw new Error('one page only')
  return cursor
}

test('a page by offset says where it goes on, too; the size of a page may change on the way', async () => {
  const all = (await a('GET', '/deliveries')).body.data
  const cursor = await cursorOf('/deliveries?limit=2&offset=3')
  expect((await a('GET', `/deliveries?limit=3&cursor=${cursor}`)).body.data).toEqual(all.slice(5, 8))
})

test.each([
  ['/deliveries?limit=2&offset=0', 'ambiguous_fields'],
  ['/deliveries?limit=2&sort=created_at', 'invalid_value'],
  ['/deliveries?limit=2&state=delivered', 'invalid_value'],
  ['/events?limit=2', 'invalid_value'],
])('a cursor of /deliveries with %s is refused: %s', async (path, code) => {
  const cursor = await cursorOf('/deliveries?limit=2')
  const { status, body } = await a('GET', `${path}&cursor=${cursor}`)
  expect([status, body.error.fields]).toMatchObject([400, [{ field: 'cursor', code }]])
})

test.each(['', 'x', 'bnVsbA', '%00', 'x'.repeat(1_025)])(
  'a cursor that is none is refused: %j',
  async (cursor) => {
    for (const list of ['/deliveries', '/events']) {
      const { status, body } = await a('GET', `${list}?cursor=${cursor}`)
      expect([status, body.error.fields[0]?.field]).toEqual([400, 'cursor'])
    }
  },
)

test('with a cursor of another organization there is nothing of theirs to be seen', async () => {
  for (const list of ['/deliveries', '/events']) {
    const cursor = await cursorOf(`${list}?limit=2`)
    const theirs = new Set((await a('GET', `${list}?limit=200`)).body.data.map(({ id }) => id))
    const { status, body } = await b('GET', `${list}?cursor=${cursor}&limit=200`)
    expect(status).toBe(200)
    expect(body.data.filter(({ id }) => theirs.has(id))).toEqual([])
  }
})
