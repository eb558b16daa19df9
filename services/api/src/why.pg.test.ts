/** What became of an event is told over HTTP, on a real PostgreSQL. */
import { plainSubscription } from '@scanhook/domain/endpoint'
import { explanationCodes } from '@scanhook/domain/explaining/explain-delivery'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { type DeliveryRow, deliveries } from '@scanhook/postgres/deliveries'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { type EndpointChange, endpoints } from '@scanhook/postgres/endpoints'
import { events } from '@scanhook/postgres/events'
import { history } from '@scanhook/postgres/history'
import type { Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addWhyRoute } from './why/routes.ts'

interface Why {
  readonly webhook_id: number
  readonly code: string
  readonly detail: string
  readonly [field: string]: unknown
}
interface Answer {
  readonly data: Why & readonly Why[]
  readonly limit: number
  readonly offset: number
  readonly total_count: number
  readonly error: { readonly type: string; readonly status: number; readonly detail: string }
}

let it: ApiOverPostgres
let pg: Postgres
let a: ApiCall<Answer>
let b: ApiCall<Answer>
let weak: ApiCall<Answer>
let orgA = 0
let orgB = 0

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** The events of these tests came in here; the answers are asked for a quarter of an hour later. */
const receivedAtMs = Date.parse('2026-03-02T10:15:00Z')
const nowMs = receivedAtMs + 15 * minuteMs
const at = (afterMs: number): string => new Date(receivedAtMs + afterMs).toISOString()
const eventIdOf = (n: number): string => `00000002-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
const deliveryIdOf = (n: number): string => `00000001-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
let deliveryCount = 0

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'why',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read'],
    weakScopes: ['tracking:read'],
  })
  ;({ pg, orgA, orgB } = it)
  const { api } = it
  addWhyRoute(api, {
    events: events(pg),
    endpoints: endpoints(pg),
    versions: endpointVersions(pg),
    deliveries: deliveries(pg),
    judgeFilter: openFilterJudge(),
    nowMs: () => nowMs,
  })
  const { caller } = await it.listen()
  a = caller('a')
  b = caller('b')
  weak = caller('weak')
  await recordEvent(orgA, 1)
  await recordEvent(orgB, 2)
})
afterAll(async () => {
  await it?.close()
})

async function recordEvent(orgId: number, n: number, atMs: number = receivedAtMs): Promise<void> {
  const nothing = { assetId: null, sequence: null, previousEventId: null, transitionId: null }
  const times = { occurredAtMs: atMs - 500, receivedAtMs: atMs }
  await history(pg).recordEvents(
    [
      {
        eventId: eventIdOf(n),
        orgId,
        type: 'asset.moved',
        subject: 'asset:5',
        ...times,
        ...nothing,
        dataJson: '{}',
      },
    ],
    { scans: [], locations: [] },
    nowMs,
  )
}

/** What no store does: a past is made. */
async function run(text: string, values: readonly unknown[]): Promise<readonly object[]> {
  const session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  try {
    return await session.query(text, values)
  } finally {
    await session.close()
  }
}

type Change = EndpointChange | 'delete'

/** An endpoint with a past: made `afterMs` after the event came in, changed at the times that are given. */
async function endpoint(
  afterMs: number,
  wants: readonly string[],
  changes: readonly (readonly [afterMs: number, change: Change])[] = [],
  orgId: number = orgA,
): Promise<number> {
  const made = await endpoints(pg).create(
    orgId,
    {
      ...{ url: 'https://example.test/hook', state: 'active', profile: 'standard', headers: {} },
      subscriptions: wants.map(plainSubscription),
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    500,
  )
  if (made.kind !== 'changed') throw new Error(made.kind)
  const { id } = made.row
  await run('update endpoints set created_at = $1 where id = $2', [at(afterMs), id])
  for (const [, change] of changes) {
    if (change === 'delete') await endpoints(pg).remove(orgId, id)
    else await endpoints(pg).update(orgId, id, change)
  }
  for (const [index, eachMs] of [afterMs, ...changes.map(([changedMs]) => changedMs)].entries())
    await run(
      `update endpoint_versions set valid_from = $1, endpoint_created_at = $2
      where endpoint_id = $3 and version = $4`,
      [at(eachMs), at(afterMs), id, index + 1],
    )
  const deletedAt = changes.find(([, change]) => change === 'delete')?.[0]
  if (deletedAt !== undefined)
    await run('update endpoints set deleted_at = $1 where id = $2', [at(deletedAt), id])
  return id
}

async function delivery(endpointId: number, told: Partial<DeliveryRow> = {}): Promise<string> {
  deliveryCount += 1
  const deliveryId = deliveryIdOf(deliveryCount)
  const row: DeliveryRow = {
    ...{ deliveryId, orgId: orgA, endpointId, eventId: eventIdOf(1), eventType: 'asset.moved' },
    ...{ eventOccurredAtMs: receivedAtMs - 500, trigger: 'event', state: 'pending', attempts: 2 },
    ...{ nextAttemptAtMs: null, deadReason: null, heldReason: null, createdAtMs: receivedAtMs },
    ...{ firstAttemptAtMs: receivedAtMs, lastAttemptAtMs: receivedAtMs + 15_000, lastStatus: 503 },
    ...{ lastErrorClass: null, completedAtMs: null, supersededBy: null, rankAttemptNumber: 2 },
    ...{ rankAtMs: receivedAtMs, manualChains: null, ...told },
  }
  await history(pg).recordAttempts([], [row], nowMs)
  return row.deliveryId
}

/** All fields, as they are when they say nothing. */
const silence = {
  ...{ since: null, until: null, age_ms: null, late_by_ms: null, attempt_number: null, event_types: null },
  ...{ subscription: null, delivery_id: null, dead_reason: null, held_reason: null, superseded_by: null },
  ...{ attempt_count: null, last_response_status: null, last_error_class: null, is_certain: true },
}

async function why(webhookId: number, n: number = 1): Promise<Why> {
  const { status, body } = await a('GET', `/events/${eventIdOf(n)}/why?webhook_id=${webhookId}`)
  expect(status).toBe(200)
  expect(explanationCodes).toContain(body.data.code)
  return body.data
}

const before = -10 * hourMs
const moved = ['asset.moved']
const scanned = ['asset.scanned']

async function told(webhookId: number, expected: Readonly<Record<string, unknown>>): Promise<void> {
  const about = { webhook_id: webhookId, event_id: eventIdOf(1), event_type: 'asset.moved' }
  expect(await why(webhookId)).toEqual({
    ...{ ...about, event_received_at: at(0), detail: expect.any(String), ...silence, ...expected },
  })
}

test('delivered: when, and after how many requests', async () => {
  const id = await endpoint(before, moved)
  const deliveryId = await delivery(id, {
    ...{ state: 'delivered', lastStatus: 200, completedAtMs: receivedAtMs + 15_200 },
  })
  await told(id, {
    ...{ code: 'delivered', since: at(15_200), delivery_id: deliveryId, attempt_count: 2 },
    last_response_status: 200,
    detail: `it was delivered at ${at(15_200)}`,
  })
})

test('waiting: until when, for which attempt, and what was answered', async () => {
  const id = await endpoint(before, moved)
  const deliveryId = await delivery(id, { nextAttemptAtMs: nowMs + 30_000 })
  await told(id, {
    ...{ code: 'waiting', until: at(15 * minuteMs + 30_000), attempt_number: 3, delivery_id: deliveryId },
    ...{ attempt_count: 2, last_response_status: 503 },
    detail: `it waits for attempt 3, due at ${at(15 * minuteMs + 30_000)}; at the last request the endpoint answered 503`,
  })
})

test('waiting: of several chains, the one that goes on first', async () => {
  const id = await endpoint(before, moved)
  const chain = {
    ...{ state: 'pending' as const, attempts: 0, nextAttemptAtMs: nowMs + 5_000, deadReason: null },
    ...{
      heldReason: 'rate_limited',
      completedAtMs: null,
      supersededBy: null,
      rankAttemptNumber: 1,
      rankAtMs: nowMs,
    },
  }
  const deliveryId = await delivery(id, {
    ...{ nextAttemptAtMs: nowMs + 30_000, manualChains: { [nowMs - 1]: chain } },
  })
  await told(id, {
    ...{ code: 'held', held_reason: 'rate_limited', until: at(15 * minuteMs + 5_000), attempt_number: 1 },
    ...{ delivery_id: deliveryId, attempt_count: 2, last_response_status: 503 },
  })
})

test('held and paused: why, and until when', async () => {
  const held = await endpoint(before, moved)
  const paused = await endpoint(before, moved, [[-hourMs, { state: 'paused' }]])
  const planned = { nextAttemptAtMs: nowMs + 30_000, attempts: 0, lastStatus: null }
  const one = await delivery(held, { ...planned, heldReason: 'breaker_open' })
  const two = await delivery(paused, { ...planned, heldReason: 'endpoint_paused' })
  const common = { until: at(15 * minuteMs + 30_000), attempt_number: 1, attempt_count: 0 }
  await told(held, { ...common, code: 'held', held_reason: 'breaker_open', delivery_id: one })
  await told(paused, { ...common, code: 'paused', held_reason: 'endpoint_paused', delivery_id: two })
})

test('dead and superseded: why', async () => {
  const dead = await endpoint(before, moved)
  const superseded = await endpoint(before, moved)
  const ended = { state: 'dead' as const, completedAtMs: receivedAtMs + 15_200, lastStatus: 410 }
  const one = await delivery(dead, { ...ended, deadReason: 'gone' })
  const two = await delivery(superseded, { ...ended, deadReason: 'superseded', supersededBy: eventIdOf(9) })
  const common = { since: at(15_200), attempt_count: 2, last_response_status: 410 }
  await told(dead, {
    ...{ ...common, code: 'dead', dead_reason: 'gone', delivery_id: one },
    detail: `it was given up at ${at(15_200)}: the endpoint answered 410 Gone; at the last request the endpoint answered 410`,
  })
  await told(superseded, {
    ...{
      ...common,
      code: 'superseded',
      dead_reason: 'superseded',
      superseded_by: eventIdOf(9),
      delivery_id: two,
    },
  })
})

test('no delivery, because it was not subscribed: what it was subscribed to', async () => {
  const id = await endpoint(before, ['asset.scanned', 'document.*'])
  await told(id, {
    ...{ code: 'not_subscribed', event_types: ['asset.scanned', 'document.*'] },
    detail: 'the webhook did not want asset.moved: its event types were asset.scanned, document.*',
  })
})

test('no delivery, because it was subscribed too late: by how much', async () => {
  const changed = await endpoint(before, scanned, [
    [5 * minuteMs, { subscriptions: [plainSubscription('asset.*')] }],
  ])
  const made = await endpoint(12_000, moved)
  await told(changed, { code: 'subscribed_too_late', since: at(5 * minuteMs), late_by_ms: 5 * minuteMs })
  await told(made, {
    ...{ code: 'subscribed_too_late', since: at(12_000), late_by_ms: 12_000 },
    detail: `the webhook wanted it only from ${at(12_000)} on, 12 s after it came in`,
  })
})

test('no delivery, because it was disabled or deleted: since when', async () => {
  const disabled = await endpoint(before, moved, [
    [-3 * hourMs, { state: 'disabled' }],
    [-2 * hourMs, { url: 'https://example.test/other' }],
    [hourMs, { state: 'active' }],
  ])
  const deleted = await endpoint(before, moved, [[-2 * hourMs, 'delete']])
  await told(disabled, { code: 'disabled', since: at(-3 * hourMs) })
  await told(deleted, { code: 'deleted', since: at(-2 * hourMs) })
})

test('no delivery, although it was wanted: it is on its way, and found if it is lost', async () => {
  const id = await endpoint(before, moved)
  await told(id, { code: 'on_its_way', age_ms: 15 * minuteMs, until: '2026-03-02T11:20:00.000Z' })
  await recordEvent(orgA, 3, nowMs - 20_000)
  await recordEvent(orgA, 4, nowMs - 5 * hourMs)
  expect(await why(id, 3)).toMatchObject({ code: 'on_its_way', age_ms: 20_000, until: null })
  expect(await why(id, 4)).toMatchObject({ code: 'missing', until: '2026-03-02T06:20:00.000Z' })
})

test('where its settings were changed about then, or are not kept, that is said', async () => {
  const changed = await endpoint(before, moved, [[-2_000, { subscriptions: [plainSubscription('*')] }]])
  const stopped = await endpoint(before, moved, [[2_000, { subscriptions: [] }]])
  const forgotten = await endpoint(before, moved, [[minuteMs, { url: 'https://example.test/other' }]])
  await run(`delete from endpoint_versions where endpoint_id = $1 and version = 1`, [forgotten])
  expect((await why(changed))['is_certain']).toBe(true)
  expect(await why(stopped)).toMatchObject({
    ...{ code: 'on_its_way', until: null, is_certain: false },
    detail: expect.stringMatching(/not certain, because the webhook was changed within 1 min of the event$/),
  })
  await told(forgotten, { code: 'history_unknown', since: at(minuteMs), is_certain: false })
})

test('without a webhook the answer is for all that the event may have been for, bounded, and equal to each by itself', async () => {
  const gone = await endpoint(before, moved, [[hourMs, 'delete']])
  const goneEarlier = await endpoint(before, moved, [[-2 * hourMs, 'delete']])
  const goneButSent = await endpoint(before, moved, [[-2 * hourMs, 'delete']])
  const deliveryId = await delivery(goneButSent, { state: 'dead', deadReason: 'endpoint_deleted' })
  const theirs = await endpoint(before, moved, [], orgB)
  const { status, body } = await a('GET', `/events/${eventIdOf(1)}/why`)
  expect([status, body.limit, body.offset, body.total_count]).toEqual([200, 200, 0, body.data.length])
  const ids = body.data.map(({ webhook_id: id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const each of body.data) expect(await why(each.webhook_id)).toEqual(each)
  const rows = await run(
    `
    select id, deleted_at is not null as is_deleted from endpoints where org_id = $1 order by 2, created_at desc, id`,
    [orgA],
  )
  const living = rows.flatMap((row) =>
    'id' in row && 'is_deleted' in row && row.is_deleted === false ? [Number(row.id)] : [],
  )
  expect(ids.slice(0, living.length)).toEqual(living)
  expect(new Set(ids.slice(living.length))).toEqual(new Set([gone, goneButSent]))
  expect(body.data.find(({ webhook_id: id }) => id === goneButSent)).toMatchObject({
    ...{ code: 'dead', dead_reason: 'endpoint_deleted', delivery_id: deliveryId },
  })
  expect([goneEarlier, theirs].filter((id) => ids.includes(id))).toEqual([])
})

test('the list ends after 200, and says how many there are', async () => {
  const third = (await organizations(pg).ensure('C')).id
  await recordEvent(third, 5)
  await run(
    `insert into endpoints (org_id, url, state, profile, headers)
    select $1, 'https://example.test', 'active', 'standard', '{}' from generate_series(1, 201)`,
    [third],
  )
  const concerned = {
    eventId: eventIdOf(5),
    occurredAtMs: receivedAtMs,
    existedAtMs: receivedAtMs,
    limit: 200,
  }
  const { ids, totalCount } = await endpoints(pg).listConcerned(third, concerned)
  expect([ids.length, totalCount]).toEqual([200, 201])
})

test('what is unknown, or of another organization, is not there', async () => {
  const own = await endpoint(before, moved)
  const theirs = await endpoint(before, moved, [], orgB)
  for (const [call, path, noun] of [
    [a, `/events/${eventIdOf(99)}/why?webhook_id=${own}`, 'event'],
    [a, `/events/${eventIdOf(99)}/why`, 'event'],
    [a, `/events/${eventIdOf(2)}/why?webhook_id=${own}`, 'event'],
    [a, `/events/${eventIdOf(2)}/why`, 'event'],
    [a, `/events/${eventIdOf(1)}/why?webhook_id=${theirs}`, 'webhook'],
    [a, `/events/${eventIdOf(1)}/why?webhook_id=${Number.MAX_SAFE_INTEGER}`, 'webhook'],
    [b, `/events/${eventIdOf(1)}/why?webhook_id=${theirs}`, 'event'],
    [b, `/events/${eventIdOf(2)}/why?webhook_id=${own}`, 'webhook'],
  ] as const) {
    const { status, body } = await call('GET', path)
    expect([status, body.error]).toMatchObject([
      404,
      { type: 'not_found', detail: `there is no such ${noun}` },
    ])
  }
})

test.each(['webhook_id=x', 'webhook_id=1&webhook_id=2', 'limit=5'])('%s is refused', async (query) => {
  expect((await a('GET', `/events/${eventIdOf(1)}/why?${query}`)).status).toBe(400)
})

test('it takes the scope of the log', async () => {
  expect((await weak('GET', `/events/${eventIdOf(1)}/why`)).status).toBe(403)
})
