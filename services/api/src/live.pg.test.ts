/** Deliveries and attempts followed over HTTP, on a real PostgreSQL. */
import { silentLog } from '@scanhook/observability/log'
import { attemptFeed } from '@scanhook/postgres/attempt-feed'
import type { AttemptRow } from '@scanhook/postgres/attempts'
import type { DeliveryRow } from '@scanhook/postgres/deliveries'
import { listenRecorded, type RecordedSignal } from '@scanhook/postgres/event-feed'
import { history } from '@scanhook/postgres/history'
import type { Postgres } from '@scanhook/postgres/open'
import { othersAreDone } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addLiveRoutes } from './live/routes.ts'
import { openSignals, type Signals } from './signals/signals.ts'

interface Message {
  readonly event: string
  readonly id: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

let it: ApiOverPostgres
let pg: Postgres
let signals: Signals<RecordedSignal>
let url = ''
let orgA = 0
let orgB = 0

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'live_http',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read'],
  })
  ;({ pg, orgA, orgB } = it)
  signals = openSignals({
    what: 'feed',
    listen: (on) => listenRecorded(pg, on),
    clock: systemClock,
    log: silentLog,
  })
  addLiveRoutes(it.api, { attemptFeed: attemptFeed(pg), signals, clock: systemClock })
  ;({ url } = await it.listen())
})
afterAll(async () => {
  await signals?.stop()
  await it?.close()
})

const nowMs = Date.now()
const uuid = (kind: number, n: number): string =>
  `0000000${kind}-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
const deliveryId = (n: number): string => uuid(4, n)

interface Told {
  readonly attemptNumber?: number
  readonly disposition?: 'delivered' | 'retry' | 'held' | 'dead'
  readonly status?: number
}

function rowsOf(orgId: number, n: number, told: Told): { attempt: AttemptRow; delivery: DeliveryRow } {
  const { attemptNumber = 1, disposition = 'delivered', status = 200 } = told
  const atMs = nowMs + n * 10 + attemptNumber
  const wasSent = disposition !== 'held'
  const state = disposition === 'delivered' || disposition === 'dead' ? disposition : 'pending'
  const shared = {
    ...{ deliveryId: deliveryId(n), orgId, endpointId: 1 + (n % 2), eventId: uuid(5, n) },
    ...{ eventType: n % 3 === 0 ? 'asset.scanned' : 'asset.moved', trigger: 'event' },
  }
  const next = state === 'pending' ? atMs + 60_000 : null
  return {
    attempt: {
      ...{ ...shared, attemptNumber, disposition, startedAtMs: atMs, url: 'https://example.test/' },
      ...{ requestHeadersJson: '{}', requestBody: '{}', batchId: null, batchSize: null },
      ...{
        outcome: wasSent ? 'responded' : null,
        status: wasSent ? status : null,
        responseHeadersJson: null,
      },
      ...{ responseBody: null, isBodyTruncated: null, retryAfterMs: null, errorClass: null },
      ...{ errorMessage: null, remoteAddress: null, dnsMs: null, connectMs: null, tlsMs: null },
      ...{ firstByteMs: null, totalMs: null, reason: null, nextAttemptAtMs: next },
    },
    delivery: {
      ...{ ...shared, eventOccurredAtMs: nowMs - 500, state, attempts: attemptNumber, nextAttemptAtMs: next },
      ...{ deadReason: null, heldReason: null, createdAtMs: nowMs + n * 10, firstAttemptAtMs: atMs },
      ...{ lastAttemptAtMs: atMs, lastStatus: wasSent ? status : null, lastErrorClass: null },
      ...{ completedAtMs: state === 'pending' ? null : atMs, supersededBy: null, manualChains: null },
      ...{ rankAttemptNumber: attemptNumber, rankAtMs: atMs },
    },
  }
}

async function record(orgId: number, n: number, told: Told = {}): Promise<void> {
  const { attempt, delivery } = rowsOf(orgId, n, told)
  await history(pg).recordAttempts([attempt], [delivery], nowMs)
}

interface Stream {
  /** The next message that has data. */
  readonly next: () => Promise<Message>
  readonly stop: () => void
}

async function follow(
  path: string,
  key = 'a',
  headers: Readonly<Record<string, string>> = {},
): Promise<Stream> {
  const stop = new AbortController()
  const response = await fetch(`${url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
    signal: stop.signal,
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  const next = async (): Promise<Message> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end < 0) {
        const { value, done } = await reader.read()
        if (done) throw new Error('the stream has ended')
        text += decoder.decode(value, { stream: true })
        continue
      }
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const),
      )
      text = text.slice(end + 2)
      const data = fields.get('data')
      if (data !== undefined)
        return { event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(data) }
    }
  }
  return { next, stop: () => stop.abort() }
}

async function several(stream: Stream, count: number): Promise<readonly Message[]> {
  const all: Message[] = []
  while (all.length < count) all.push(await stream.next())
  return all
}

test('a delivery is told whenever an attempt changed it, as it is then, and nobody else’s', async () => {
  const [mine, theirs] = [await follow('deliveries/stream'), await follow('deliveries/stream', 'b')]
  expect(await mine.next()).toMatchObject({ event: 'open', data: { is_continued: false } })
  await theirs.next()
  await record(orgA, 1, { disposition: 'retry', status: 503 })
  expect(await mine.next()).toMatchObject({
    event: 'delivery',
    data: { id: deliveryId(1), state: 'pending', attempt_count: 1, last_response_status: 503 },
  })
  await record(orgA, 1, { attemptNumber: 2 })
  expect(await mine.next()).toMatchObject({
    data: { id: deliveryId(1), state: 'delivered', attempt_count: 2 },
  })
  await record(orgB, 2)
  expect(await theirs.next()).toMatchObject({ data: { id: deliveryId(2) } })
  mine.stop()
  theirs.stop()
})

test('with a filter, what it does not mean any more is told as left', async () => {
  const stream = await follow('deliveries/stream?state=pending&webhook_id=2')
  await stream.next()
  await record(orgA, 10) // of another webhook: nothing is told
  // One after the other: of two changes that are read at once only what is now would be told, twice.
  await record(orgA, 11, { disposition: 'retry', status: 500 })
  expect(await stream.next()).toMatchObject({ event: 'delivery', data: { id: deliveryId(11) } })
  await record(orgA, 11, { attemptNumber: 2 })
  expect(await stream.next()).toMatchObject({ event: 'left', data: { id: deliveryId(11) } })
  stream.stop()
})

test('L1: what was recorded while nobody read is told to whoever goes on, also what commits late', async () => {
  await record(orgA, 19) // the day's partitions are made, for which no transaction may be open
  await othersAreDone(pg)
  const first = await follow('deliveries/stream')
  const { id = '' } = await first.next()
  first.stop()
  const session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  // A transaction that began before the others and ends after them.
  await session.query('begin')
  await session.query('select pg_current_xact_id()')
  const { attempt } = rowsOf(orgA, 20, {})
  await session.query(
    `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, created_at, rank_attempt_number, rank_at)
     values ($1, $2, 1, $3, 'asset.moved', now(), 'event', 'delivered', 1, now(), 1, now())`,
    [attempt.deliveryId, orgA, attempt.eventId],
  )
  await session.query(
    `insert into attempts (delivery_id, attempt_number, disposition, started_at, org_id, endpoint_id, event_id, event_type,
       trigger, url, request_headers, request_body, outcome, status)
     values ($1, 1, 'delivered', now(), $2, 1, $3, 'asset.moved', 'event', 'https://example.test', '{}', '{}', 'responded', 200)`,
    [attempt.deliveryId, orgA, attempt.eventId],
  )
  await record(orgA, 21)
  const second = await follow('deliveries/stream', 'a', { 'last-event-id': id })
  expect(await second.next()).toMatchObject({ event: 'open', data: { is_continued: true } })
  await session.query('commit')
  await session.close()
  const told = await several(second, 2)
  expect(told.map(({ data }) => data['id']).toSorted()).toEqual([deliveryId(20), deliveryId(21)])
  second.stop()
})

test('L2: attempts are told once each, holds are none, and it goes on from the last place', async () => {
  const stream = await follow('attempts/stream?status_class=5xx&status_class=2xx')
  await stream.next()
  await record(orgA, 30, { disposition: 'held' })
  await record(orgA, 30, { attemptNumber: 2, disposition: 'retry', status: 404 })
  await record(orgA, 30, { attemptNumber: 3, disposition: 'retry', status: 503 })
  await record(orgB, 31)
  const told = await stream.next()
  expect(told).toMatchObject({
    event: 'attempt',
    data: { delivery_id: deliveryId(30), attempt_number: 3, response_status: 503, disposition: 'retry' },
  })
  stream.stop()
  await record(orgA, 30, { attemptNumber: 4 })
  const again = await follow(`attempts/stream?after=${told.id}`)
  const [open, next] = await several(again, 2)
  expect(open).toMatchObject({ data: { is_continued: true } })
  expect(next).toMatchObject({
    data: { delivery_id: deliveryId(30), attempt_number: 4, response_status: 200 },
  })
  again.stop()
})

test('of more than a page each delivery comes once, and pages follow one another', async () => {
  const stream = await follow('deliveries/stream')
  await stream.next()
  const rows = Array.from({ length: 450 }, (_, n) => rowsOf(orgA, 1_000 + n, {}))
  await history(pg).recordAttempts(
    rows.map(({ attempt }) => attempt),
    rows.map(({ delivery }) => delivery),
    nowMs,
  )
  const told = await several(stream, 450)
  expect(new Set(told.map(({ data }) => data['id'])).size).toBe(450)
  expect(told.filter(({ id }) => id !== undefined)).toHaveLength(3)
  stream.stop()
})

test('once: an answer that ends, with what came since its place and a place to come again with', async () => {
  const whole = async (path: string): Promise<{ readonly text: string; readonly after: string }> => {
    const response = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: 'Bearer a' } })
    const text = await response.text()
    expect([response.status, text.slice(0, 11)]).toEqual([200, 'retry: 1000'])
    return { text, after: text.match(/id: (\S+)(?!.*id: )/s)?.[1] ?? '' }
  }
  await othersAreDone(pg)
  const { after } = await whole('deliveries/stream?once=true')
  const rows = Array.from({ length: 250 }, (_, n) => rowsOf(orgA, 2_000 + n, {}))
  await history(pg).recordAttempts(
    rows.map(({ attempt }) => attempt),
    rows.map(({ delivery }) => delivery),
    nowMs,
  )
  await othersAreDone(pg)
  const next = await whole(`deliveries/stream?once=true&after=${after}`)
  expect(next.text).toContain('{"is_continued":true}')
  expect(next.text.match(/^event: delivery$/gm)).toHaveLength(250)
  const last = await whole(`deliveries/stream?once=true&after=${next.after}`)
  expect(last.text).not.toContain('event: delivery')
  const attempts = await whole(`attempts/stream?once=true&after=${after}`)
  expect(attempts.text.match(/^event: attempt$/gm)).toHaveLength(250)
})

test('a place of another database, and one too far behind, is told as a gap', async () => {
  const placed = (xid: string): string => Buffer.from(`${xid}.`).toString('base64url')
  const beyond = await follow(`deliveries/stream?after=${placed('999999999999')}`)
  expect(await beyond.next()).toMatchObject({ event: 'open', data: { is_continued: false } })
  beyond.stop()
  await othersAreDone(pg)
  const before = await attemptFeed(pg).end()
  expect(await attemptFeed(pg).canGoOn(orgA, { xid: '0', rowId: null }, 100)).toBe(false)
  expect(await attemptFeed(pg).canGoOn(orgA, { xid: '0', rowId: null }, 20_000)).toBe(true)
  expect(await attemptFeed(pg).canGoOn(orgA, before, 0)).toBe(true)
})

test.each([
  ['deliveries/stream?after=nonsense', 'after', 'invalid_value'],
  ['deliveries/stream?state=gone', 'state.0', 'invalid_value'],
  ['attempts/stream?status_class=6xx', 'status_class.0', 'invalid_value'],
])('%s is refused by name', async (path, field, code) => {
  const response = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: 'Bearer a' } })
  expect(response.status).toBe(400)
  const { error } = (await response.json()) as { error: { fields: unknown } }
  expect(error.fields).toMatchObject([{ field, code }])
})

test('an organization follows with thirty streams at most; one that ended makes room', async () => {
  const streams = await Promise.all(Array.from({ length: 30 }, () => follow('deliveries/stream', 'b')))
  const asking = new AbortController()
  const more = (query = ''): Promise<Response> =>
    fetch(`${url}/api/v1/deliveries/stream${query}`, {
      headers: { authorization: 'Bearer b' },
      signal: asking.signal,
    })
  const refused = await more()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
  // Whoever asks now and then takes nobody's room.
  const once = await more('?once=true')
  expect([once.status, await once.text()]).toEqual([200, expect.stringContaining('event: open')])
  const other = await follow('attempts/stream')
  other.stop()
  streams[0]?.stop()
  await refused.text()
  await expect
    .poll(async () => {
      const answer = await more()
      if (answer.status !== 200) await answer.text()
      return answer.status
    })
    .toBe(200)
  asking.abort()
  for (const stream of streams) stream.stop()
})
