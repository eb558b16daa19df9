import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { verify } from '@scanhook/signing/verify'
import { type DeliveryWorld, deliveryTo, openDeliveryWorld } from '@scanhook/testkit/delivery-world'
import { type Answer, answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dispatcherService } from './service.ts'

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

async function receiverWith(answer: Answer): Promise<RawReceiver> {
  const receiver = await openRawReceiver(answer)
  stops.push(() => receiver.close())
  return receiver
}

async function startDispatcher(env: Readonly<Record<string, string>> = {}): Promise<StartedService> {
  const service = await startService(dispatcherService, {
    ...world.env,
    WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    ...env,
  })
  stops.push(() => service.stop())
  return service
}

const urlOf = (receiver: RawReceiver): string => `http://127.0.0.1:${receiver.port}/hook`

function header(head: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
}

test('D1: a delivery is posted, signed, logged and marked', async () => {
  const receiver = await receiverWith(answerWith(200, 'ok'))
  await world.announce(7, urlOf(receiver), { headers: { Authorization: 'Bearer t', Host: 'evil' } })
  await startDispatcher()
  const delivery = deliveryTo(7)
  await world.send([delivery])
  await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(1)
  await expect.poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 10_000 }).toBe(0)

  const request = receiver.requests[0]
  const head = request?.head ?? ''
  expect(header(head, 'webhook-id')).toBe(delivery.event.eventId)
  expect(header(head, 'authorization')).toBe('Bearer t')
  expect(header(head, 'host')).toBe(`127.0.0.1:${receiver.port}`)
  const headers = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, header(head, name)]),
  )
  expect(
    verify({
      profile: 'standard',
      headers,
      body: request?.body ?? '',
      secrets: [world.secret],
      nowS: Math.floor(Date.now() / 1_000),
      toleranceS: 300,
    }),
  ).toMatchObject({ ok: true })

  const attempts = await world.read(world.topics.attempts, world.codecs.attempts)
  expect(attempts).toHaveLength(1)
  expect(attempts[0]?.value).toMatchObject({
    deliveryId: delivery.deliveryId,
    attemptNumber: 1,
    outcome: { kind: 'responded', status: 200, body: 'ok' },
    disposition: { kind: 'delivered' },
    requestBody: request?.body,
  })
  expect(attempts[0]?.value.requestHeaders['authorization']).toBe('***')
})

test('D1: a failure goes to a tier with its rendered body, the attempt first', async () => {
  const receiver = await receiverWith(answerWith(503, 'no', { 'retry-after': '120' }))
  await world.announce(7, urlOf(receiver))
  await startDispatcher()
  const delivery = deliveryTo(7)
  await world.send([delivery])
  await expect.poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 10_000 }).toBe(0)
  const waiting = await world.read(world.topics.retry['1m'], world.codecs.deliveries)
  expect(waiting).toHaveLength(1)
  const next = waiting[0]?.value
  expect(next).toMatchObject({
    deliveryId: delivery.deliveryId,
    attemptNumber: 2,
    rendered: { body: receiver.requests[0]?.body },
  })
  expect((next?.dueAtMs ?? 0) - (next?.firstAttemptAtMs ?? 0)).toBeGreaterThanOrEqual(120_000)
})

test('P2: unknown, paused, disabled: nothing is sent, and the log says why', async () => {
  const receiver = await receiverWith(answerWith(200))
  await world.announce(8, urlOf(receiver), { state: 'paused' })
  await world.announce(9, urlOf(receiver), { state: 'disabled' })
  await startDispatcher()
  await world.send([deliveryTo(7), deliveryTo(8), deliveryTo(9)])
  await expect.poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 10_000 }).toBe(0)
  expect(receiver.requests).toHaveLength(0)
  const attempts = await world.read(world.topics.attempts, world.codecs.attempts)
  const reasons = Object.fromEntries(attempts.map(({ value }) => [value.endpointId, value.disposition]))
  expect(reasons).toMatchObject({
    7: { kind: 'held', reason: 'endpoint_unknown' },
    8: { kind: 'held', reason: 'endpoint_paused' },
    9: { kind: 'dead', reason: 'endpoint_disabled' },
  })
  expect(await world.read(world.topics.dead, world.codecs.deliveries)).toHaveLength(1)
  expect(await world.read(world.topics.retry['10s'], world.codecs.deliveries)).toHaveLength(2)
})

test('J2: 410 ends the delivery and asks for the endpoint to be disabled', async () => {
  const receiver = await receiverWith(answerWith(410))
  await world.announce(7, urlOf(receiver))
  await startDispatcher()
  await world.send([deliveryTo(7)])
  await expect.poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 10_000 }).toBe(0)
  const events = await world.read(world.topics.endpointEvents, world.codecs.endpointEvents)
  expect(events.map(({ value }) => value.kind)).toEqual(['disabled', 'delivery_dead'])
  expect(await world.read(world.topics.dead, world.codecs.deliveries)).toHaveLength(1)
})

async function heldCount(): Promise<number> {
  const attempts = await world.read(world.topics.attempts, world.codecs.attempts)
  return attempts.filter(({ value }) => value.disposition.kind === 'held').length
}

test('B1: an endpoint that hangs does not make another one wait, on the same partition', async () => {
  const slow = await receiverWith(() => undefined)
  const quick = await receiverWith(answerWith(200))
  await world.announce(7, urlOf(slow))
  await world.announce(8, urlOf(quick))
  await startDispatcher()
  // One key for both: the worst case, one partition.
  const all = Array.from({ length: 4_000 }, (_, index) => deliveryTo(index % 4 === 0 ? 8 : 7))
  const startedAtMs = performance.now()
  await world.producer.appendAll(
    all.map((delivery) => ({
      topic: world.topics.deliveries,
      key: '7',
      value: world.codecs.deliveries.encode(delivery),
    })),
  )
  await expect.poll(() => quick.requests.length, { timeout: 8_000, interval: 20 }).toBe(1_000)
  // Far below the 15 s that the other endpoint takes to fail.
  expect(performance.now() - startedAtMs).toBeLessThan(8_000)
  await expect.poll(heldCount, { timeout: 20_000, interval: 500 }).toBeGreaterThan(2_000)
})

test('B4: stopped and started again in the middle, everything arrives', async () => {
  const receiver = await receiverWith((socket, request) => {
    setTimeout(() => answerWith(200)(socket, request), 5)
  })
  await world.announce(7, urlOf(receiver))
  const first = await startDispatcher()
  const all = Array.from({ length: 3_000 }, () => deliveryTo(7))
  await world.send(all)
  await expect.poll(() => receiver.requests.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(200)
  await first.stop()
  expect(receiver.requests.length).toBeLessThan(3_000)
  const sentBefore = receiver.requests.length
  await startDispatcher()
  await expect.poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 30_000 }).toBe(0)
  const ids = receiver.requests.map(({ head }) => header(head, 'webhook-id'))
  // A slow machine has more in line than the endpoint's queue holds: that waits in a tier, which nobody reads here.
  const tiers = await Promise.all(
    Object.values(world.topics.retry).map((tier) => world.read(tier, world.codecs.deliveries)),
  )
  const waiting = tiers.flat().map(({ value }) => value.event.eventId)
  expect(new Set([...ids, ...waiting])).toEqual(new Set(all.map(({ event }) => event.eventId)))
  // An orderly stop repeats nothing that was answered.
  expect(ids.length).toBe(new Set(ids).size)
  expect(sentBefore).toBeGreaterThan(200)
})

test('B1: a record that can not be read goes to poison, the next one is delivered', async () => {
  const receiver = await receiverWith(answerWith(200))
  await world.announce(7, urlOf(receiver))
  await startDispatcher()
  await world.producer.append({ topic: world.topics.deliveries, key: '7', value: Buffer.from('not avro') })
  await world.producer.append({ topic: world.topics.deliveries, key: '7', value: null })
  await world.send([deliveryTo(7)])
  await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(1)
  await expect.poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 10_000 }).toBe(0)
  const poison = await world.read(world.topics.poison, { decode: (bytes) => bytes })
  expect(poison.map(({ record }) => record.headers['poison-reason']).sort()).toEqual([
    'bad_magic',
    'null_value',
  ])
})
