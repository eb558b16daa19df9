import { randomUUID } from 'node:crypto'
import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import { type EndpointId, endpointId } from '@scanhook/domain/ids'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type EndpointStateReader, openEndpointStateReader } from './endpoint-state-reader.ts'
import { type EndpointStates, type EndpointStatesOptions, openEndpointStates } from './endpoint-states.ts'

const direct = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:0')
const opened: (EndpointStates | EndpointStateReader)[] = []
const hour = 3_600_000
let nowMs: number
let door: TcpDoor
let raw: Redis
let options: EndpointStatesOptions

beforeEach(async () => {
  nowMs = 1_780_000_000_000
  door = await openTcpDoor({ host: direct.hostname, port: Number(direct.port) })
  raw = new Redis(direct.href)
  const url = new URL(direct.href)
  url.port = `${door.port}`
  const log = openLog({ name: 'test', level: 'fatal' })
  options = {
    url: url.href,
    log,
    metrics: openMetrics(),
    key: `t${randomUUID()}:states`,
    nowMs: () => nowMs,
    commandTimeoutMs: 10_000,
  }
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((states) => states.close()))
  await raw.del(options.key)
  raw.disconnect()
  await door.shut()
})

async function ready(changes: Partial<EndpointStatesOptions> = {}): Promise<EndpointStates> {
  const states = openEndpointStates({ ...options, ...changes })
  opened.push(states)
  await vi.waitFor(async () => expect(await states.save(new Map([[endpointId(1), null]]))).toBe(true))
  return states
}

const shared = (changes: Partial<EndpointShared> = {}): EndpointShared => ({
  breaker: { state: 'open', untilMs: nowMs + 30_000, openings: 2, epoch: 7 },
  sinceMs: nowMs - 5_000,
  limit: 12,
  atMs: nowMs,
  ...changes,
})
const many = (count: number): Map<EndpointId, EndpointShared> =>
  new Map(Array.from({ length: count }, (_, index) => [endpointId(index + 1), shared({ limit: index })]))

test('what one owner saved the next one loads, and what was removed is gone', async () => {
  const before = await ready()
  const breaker = { state: 'half_open', untilMs: nowMs, openings: 1, epoch: 3 } as const
  await before.save(
    new Map([
      [endpointId(7), shared()],
      [endpointId(8), shared({ breaker })],
      [endpointId(9), shared({ breaker: null, sinceMs: null, limit: null })],
    ]),
  )
  await before.save(new Map([[endpointId(7), null]]))
  const after = await ready()
  expect([...(await after.loadAll())].sort(([left], [right]) => left - right)).toEqual([
    [8, shared({ breaker })],
    [9, shared({ breaker: null, sinceMs: null, limit: null })],
  ])
})

test('2,500 endpoints go over several commands, both ways', async () => {
  const states = await ready()
  expect(await states.save(many(2_500))).toBe(true)
  expect(await states.loadAll()).toEqual(many(2_500))
  expect(await states.save(new Map([...many(2_500).keys()].map((id) => [id, null])))).toBe(true)
  expect(await states.loadAll()).toEqual(new Map())
})

test('E2: broken entries are passed over', async () => {
  const states = await ready()
  const good = JSON.stringify(shared())
  const broken = [
    'no JSON',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...shared(), atMs: 'today' }),
    JSON.stringify({ ...shared(), limit: -1 }),
    JSON.stringify({ ...shared(), breaker: {} }),
    JSON.stringify({ ...shared(), breaker: { ...shared().breaker, state: 'closed' } }),
    JSON.stringify({ ...shared(), breaker: { ...shared().breaker, openings: 0 } }),
    JSON.stringify({ ...shared(), breaker: { ...shared().breaker, untilMs: 1e300 } }),
  ]
  await raw.hset(options.key, ...broken.flatMap((text, index) => [`${100 + index}`, text]))
  await raw.hset(options.key, 'not a number', good, '5', good)
  expect([...(await states.loadAll()).keys()]).toEqual([5])
})

test('E3: entries of before yesterday are not loaded, and are removed', async () => {
  const states = await ready()
  await states.save(
    new Map([
      [endpointId(1), shared({ atMs: nowMs - 24 * hour - 1 })],
      [endpointId(2), shared({ atMs: nowMs - 24 * hour })],
      [endpointId(3), shared({ atMs: nowMs + 48 * hour })],
    ]),
  )
  expect([...(await states.loadAll()).keys()]).toEqual([2])
  await vi.waitFor(async () => expect(await raw.hkeys(options.key)).toEqual(['2']))
})

test('E1: with Redis gone nothing is known, at once, and it comes back by itself', async () => {
  const states = await ready()
  await states.save(many(3))
  await door.shut()
  await vi.waitFor(async () => expect(await states.save(many(3))).toBe(false))
  expect(await states.loadAll()).toEqual(new Map())
  await door.open()
  await vi.waitFor(async () => expect((await states.loadAll()).size).toBe(3), 10_000)
})

test('E1: a Redis that says nothing costs one timeout, for saving and for loading', async () => {
  const states = await ready({ commandTimeoutMs: undefined })
  door.freeze()
  const startedAt = performance.now()
  expect(await states.save(many(2_500))).toBe(false)
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  const silentAt = performance.now()
  for (let count = 0; count < 1_000; count += 1) await states.save(many(1))
  expect(await states.loadAll()).toEqual(new Map())
  expect(performance.now() - silentAt).toBeLessThan(250)
  door.thaw()
  await vi.waitFor(async () => expect(await states.save(many(3))).toBe(true), 10_000)
})

test('E1: a Redis that refuses is no error', async () => {
  const states = await ready()
  await raw.set(options.key, 'not a hash')
  expect(await states.save(many(3))).toBe(false)
  expect(await states.loadAll()).toEqual(new Map())
})

async function reader(): Promise<EndpointStateReader> {
  const states = openEndpointStateReader(options)
  opened.push(states)
  await vi.waitFor(async () => expect(await states.find([endpointId(1)])).not.toBeNull())
  return states
}

test('R3: whoever looks finds single endpoints and lists those that are wanted, up to a bound, of today', async () => {
  const states = await ready()
  await states.save(many(2_500))
  await states.save(
    new Map([
      [endpointId(9_001), shared({ breaker: null, sinceMs: null })],
      [endpointId(9_002), shared({ atMs: nowMs - 24 * hour - 1 })],
    ]),
  )
  const looking = await reader()
  expect([...((await looking.find([5, 9_001, 9_002, 77_777].map(endpointId))) ?? [])]).toEqual([
    [5, shared({ limit: 4 })],
    [9_001, shared({ breaker: null, sinceMs: null })],
  ])
  const isOpen = ({ breaker }: EndpointShared): boolean => breaker !== null
  const all = await looking.list(isOpen, 5_000)
  expect([all?.states, all?.isComplete]).toEqual([many(2_500), true])
  const some = await looking.list(isOpen, 10)
  expect([some?.states.size, some?.isComplete]).toEqual([10, false])
  expect(await looking.list(() => false, 10)).toEqual({ states: new Map(), isComplete: true })
  // A dispatcher of before says no beginning.
  const { sinceMs: _, ...older } = shared()
  await raw.hset(options.key, '7', JSON.stringify(older))
  expect((await looking.find([endpointId(7)]))?.get(endpointId(7))).toEqual(shared({ sinceMs: null }))
})

test('R1, R2: with Redis gone nobody can tell, which is not "none"', async () => {
  const looking = await reader()
  await door.shut()
  await vi.waitFor(async () => expect(await looking.find([endpointId(1)])).toBeNull())
  expect(await looking.list(() => true, 10)).toBeNull()
  expect(await looking.find([])).toEqual(new Map())
})
