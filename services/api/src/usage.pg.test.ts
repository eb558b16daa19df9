/** Usage over HTTP, on a real PostgreSQL. That it is counted right, packages/postgres/src/usage.pg.test.ts shows. */
import type { AttemptRow } from '@scanhook/postgres/attempts'
import { history } from '@scanhook/postgres/history'
import { usage } from '@scanhook/postgres/usage'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUsageRoutes } from './usage/routes.ts'

interface Answer {
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly total_count: number
  readonly error: { readonly fields: readonly { readonly field: string; readonly code: string }[] }
}

let it: ApiOverPostgres
let a: ApiCall<Answer>
let b: ApiCall<Answer>
let weak: ApiCall<Answer>
const dayMs = 86_400_000
const nowMs = Date.parse('2026-11-26T12:00:00Z')

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'usage_api',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read'],
    weakScopes: ['tracking:read'],
  })
  addUsageRoutes(it.api, { usage: usage(it.pg), nowMs: () => nowMs })
  const { caller } = await it.listen()
  a = caller('a')
  b = caller('b')
  weak = caller('weak')
  const store = history(it.pg)
  await store.recordEvents(
    [1, 2, 3].map((n) => ({
      ...{
        eventId: uuid(n),
        orgId: it.orgA,
        type: 'asset.moved',
        subject: 'asset:5',
        assetId: 5,
        sequence: n,
      },
      ...{ previousEventId: null, transitionId: null, dataJson: '{}' },
      ...{ occurredAtMs: nowMs, receivedAtMs: nowMs },
    })),
    { scans: [], locations: [] },
    nowMs,
  )
  await store.recordAttempts(
    [
      attempt(1, { endpointId: 7, disposition: 'retry', status: 500, totalMs: 100 }),
      attempt(1, { endpointId: 7, attemptNumber: 2, startedAtMs: nowMs + 5_000, totalMs: 10 }),
      attempt(2, { endpointId: 8, startedAtMs: nowMs - 40 * dayMs + dayMs * 11 }),
      attempt(3, { endpointId: 8, disposition: 'dead', reason: 'expired', outcome: null, totalMs: null }),
    ],
    [],
    nowMs,
  )
})
afterAll(async () => {
  await it?.close()
})

const uuid = (n: number): string => `00000000-0000-5000-8000-${n.toString(16).padStart(12, '0')}`

function attempt(n: number, change: Partial<AttemptRow>): AttemptRow {
  const nothing = { responseHeadersJson: null, responseBody: null, isBodyTruncated: null, retryAfterMs: null }
  const untimed = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null }
  return {
    ...{ ...nothing, ...untimed, batchId: null, batchSize: null, remoteAddress: null, nextAttemptAtMs: null },
    ...{
      deliveryId: uuid(n),
      attemptNumber: 1,
      disposition: 'delivered',
      startedAtMs: nowMs,
      orgId: it.orgA,
    },
    ...{
      endpointId: 7,
      eventId: uuid(n),
      eventType: 'asset.moved',
      trigger: 'event',
      url: 'https://example.test',
    },
    ...{ requestHeadersJson: '{}', requestBody: '{}', outcome: 'responded', status: 200, errorClass: null },
    ...{ errorMessage: null, totalMs: 10, reason: null },
    ...change,
  }
}

const nothingDone = { delivered: 0, dead: 0, expired: 0, superseded: 0 }

test('usage is told by webhook and day, the newest day first', async () => {
  const { status, body } = await a('GET', '/usage')
  expect(status).toBe(200)
  expect(body.total_count).toBe(3)
  expect(body.data).toEqual([
    {
      ...{ day: '2026-11-26', webhook_id: 7, events: 1, attempts: 2, success_rate: 0.5 },
      deliveries: { ...nothingDone, delivered: 1 },
      latency_ms: { p50: expect.closeTo(10, -0.5), p95: expect.any(Number), p99: expect.any(Number) },
    },
    {
      ...{ day: '2026-11-26', webhook_id: 8, events: 0, attempts: 0, success_rate: null },
      deliveries: { ...nothingDone, expired: 1 },
      latency_ms: { p50: null, p95: null, p99: null },
    },
    expect.objectContaining({ day: '2026-10-28', webhook_id: 8, attempts: 1, success_rate: 1 }),
  ])
})

test('totals have all webhooks together, and what came in', async () => {
  const { body } = await a('GET', '/usage/totals?from=2026-11-26')
  expect(body.data).toEqual([
    expect.objectContaining({
      ...{ day: '2026-11-26', events_recorded: 3, events: 1, attempts: 2, success_rate: 0.5 },
      deliveries: { ...nothingDone, delivered: 1, expired: 1 },
    }),
  ])
})

test.each([
  ['webhook_id=8', 2],
  ['webhook_id=7&webhook_id=8', 3],
  ['from=2026-11-26', 2],
  ['to=2026-10-28', 1],
  ['from=2026-10-29&to=2026-11-25', 0],
  ['from=2026-08-27&to=2026-11-26', 3],
  ['from=2026-11-27&to=2026-11-26', 0],
  ['to=0001-01-02', 0],
  ['from=9999-12-31', 0],
])('?%s finds %i rows', async (query, count) => {
  const { status, body } = await a('GET', `/usage?${query}`)
  expect([status, body.data.length, body.total_count]).toEqual([200, count, count])
})

test.each(['usage', 'usage/totals'])('%s is asked for 92 days at most', async (path) => {
  for (const query of ['from=2026-08-26&to=2026-11-26', 'from=2026-08-26']) {
    const { status, body } = await a('GET', `/${path}?${query}`)
    expect([status, body.error.fields[0]?.field]).toEqual([400, 'from'])
  }
})

test('nobody sees the usage of others, nor any without the scope', async () => {
  for (const path of ['usage', 'usage/totals']) {
    expect((await b('GET', `/${path}`)).body.data).toEqual([])
    expect((await weak('GET', `/${path}`)).status).toBe(403)
  }
})
