/** The loop of the dispatcher and the retry tiers over a real broker, with time divided instead of waited for. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dispatcherService } from '@scanhook/dispatcher/service'
import { retryService } from '@scanhook/retry/service'
import { startService } from '@scanhook/runtime/start-service'
import { type DeliveryWorld, deliveryTo, openDeliveryWorld } from '@scanhook/testkit/delivery-world'
import { type Answer, answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { afterEach, beforeEach, expect, test } from 'vitest'

let world: DeliveryWorld
let stops: (() => Promise<void>)[] = []
const root = new URL('../..', import.meta.url).pathname

beforeEach(async () => {
  world = await openDeliveryWorld()
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
  await world.close()
})

const policy = { WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*' }

async function startBoth(scale: number): Promise<void> {
  const env = { ...world.env, ...policy, TIME_SCALE: `${scale}` }
  for (const definition of [dispatcherService, retryService]) {
    const service = await startService(definition as typeof retryService, env)
    stops.push(() => service.stop())
  }
}

async function receiverWith(answer: Answer): Promise<RawReceiver> {
  const receiver = await openRawReceiver(answer)
  stops.push(() => receiver.close())
  return receiver
}

const urlOf = (receiver: RawReceiver): string => `http://127.0.0.1:${receiver.port}/hook`

function header(head: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
}

test('500, 500, 200: three attempts, one id, one body, three lines in the log', async () => {
  const receiver = await receiverWith((socket, request) =>
    answerWith(request.number < 3 ? 500 : 200)(socket, request),
  )
  await world.announce(7, urlOf(receiver), { profile: 'trakrf' })
  await startBoth(10_000)
  const delivery = deliveryTo(7)
  await world.send([delivery])
  await expect.poll(() => receiver.requests.length, { timeout: 20_000 }).toBe(3)
  await expect.poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 10_000 }).toBe(0)
  expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1)
  expect(new Set(receiver.requests.map(({ head }) => header(head, 'webhook-id')))).toEqual(
    new Set([delivery.event.eventId]),
  )
  expect(new Set(receiver.requests.map(({ head }) => header(head, 'x-trakrf-delivery')))).toEqual(
    new Set([delivery.deliveryId]),
  )
  const attempts = await world.read(world.topics.attempts, world.codecs.attempts)
  const seen = attempts.map(({ value }) => [value.attemptNumber, value.disposition.kind])
  expect(seen).toEqual([
    [1, 'retry'],
    [2, 'retry'],
    [3, 'delivered'],
  ])
})

test('Retry-After is real time: it is never shortened, by no scale and no tier', async () => {
  const arrivals: number[] = []
  const receiver = await receiverWith((socket, request) => {
    arrivals.push(Date.now())
    if (request.number === 1) answerWith(429, '', { 'retry-after': '2' })(socket, request)
    else answerWith(200)(socket, request)
  })
  await world.announce(7, urlOf(receiver))
  // 24 h / 10,000 = 8.6 s: the promise of 2 s lies within the scaled deadline.
  await startBoth(10_000)
  await world.send([deliveryTo(7)])
  await expect.poll(() => receiver.requests.length, { timeout: 20_000 }).toBe(2)
  expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(2_000)
})

test('an endpoint that never answers well ends as dead, with every attempt in the log and one announcement', async () => {
  const receiver = await receiverWith(answerWith(503))
  await world.announce(7, urlOf(receiver), { profile: 'trackberry' })
  await startBoth(100_000)
  await world.send([deliveryTo(7), deliveryTo(7)])
  await expect
    .poll(async () => (await world.read(world.topics.dead, world.codecs.deliveries)).length, {
      timeout: 30_000,
      interval: 200,
    })
    .toBe(2)
  const attempts = (await world.read(world.topics.attempts, world.codecs.attempts)).filter(
    ({ value }) => value.outcome !== null,
  )
  expect(attempts).toHaveLength(12)
  expect(attempts.at(-1)?.value.disposition).toEqual({ kind: 'dead', reason: 'exhausted' })
  const events = await world.read(world.topics.endpointEvents, world.codecs.endpointEvents)
  // Its breaker has its own story.
  const told = events.map(({ value }) => value.kind).filter((kind) => !kind.startsWith('breaker_'))
  expect(told.sort()).toEqual(['delivery_dead', 'delivery_dead', 'failing'])
})

test('kill -9 of the dispatcher under load: every delivery arrives, bodies identical', async () => {
  const receiver = await receiverWith((socket, request) => {
    setTimeout(() => answerWith(request.number % 5 === 0 ? 500 : 200)(socket, request), 3)
  })
  await world.announce(7, urlOf(receiver))
  const env = {
    ...process.env,
    ...world.env,
    ...policy,
    TIME_SCALE: '1000',
    HEALTH_PORT: '0',
    LOG_LEVEL: 'error',
  }
  const start = () =>
    spawn(process.execPath, ['services/dispatcher/src/main.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  const retry = await startService(retryService, { ...world.env, TIME_SCALE: '1000' })
  stops.push(() => retry.stop())
  const all = Array.from({ length: 2_000 }, () => deliveryTo(7))
  let dispatcher = start()
  await world.send(all)
  for (const threshold of [600]) {
    await expect
      .poll(() => receiver.requests.length, { timeout: 60_000, interval: 2 })
      .toBeGreaterThan(threshold)
    dispatcher.kill('SIGKILL')
    await once(dispatcher, 'exit')
    dispatcher = start()
  }
  stops.push(async () => {
    dispatcher.kill('SIGTERM')
    await once(dispatcher, 'exit')
  })
  const delivered = async (): Promise<number> => {
    const attempts = await world.read(world.topics.attempts, world.codecs.attempts)
    return new Set(
      attempts
        .filter(({ value }) => value.disposition.kind === 'delivered')
        .map(({ value }) => value.deliveryId),
    ).size
  }
  await expect.poll(delivered, { timeout: 90_000, interval: 500 }).toBe(2_000)
  const bodies = new Map<string, Set<string>>()
  for (const { head, body } of receiver.requests) {
    const id = header(head, 'webhook-id')
    bodies.set(id, (bodies.get(id) ?? new Set()).add(body))
  }
  expect(bodies.size).toBe(2_000)
  expect(Math.max(...[...bodies.values()].map((seen) => seen.size))).toBe(1)
}, 180_000)
