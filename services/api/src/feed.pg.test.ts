/** The feed over HTTP, on a real PostgreSQL: cursors, waiting, and the stream. */
import { silentLog } from '@scanhook/observability/log'
import { eventFeed, listenRecorded, type RecordedSignal } from '@scanhook/postgres/event-feed'
import { history } from '@scanhook/postgres/history'
import type { Postgres } from '@scanhook/postgres/open'
import { othersAreDone } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addFeedRoutes } from './feed/routes.ts'
import { openSignals, type Signals } from './signals/signals.ts'

interface Answer {
  readonly data: readonly { readonly id: string; readonly type: string }[]
  readonly next: string
  readonly has_more: boolean
  readonly error: { readonly fields: readonly { readonly field: string; readonly code: string }[] }
}

let it: ApiOverPostgres
let pg: Postgres
let signals: Signals<RecordedSignal>
let url = ''
let a: ApiCall<Answer>
let b: ApiCall<Answer>
let orgA = 0
let orgB = 0

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'feed_http',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['tracking:read'],
  })
  ;({ pg, orgA, orgB } = it)
  const { api } = it
  signals = openSignals({
    what: 'feed',
    listen: (on) => listenRecorded(pg, on),
    clock: systemClock,
    log: silentLog,
  })
  addFeedRoutes(api, { feed: eventFeed(pg), signals, clock: systemClock })
  const listening = await it.listen()
  url = listening.url
  const { caller } = listening
  a = caller('a')
  b = caller('b')
})
afterAll(async () => {
  await signals?.stop()
  await it?.close()
})

const receivedAtMs = Date.parse('2026-03-02T10:15:00Z')
const idOf = (n: number): string => `00000003-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
let count = 0

/** Gives the event's id, once it is told. */
async function record(orgId: number, type?: string): Promise<string> {
  const id = await write(orgId, type)
  await othersAreDone(pg)
  return id
}

async function write(orgId: number, type = 'asset.moved'): Promise<string> {
  count += 1
  const atMs = receivedAtMs + count * 1_000
  const nothing = { assetId: null, sequence: null, previousEventId: null, transitionId: null }
  await history(pg).recordEvents(
    [
      {
        eventId: idOf(count),
        orgId,
        type,
        subject: 'asset:5',
        occurredAtMs: atMs,
        receivedAtMs: atMs,
        ...nothing,
        dataJson: '{"n":1}',
      },
    ],
    { scans: [], locations: [] },
    atMs,
  )
  return idOf(count)
}
const idsOf = ({ body }: { body: Answer }): readonly string[] => body.data.map(({ id }) => id)

test('a reader carries the place along, or has it kept under a name; what was not acknowledged comes again', async () => {
  expect((await a('PUT', '/event-cursors/erp', {})).status).toBe(200)
  const [one, two] = [await record(orgA), await record(orgA, 'location.entered')]
  await record(orgB)
  const first = await a('GET', '/events/feed?cursor=erp&limit=1')
  expect([idsOf(first), first.body.has_more]).toEqual([[one], true])
  // It crashed before it was done with it.
  expect(idsOf(await a('GET', '/events/feed?cursor=erp&limit=1'))).toEqual([one])
  const second = await a('GET', `/events/feed?cursor=erp&limit=1&after=${first.body.next}`)
  expect([idsOf(second), second.body.has_more]).toEqual([[two], false])
  expect(idsOf(await a('GET', '/events/feed?cursor=erp'))).toEqual([two])
  expect(idsOf(await a('GET', `/events/feed?after=${first.body.next}&type=asset.moved`))).toEqual([])
  expect(idsOf(await a('GET', '/events/feed'))).toEqual([one, two])
})

test('a cursor can be set to a time, and belongs to its organization', async () => {
  const last = await record(orgA)
  const from = new Date(receivedAtMs + count * 1_000).toISOString()
  await a('PUT', '/event-cursors/late', { from })
  expect(idsOf(await a('GET', '/events/feed?cursor=late'))).toEqual([last])
  expect(idsOf(await a('GET', `/events/feed?from=${from}`))).toEqual([last])
  expect((await b('GET', '/events/feed?cursor=late')).status).toBe(404)
  expect((await b('DELETE', '/event-cursors/late')).status).toBe(404)
  expect((await a('DELETE', '/event-cursors/late')).status).toBe(204)
  expect((await a('GET', '/events/feed?cursor=late')).status).toBe(404)
})

test('who waits is answered when something is recorded, and not by what is another organization’s', async () => {
  const { body } = await a('GET', '/events/feed?limit=200')
  const waiting = a('GET', `/events/feed?after=${body.next}&wait_seconds=30`)
  await record(orgB)
  const id = await record(orgA)
  expect(idsOf(await waiting)).toEqual([id])
})

test.each([
  ['after=bm9uc2Vuc2U', 'after', 'invalid_value'],
  ['cursor=No+Name', 'cursor', 'invalid_value'],
  ['wait_seconds=31', 'wait_seconds', 'too_large'],
  ['limit=201', 'limit', 'too_large'],
  ['type=nothing', 'type.0', 'invalid_value'],
  ['from=2026-03-02T10:15:00Z&after=MS4', 'from', 'ambiguous_fields'],
])('%s is refused by name', async (given, field, code) => {
  const { status, body } = await a('GET', `/events/feed?${given}`)
  expect(status).toBe(400)
  expect(body.error.fields).toMatchObject([{ field, code }])
})

test('a stream tells of what is recorded, and goes on from its last id', async () => {
  const stream = async (query: string, wanted: number): Promise<string> => {
    const stop = new AbortController()
    const response = await fetch(`${url}/api/v1/events/stream${query}`, {
      headers: { authorization: 'Bearer a' },
      signal: stop.signal,
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    let text = ''
    const decoder = new TextDecoder()
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece as Uint8Array, { stream: true })
      if ((text.match(/^data: /gm) ?? []).length >= wanted) break
    }
    stop.abort()
    return text
  }
  const before = await record(orgA)
  const live = stream('', 1)
  // Recorded again and again until the stream, which began at some moment, has one of them.
  const timer = setInterval(() => void write(orgA), 50)
  const text = await live.finally(() => clearInterval(timer))
  expect(text).toContain('event: asset.moved\n')
  expect(text).not.toContain(before)
  const [, place = ''] = /^id: (.+)$/m.exec(text) ?? []
  const next = await record(orgA)
  expect(await stream(`?after=${place}`, 1)).toMatch(/"id":"/)
  const all = await a('GET', `/events/feed?after=${place}`)
  expect(idsOf(all)).toContain(next)
})

test('an organization may wait twenty times at once, and is told to come again', async () => {
  const { body } = await b('GET', '/events/feed?limit=200')
  const waiting = Array.from({ length: 20 }, () =>
    b('GET', `/events/feed?after=${body.next}&wait_seconds=30`),
  )
  await expect
    .poll(async () => (await b('GET', `/events/feed?after=${body.next}&wait_seconds=1`)).status)
    .toBe(429)
  const id = await record(orgB)
  for (const answer of await Promise.all(waiting)) expect(idsOf(answer)).toEqual([id])
})
