/** Filters over HTTP, on a real PostgreSQL: what is taken, what is refused, what is previewed, and what `why` says. */
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { endpoints } from '@scanhook/postgres/endpoints'
import { events } from '@scanhook/postgres/events'
import { history } from '@scanhook/postgres/history'
import { jobPages } from '@scanhook/postgres/job-pages'
import type { Postgres } from '@scanhook/postgres/open'
import { systemClock } from '@scanhook/runtime/clock'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { previewFilter } from './filter-preview/preview-filter.ts'
import { addFilterPreviewRoute } from './filter-preview/routes.ts'
import { addWebhookRoutes, type WebhookPorts } from './webhooks/routes.ts'
import { addWhyRoute } from './why/routes.ts'

interface Answer {
  readonly data: Readonly<Record<string, unknown>> & {
    readonly id: number
    readonly samples: readonly Readonly<Record<string, unknown>>[]
  }
  readonly error: { readonly type: string; readonly fields: readonly Readonly<Record<string, unknown>>[] }
}

let it: ApiOverPostgres
let pg: Postgres
let a: ApiCall<Answer>
let b: ApiCall<Answer>
let weak: ApiCall<Answer>
let orgA = 0
let orgB = 0

const hourMs = 3_600_000
const nowMs = Date.now()
const eventIdOf = (n: number): string => `00000003-0000-5000-8000-${n.toString(16).padStart(12, '0')}`

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'filters',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read', 'webhooks:write'],
    weakScopes: ['tracking:read'],
  })
  ;({ pg, orgA, orgB } = it)
  const { api } = it
  const stores = { endpoints: endpoints(pg), events: events(pg), deliveries: deliveries(pg) }
  const versions = endpointVersions(pg)
  addWhyRoute(api, { ...stores, versions, judgeFilter: openFilterJudge(), nowMs: Date.now })
  addFilterPreviewRoute(api, {
    pages: jobPages(pg),
    nowMs: () => nowMs,
    monotonicMs: systemClock.monotonicMs,
  })
  addWebhookRoutes(api, {
    endpoints: endpoints(pg),
    checkTarget: async (url: string) => ({ ok: true, url }),
    newSecret: () => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    seal: () => 'v1.k1.a.b.c',
    endpointMax: 50,
  } as unknown as WebhookPorts)
  const { caller } = await it.listen()
  a = caller('a')
  b = caller('b')
  weak = caller('weak')
})
afterAll(async () => {
  await it?.close()
})

interface Recorded {
  readonly n: number
  readonly type?: string
  readonly atMs?: number
  readonly data?: object
  /** An asset's event, with its paths; null: of before there were paths. Left out: of no asset. */
  readonly paths?: { readonly at: readonly string[]; readonly from: readonly string[] } | null
}

async function record(orgId: number, all: readonly Recorded[]): Promise<void> {
  const nothing = { sequence: null, previousEventId: null, transitionId: null }
  await history(pg).recordEvents(
    all.map(({ n, type = 'asset.moved', atMs = nowMs - hourMs + n, data = { n }, paths }) => ({
      ...{ assetId: paths === undefined ? null : 5 },
      ...{ locationPathsJson: paths == null ? null : JSON.stringify(paths) },
      ...{ eventId: eventIdOf(n), orgId, type, subject: 'asset:5', ...nothing },
      ...{ occurredAtMs: atMs - 500, receivedAtMs: atMs, dataJson: JSON.stringify(data) },
    })),
    { scans: [], locations: [] },
    nowMs,
  )
}

const url = 'https://example.test/hook'
const moved = (filter: unknown) => ({ subscriptions: [{ event_type: 'asset.moved', filter }] })

test('a filter is kept, answered, changed and taken away', async () => {
  const filter = 'data.asset.external_key == "FORK-7" && data.scan.rssi_dbm > -70'
  const made = await a('POST', '/webhooks', { url, ...moved(filter) })
  expect([made.status, made.body.data['subscriptions']]).toEqual([
    201,
    [{ event_type: 'asset.moved', filter, expire_after_minutes: null, latest_only: false }],
  ])
  const path = `/webhooks/${made.body.data.id}`
  const filterNow = async () =>
    ((await a('GET', path)).body.data['subscriptions'] as { readonly filter: unknown }[])[0]?.filter
  expect(await filterNow()).toBe(filter)
  await a('PATCH', path, { event_types: ['asset.moved', 'asset.scanned'] })
  expect(await filterNow()).toBe(filter)
  expect((await a('PATCH', path, moved('data.n > 1'))).status).toBe(200)
  expect(await filterNow()).toBe('data.n > 1')
  await a('PATCH', path, moved(null))
  expect(await filterNow()).toBeNull()
})

test('what is no filter is refused with its place, each by its own field, and changes nothing', async () => {
  const subscriptions = [
    { event_type: 'asset.moved', filter: 'data.n >' },
    { event_type: 'asset.scanned', filter: 'data.n > 1' },
    { event_type: '*', filter: 'true &&\n  event.typ == "x"' },
  ]
  const refused = [
    expect.objectContaining({
      ...{ field: 'subscriptions.0.filter', code: 'invalid_value', params: { line: 1, column: 9 } },
      message: expect.stringMatching(/^is no filter, at line 1, column 9: /),
    }),
    expect.objectContaining({ field: 'subscriptions.2.filter', params: { line: 2, column: 9 } }),
  ]
  const made = await a('POST', '/webhooks', { url, subscriptions })
  expect([made.status, made.body.error.type]).toEqual([400, 'validation_error'])
  expect(made.body.error.fields).toEqual(refused)
  const { id } = (await a('POST', '/webhooks', { url, ...moved('data.n > 1') })).body.data
  const changed = await a('PATCH', `/webhooks/${id}`, { subscriptions })
  expect(changed.body.error.fields).toEqual(refused)
  expect((await a('GET', `/webhooks/${id}`)).body.data['subscriptions']).toMatchObject([
    { filter: 'data.n > 1' },
  ])
})

test('a webhook has ten filters at most', async () => {
  const types = [
    '*',
    'asset.*',
    'asset.moved',
    'asset.scanned',
    'location.*',
    'location.entered',
    'location.exited',
  ]
  const more = ['shipment.*', 'document.*', 'check.*', 'shipment.created']
  const subscriptions = [...types, ...more].map((event_type) => ({ event_type, filter: 'true' }))
  const { status, body } = await a('POST', '/webhooks', { url, subscriptions })
  expect([status, body.error.fields]).toMatchObject([400, [{ field: 'subscriptions', code: 'too_long' }]])
  expect((await a('POST', '/webhooks', { url, subscriptions: subscriptions.slice(1) })).status).toBe(201)
})

test('an event that a filter kept back: why says by which clause, and whether it failed', async () => {
  const filter = 'event.type == "asset.moved" && (data.n > 5 || data.n < 0)'
  const made = await a('POST', '/webhooks', { url, ...moved(filter) })
  const failing = await a('POST', '/webhooks', { url, ...moved('data.nope == 1') })
  await record(orgA, [{ n: 900, atMs: Date.now() + 61_000, data: { n: 3 } }])
  const why = async (id: number) =>
    (await a('GET', `/events/${eventIdOf(900)}/why?webhook_id=${id}`)).body.data
  expect(await why(made.body.data.id)).toMatchObject({
    ...{ code: 'filtered', is_certain: true },
    detail:
      "the filter of the webhook's subscription to asset.moved did not let it through: (data.n > 5 || data.n < 0)",
    subscription: { event_type: 'asset.moved', filter, clause: '(data.n > 5 || data.n < 0)', failure: null },
  })
  expect(await why(failing.body.data.id)).toMatchObject({
    detail: expect.stringMatching(/data\.nope == 1 failed: No such key: nope$/),
    subscription: { failure: 'No such key: nope' },
  })
})

test('a preview counts the last day, of the types that are asked for and of nobody else, with samples', async () => {
  await record(
    orgA,
    Array.from({ length: 1_200 }, (_, n) => ({
      n: n + 1_000,
      type: n % 2 === 0 ? 'asset.moved' : 'asset.scanned',
    })),
  )
  await record(orgA, [
    { n: 3_000, type: 'location.entered' },
    { n: 3_001, atMs: nowMs - 25 * hourMs },
  ])
  await record(orgB, [{ n: 4_000 }])
  const filter = 'data.n >= 1100 && data.n < 1200'
  const { status, body } = await a('POST', '/webhooks/filter-preview', { event_types: ['asset.*'], filter })
  expect(status).toBe(200)
  expect(body.data).toMatchObject({ scanned: 1_200, matched: 100, is_complete: true })
  expect(body.data).toMatchObject({
    window_from: new Date(nowMs - 24 * hourMs).toISOString(),
    window_to: new Date(nowMs).toISOString(),
  })
  expect(body.data.samples).toHaveLength(10)
  expect(body.data.samples[0]).toEqual({
    ...{ event_id: eventIdOf(1_100), type: 'asset.moved', matched: true, clause: null, failure: null },
    occurred_at: new Date(nowMs - hourMs + 1_100 - 500).toISOString(),
  })
  expect(body.data.samples[5]).toMatchObject({ matched: false, clause: 'data.n >= 1100', failure: null })
  const later = {
    event_types: ['asset.moved'],
    filter,
    since: new Date(nowMs - hourMs + 1_150).toISOString(),
  }
  expect((await a('POST', '/webhooks/filter-preview', later)).body.data).toMatchObject({ matched: 25 })
  const newest = { event_types: ['*'], filter: null, newest: 3 }
  expect((await a('POST', '/webhooks/filter-preview', newest)).body.data).toMatchObject({ scanned: 3 })
  const foreign = await b('POST', '/webhooks/filter-preview', { event_types: ['*'], filter: null })
  expect(foreign.body.data).toMatchObject({ scanned: 1, matched: 1 })
})

test('a subtree is previewed and explained by what was recorded with the event, and what was recorded before is named', async () => {
  const filter = '"WH-1" in event.location_path'
  const atMs = Date.now() + 61_000
  await record(orgB, [
    { n: 4_100, atMs, type: 'location.entered', paths: { at: ['BAY-3', 'WH-1'], from: [] } },
    { n: 4_101, atMs: atMs + 1, type: 'location.entered', paths: { at: ['DOCK'], from: ['WH-1'] } },
    { n: 4_102, atMs: atMs + 2, type: 'location.entered', paths: null },
  ])
  const scope = { orgId: orgB, sinceMs: atMs - 1, untilMs: atMs + 10, filter }
  const ports = {
    pages: jobPages(pg),
    judgeFilter: openFilterJudge(),
    monotonicMs: () => 0,
    yieldTurn: async () => undefined,
  }
  const preview = await previewFilter(ports, { ...scope, eventTypes: ['location.entered'] })
  expect(preview).toMatchObject({ scanned: 3, matched: 1, isComplete: true })
  expect(preview.samples.map(({ eventId, refusal }) => [eventId, refusal])).toEqual([
    [eventIdOf(4_100), null],
    [eventIdOf(4_101), { clause: filter, failure: null }],
    [eventIdOf(4_102), { clause: filter, failure: 'No such key: location_path' }],
  ])
  const subscriptions = [{ event_type: 'location.entered', filter }]
  const { id } = (await b('POST', '/webhooks', { url, subscriptions })).body.data
  const why = async (n: number) => (await b('GET', `/events/${eventIdOf(n)}/why?webhook_id=${id}`)).body.data
  expect((await why(4_100))['code']).not.toBe('filtered')
  expect(await why(4_101)).toMatchObject({ code: 'filtered', subscription: { failure: null } })
  expect(await why(4_102)).toMatchObject({
    code: 'filtered',
    subscription: { clause: filter, failure: 'No such key: location_path' },
  })
})

test('a preview says of a filter that is none what a webhook would say; and wants its scope', async () => {
  const ask = async (part: object) =>
    (await a('POST', '/webhooks/filter-preview', { event_types: ['*'], filter: 'true', ...part })).body.error
      .fields
  expect(await ask({ filter: 'data.n >' })).toEqual([
    expect.objectContaining({ field: 'filter', code: 'invalid_value', params: { line: 1, column: 9 } }),
  ])
  expect(await ask({ since: new Date(nowMs - 25 * hourMs).toISOString() })).toMatchObject([
    { field: 'since' },
  ])
  expect(await ask({ event_types: ['asset.flown'] })).toMatchObject([{ field: 'event_types.0' }])
  expect((await weak('POST', '/webhooks/filter-preview', { event_types: ['*'], filter: null })).status).toBe(
    403,
  )
})

test('V2: a preview ends at its bound or when its time is over, and says how far it came', async () => {
  let readMs = 0
  const ports = {
    pages: jobPages(pg),
    judgeFilter: openFilterJudge(),
    monotonicMs: () => (readMs += 1),
    yieldTurn: async () => undefined,
  }
  const scope = {
    ...{ orgId: orgA, sinceMs: nowMs - hourMs + 1_000, untilMs: nowMs, filter: 'data.n % 2 == 0' },
    eventTypes: ['asset.moved', 'asset.scanned'],
  }
  const bounded = await previewFilter(ports, scope, { scannedMax: 700, budgetMs: 1e9 })
  expect(bounded).toMatchObject({ scanned: 700, isComplete: false, toMs: nowMs - hourMs + 1_699 })
  const hurried = await previewFilter(ports, scope, { scannedMax: 100_000, budgetMs: 200 })
  expect(hurried.isComplete).toBe(false)
  expect(hurried.scanned).toBeGreaterThan(100)
  expect(hurried.scanned).toBeLessThan(200)
  expect(await previewFilter(ports, scope)).toMatchObject({ scanned: 1_200, isComplete: true })
})
