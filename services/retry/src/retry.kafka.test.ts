import { scaledMs, tierDurationMs } from '@scanhook/domain/retry/tiers'
import { startService } from '@scanhook/runtime/start-service'
import { endpointKey } from '@scanhook/schemas/keys'
import { type DeliveryWorld, deliveryTo, openDeliveryWorld } from '@scanhook/testkit/delivery-world'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { retryService } from './service.ts'

let world: DeliveryWorld
let stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  world = await openDeliveryWorld()
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
  await world.close()
})

async function startRetry(scale: number): Promise<() => Promise<void>> {
  const service = await startService(retryService, { ...world.env, TIME_SCALE: `${scale}` })
  stops.push(() => service.stop())
  return () => service.stop()
}

test('T1, T3: what waits comes back in its own bytes, not before it is due', async () => {
  const scale = 50
  await startRetry(scale)
  const delivery = deliveryTo(7, {
    attemptNumber: 3,
    dueAtMs: Date.now() + scaledMs(tierDurationMs('1m'), scale) + 150,
    rendered: { profile: 'standard', body: '{"exactly":"these bytes  "}' },
  })
  const value = world.codecs.deliveries.encode(delivery)
  await world.producer.append({
    topic: world.topics.retry['1m'],
    key: endpointKey(delivery.endpointId),
    value,
    headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
  })
  const back = () => world.read(world.topics.deliveries, world.codecs.deliveries)
  await expect.poll(async () => (await back()).length, { timeout: 15_000, interval: 20 }).toBe(1)
  const [released] = await back()
  expect(released?.record.value).toEqual(value)
  expect(released?.record.headers['traceparent']).toMatch(/^00-4bf92f35/)
  // Handed back with less than the smallest tier to go: that rest waits in the dispatcher.
  const restMs = delivery.dueAtMs - (released?.record.timestampMs ?? 0)
  expect(restMs).toBeLessThan(scaledMs(tierDurationMs('10s'), scale))
})

test('T1: a tier goes on in order while its head waits, and several tiers do not wait for each other', async () => {
  const scale = 20
  await startRetry(scale)
  const slow = deliveryTo(1, { dueAtMs: Date.now() + scaledMs(tierDurationMs('5m'), scale) })
  const quick = Array.from({ length: 500 }, (_, index) =>
    deliveryTo(index % 9, { dueAtMs: Date.now() + 300 }),
  )
  await world.producer.append({
    topic: world.topics.retry['5m'],
    key: '1',
    value: world.codecs.deliveries.encode(slow),
  })
  await world.producer.appendAll(
    quick.map((delivery) => ({
      topic: world.topics.retry['10s'],
      key: endpointKey(delivery.endpointId),
      value: world.codecs.deliveries.encode(delivery),
    })),
  )
  await expect
    .poll(() => world.lag('retry', world.topics.retry['10s']), { timeout: 15_000, interval: 50 })
    .toBe(0)
  const back = await world.read(world.topics.deliveries, world.codecs.deliveries)
  expect(new Set(back.map(({ value }) => value.deliveryId))).toEqual(
    new Set(quick.map((delivery) => delivery.deliveryId)),
  )
  expect(back).toHaveLength(500)
  expect(await world.lag('retry', world.topics.retry['5m'])).toBe(1)
})

test('T2: stopped while records wait, a new one releases each of them', async () => {
  const scale = 20
  const stop = await startRetry(scale)
  const all = Array.from({ length: 300 }, (_, index) =>
    deliveryTo(index % 5, { dueAtMs: Date.now() + 400 + index * 2 }),
  )
  await world.producer.appendAll(
    all.map((delivery) => ({
      topic: world.topics.retry['10s'],
      key: endpointKey(delivery.endpointId),
      value: world.codecs.deliveries.encode(delivery),
    })),
  )
  await expect
    .poll(async () => (await world.read(world.topics.deliveries, world.codecs.deliveries)).length, {
      timeout: 15_000,
      interval: 5,
    })
    .toBeGreaterThan(0)
  await stop()
  await startRetry(scale)
  await expect
    .poll(() => world.lag('retry', world.topics.retry['10s']), { timeout: 15_000, interval: 50 })
    .toBe(0)
  const back = await world.read(world.topics.deliveries, world.codecs.deliveries)
  expect(new Set(back.map(({ value }) => value.deliveryId)).size).toBe(300)
})

test('T1: a record that can not be read goes to poison, the next one goes on', async () => {
  await startRetry(1_000)
  await world.producer.append({
    topic: world.topics.retry['10s'],
    key: '7',
    value: Buffer.from([0, 0, 0, 0, 0, 1]),
  })
  const good = deliveryTo(7)
  await world.producer.append({
    topic: world.topics.retry['10s'],
    key: '7',
    value: world.codecs.deliveries.encode(good),
  })
  await expect
    .poll(async () => (await world.read(world.topics.deliveries, world.codecs.deliveries)).length, {
      timeout: 15_000,
      interval: 50,
    })
    .toBe(1)
  const poison = await world.read(world.topics.poison, { decode: (bytes) => bytes })
  expect(poison).toHaveLength(1)
  expect(poison[0]?.record.headers).toMatchObject({
    'poison-service': 'retry',
    'poison-topic': world.topics.retry['10s'],
  })
})
