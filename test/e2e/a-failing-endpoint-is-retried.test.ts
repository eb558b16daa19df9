/**
 * A failing endpoint gets its deliveries through the retry tiers, with a scale on time instead of waiting: bodies
 * byte-identical, webhook-id stable, every attempt verifiable when it arrives, none earlier than promised.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { isComplete } from '../harness/ledger.ts'
import type { Received } from '../harness/receiver.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { expectedOfWalk, furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

/** 5 s, 15 s, 45 s, 135 s become 50 ms to 1.35 s; the tiers 10 s, 1 m and so on become 100 ms, 600 ms. */
const timeScale = 100
/** Fewer requests at a time than the hanging endpoint alone would take, so that it must be kept to its share. */
const concurrency = { DISPATCHER_CONCURRENCY: '16', DISPATCHER_ENDPOINT_CONCURRENCY: '8' }
/** Of the profile: so long a request to the hanging endpoint keeps its slot. Real time, never scaled. */
const timeoutMs = 15_000
/** Real time, too: beyond anything that the scaled schedule would wait. */
const retryAfterS = 3
let world: World
let warehouse: Warehouse
let failing: RegisteredEndpoint
let busy: RegisteredEndpoint
let expected: readonly string[]

interface LogEntry {
  readonly state: string
  readonly attempts: readonly {
    readonly attempt_number: number
    readonly response_status: number | null
    readonly disposition: string
  }[]
}

beforeAll(async () => {
  world = await openWorld({ timeScale, env: concurrency })
  await startServices(world)
  warehouse = await furnishWarehouse(world, 10)
  failing = await registerEndpoint(world, '/failing')
  await registerEndpoint(world, '/hanging')
  await registerEndpoint(world, '/healthy')
  await registerEndpoint(world, '/gone', { eventTypes: ['asset.moved'] })
  busy = await registerEndpoint(world, '/busy', { eventTypes: ['asset.moved'] })
  world.receiver.script('/busy', (_request, nth) =>
    nth === 1 ? { status: 503, headers: { 'retry-after': `${retryAfterS}` } } : { status: 200 },
  )
  // Retried like a 500, and no failure to the breaker, whose pauses are another story (overloaded receivers).
  world.receiver.script('/failing', (_request, nth) => ({ status: nth <= 4 ? 404 : 200 }))
  world.receiver.script('/hanging', () => 'hang')
  world.receiver.script('/gone', () => ({ status: 410 }))
  expected = expectedOfWalk(warehouse, [0])
  await startWalk(world, warehouse, [0]).finished
})

afterAll(async () => {
  await world?.close()
})

const byMessage = (requests: readonly Received[]): Received[][] => [
  ...Map.groupBy(requests, ({ headers }) => String(headers['webhook-id'])).values(),
]

test('after four failures each message is delivered by the fifth attempt, through the tiers', async () => {
  await waitUntil('five attempts of every message', () => {
    const groups = byMessage(world.receiver.received('/failing'))
    return groups.length === expected.length && groups.every((group) => group.length >= 5)
  })
  for (const group of byMessage(world.receiver.received('/failing'))) {
    expect(new Set(group.map(({ body }) => body)).size).toBe(1)
    for (const request of group) expect(() => verifyStandard(request, failing.secret)).not.toThrow()
    const gapsMs = group
      .slice(1)
      .map((request, index) => request.receivedAtMs - (group[index]?.receivedAtMs ?? 0))
    // Base 5 s, factor 3, ±20 % jitter, scaled: never earlier than the shortest that was promised.
    gapsMs.forEach((gapMs, index) => {
      expect(gapMs).toBeGreaterThanOrEqual(Math.floor((5_000 * 3 ** index * 0.8) / timeScale) - 2)
    })
  }
})

test('a hanging endpoint does not keep a healthy one from its events', async () => {
  await waitUntil('the healthy endpoint has everything', () =>
    isComplete(world.receiver.received('/healthy'), expected),
  )
  const healthy = world.receiver.received('/healthy')
  expect(healthy).toHaveLength(expected.length)
  const hanging = world.receiver.received('/hanging')
  expect(hanging.length).toBeGreaterThan(0)
  // Before the first hanging request gave its slot back, so it can't have waited for one.
  const tookMs = (healthy.at(-1)?.receivedAtMs ?? 0) - (hanging[0]?.receivedAtMs ?? 0)
  expect(tookMs).toBeLessThan(timeoutMs)
})

test('Retry-After is waited for in full, and the attempt after it is signed with its own time', async () => {
  await waitUntil('each message was accepted at the second attempt', () => {
    const groups = byMessage(world.receiver.received('/busy'))
    return groups.length === warehouse.assets.length && groups.every((group) => group.length === 2)
  })
  for (const [first, second] of byMessage(world.receiver.received('/busy'))) {
    if (first === undefined || second === undefined) throw new Error('a message without two attempts')
    // The answer is given after the request was noted, so what lies between them can only be longer.
    expect(second.receivedAtMs - first.receivedAtMs).toBeGreaterThanOrEqual(retryAfterS * 1_000)
    expect(second.body).toBe(first.body)
    for (const request of [first, second]) {
      expect(() => verifyStandard(request, busy.secret)).not.toThrow()
      // Seconds are cut off, and an attempt begins before it arrives.
      const ageMs = request.receivedAtMs - Number(request.headers['webhook-timestamp']) * 1_000
      expect(ageMs).toBeLessThan(2_000)
    }
  }
})

test('the log tells every attempt, and 410 ends a delivery at once', async () => {
  const entries = async (path: string): Promise<LogEntry[]> => {
    const endpoints = await world.api.data<{ id: number; name: string }[]>(
      'GET',
      '/api/v1/webhooks?limit=200',
    )
    const id = endpoints.find(({ name }) => name === path)?.id
    const page = await world.api.data<{ id: string }[]>(
      'GET',
      `/api/v1/deliveries?webhook_id=${id}&limit=200`,
    )
    return Promise.all(page.map((each) => world.api.data<LogEntry>('GET', `/api/v1/deliveries/${each.id}`)))
  }
  await waitUntil('the log has all five attempts of each delivery', async () => {
    const failed = await entries('/failing')
    return (
      failed.length === expected.length &&
      failed.every(({ attempts, state }) => attempts.length === 5 && state === 'delivered')
    )
  })
  const [delivery] = await entries('/failing')
  expect(delivery?.attempts.map(({ attempt_number }) => attempt_number)).toEqual([1, 2, 3, 4, 5])
  expect(delivery?.attempts.map(({ response_status }) => response_status)).toEqual([404, 404, 404, 404, 200])
  await waitUntil('the gone endpoint has its deliveries dead', async () => {
    const gone = await entries('/gone')
    return (
      gone.length === warehouse.assets.length &&
      gone.every(({ state, attempts }) => state === 'dead' && attempts.length <= 1)
    )
  })
  // What was under way when the first 410 came; the rest is told no more.
  const told = world.receiver.received('/gone').length
  expect(told).toBeGreaterThan(0)
  expect(told).toBeLessThanOrEqual(4)
})
