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
import { addAttemptRoutes } from './attempts/routes.ts'
import { addDeliveryRoutes } from './deliveries/routes.ts'
import { addEventRoutes } from './events/routes.ts'
import type { Api } from './server.ts'

interface Row {
  readonly id: string
  readonly delivery_id: string
  readonly started_at: string
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
let url = ''
let a: ApiCall<Answer>
let b: ApiCall<Answer>
const orgs = { a: 1, b: 2 } as const
const nowMs = Date.now()
const hourMs = 3_600_000
const at = (afterMs: number): string => new Date(nowMs + afterMs).toISOString()

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
  const { endpointId } = attempt
  const wasSent = attempt.outcome !== null
  const state = attempt.disposition === 'delivered' ? 'delivered' : 'pending'
  const delivery: DeliveryRow = {
    ...shared,
    endpointId,
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
    nowMs: () => nowMs + hourMs,
    clock: systemClock,
  })
  addAttemptRoutes(api, attempts(pg))
  addEventRoutes(api, events(pg))
  url = await api.listen()
  const port = Number(new URL(url).port)
  a = apiCaller(port, 'a')
  b = apiCaller(port, 'b')
  for (let n = 0; n < 9; n += 1) await record('a', n)
  for (let n = 100; n < 103; n += 1) await record('b', n)
  const failed = { disposition: 'retry', nextAttemptAtMs: nowMs + 60_000 } as const
  const noAnswer = { status: null, responseHeadersJson: null, responseBody: null, isBodyTruncated: null }
  // Beside the nine of before: five of a webhook of their own, of each class one, made long before.
  for (const [n, told] of [
    { ...failed, status: 302 },
    { ...failed, status: 404 },
    { ...failed, status: 503, attemptNumber: 2 },
    { ...failed, ...noAnswer, outcome: 'failed', errorClass: 'timeout' } as const,
    { ...failed, ...noAnswer, outcome: null, disposition: 'held', reason: 'breaker_open' } as const,
  ].entries())
    await record('a', 20 + n, { ...told, endpointId: 3, startedAtMs: nowMs - hourMs + n })
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
  ['/deliveries', 14],
  ['/deliveries?sort=-last_attempt_at,created_at', 14],
  ['/deliveries?event_type=asset.moved&webhook_id=1', 3],
  ['/deliveries?state=pending', 5],
  ['/events', 14],
  ['/events?sort=received_at', 14],
  ['/events?type=asset.scanned&asset_id=5', 5],
])('%s is followed from its beginning to its end', async (path, count) => {
  const separator = path.includes('?') ? '&' : '?'
  const whole = (await a('GET', `${path}${separator}limit=200`)).body
  expect([whole.data.length, whole.total_count, whole.next_cursor]).toEqual([count, count, null])
  const pages = await pagesOf(a, `${path}${separator}limit=2`)
  expect(pages.flat()).toEqual(whole.data)
  expect(pages.length).toBe(Math.max(1, Math.ceil(count / 2)))
})

test.each([
  ['/deliveries', ''],
  ['/deliveries', 'state=pending&webhook_id=3'],
  ['/deliveries', 'event_type=asset.moved'],
])('%s?%s is exported as it is listed, and nobody else’s with it', async (path, filter) => {
  const whole = (await a('GET', `${path}?limit=200&${filter}`)).body.data
  expect(whole.length).toBeGreaterThan(3)
  const { port } = new URL(url)
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}/export?${filter}`, {
    headers: { authorization: 'Bearer a' },
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
  const lines = (await response.text()).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(whole)
})

test('attempts are followed from the newest to the oldest, each once, without holds', async () => {
  const whole = (await a('GET', '/attempts?limit=200')).body
  expect(whole.data.length).toBe(13)
  expect([whole.offset, whole.total_count, whole.next_cursor]).toEqual([null, null, null])
  const starts = whole.data.map(({ started_at: startedAt }) => startedAt)
  expect(starts).toEqual(starts.toSorted().toReversed())
  const seen: Row[] = []
  let cursor = ''
  for (let page = 0; page < 7; page += 1) {
    const { data, next_cursor: next } = (await a('GET', `/attempts?limit=2${cursor}`)).body
    seen.push(...data)
    cursor = `&cursor=${next}`
    expect(next === null).toBe(page === 6)
    // What is newer than the place where the list is does not disturb it.
    await record('a', 0, { startedAtMs: nowMs + hourMs + page, attemptNumber: 9 })
  }
  expect(seen).toEqual(whole.data)
  await pg.db.deleteFrom('attempts').where('attemptNumber', '=', 9).execute()
})

test.each([
  ['webhook_id=3', [20, 21, 22, 23]],
  ['status_class=3xx', [20]],
  ['status_class=4xx&status_class=5xx', [21, 22]],
  ['status_class=none', [23]],
  ['status_class=2xx&webhook_id=3', []],
  ['error_class=timeout', [23]],
  ['error_class=dns', []],
  ['error_class=timeout&status_class=5xx', []],
  [`event_id=${uuid(2, 3)}&event_id=${uuid(2, 21)}&event_id=${uuid(2, 100)}`, [3, 21]],
  [`delivery_id=${uuid(1, 22)}&delivery_id=${uuid(1, 100)}`, [22]],
  ['event_type=asset.scanned&webhook_id=3', [21]],
  [`from=${at(-hourMs + 1)}&to=${at(-hourMs + 2)}`, [21, 22]],
])('attempts are filtered by %s', async (filters, expected) => {
  const { status, body } = await a('GET', `/attempts?${filters}`)
  expect(status).toBe(200)
  const found = body.data.map(({ delivery_id: id }) => id)
  expect(found.toSorted()).toEqual(expected.map((n) => uuid(1, n)))
})

test.each([
  ['status_class=3xx', [20]],
  ['status_class=4xx&status_class=5xx', [21, 22]],
  ['status_class=none', [23, 24]],
  ['status_class=2xx&webhook_id=3', []],
  [`attempted_from=${at(-hourMs + 1)}&attempted_to=${at(-hourMs + 2)}`, [21, 22]],
  [`attempted_to=${at(-1)}&status_class=none`, [23]],
  ['state=pending&status_class=5xx', [22]],
])('deliveries are filtered by %s', async (filters, expected) => {
  const { status, body } = await a('GET', `/deliveries?${filters}`)
  expect([status, body.total_count]).toEqual([200, expected.length])
  expect(body.data.map(({ id }) => id).toSorted()).toEqual(expected.map((n) => uuid(1, n)))
})

test('an attempt in the list is what its delivery shows of it, without headers and bodies', async () => {
  const [listed] = (await a('GET', '/attempts?status_class=5xx')).body.data
  const { body } = await a('GET', `/deliveries/${uuid(1, 22)}`)
  const [shown] = (body.data as unknown as { readonly attempts: readonly object[] }).attempts
  expect(listed).toMatchObject({ delivery_id: uuid(1, 22), webhook_id: 3, event_id: uuid(2, 22) })
  expect(shown).toMatchObject(
    Object.fromEntries(
      Object.entries(listed ?? {}).filter(
        ([name]) => !['delivery_id', 'webhook_id', 'event_id', 'event_type'].includes(name),
      ),
    ),
  )
  expect(Object.keys(listed ?? {}).filter((name) => /headers|_body$/.test(name))).toEqual([])
})

test.each(['offset=0', 'sort=started_at', 'status_class=6xx', 'error_class=x'])(
  'attempts take no %s',
  async (filters) => {
    const { status, body } = await a('GET', `/attempts?${filters}`)
    const [field = ''] = filters.split('=')
    expect([status, body.error.fields[0]?.field.replace(/\.0$/, '')]).toEqual([400, field])
  },
)

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
  await record('b', 1_000, { startedAtMs: nowMs - 2 * hourMs })
  for (const list of ['/deliveries', '/events', '/attempts']) {
    const idOf = (row: Row): string => row.id ?? row.delivery_id
    const cursor = await cursorOf(`${list}?limit=2`)
    const own = new Set((await b('GET', `${list}?limit=200`)).body.data.map(idOf))
    const { status, body } = await b('GET', `${list}?cursor=${cursor}&limit=200`)
    expect([status, own.size]).toEqual([200, 4])
    expect(body.data.map(idOf).filter((id) => !own.has(id))).toEqual([])
  }
})
