/**
 * Receivers that flap, ask for rests, are flooded, or come back after an outage (rows E6 and E8 to E10), and what an
 * endpoint may ask for: order, batches, a pace, freshness. Real broker, real sockets; time is divided where waits matter.
 */
import { dispatcherService } from '@scanhook/dispatcher/service'
import type { Attempt } from '@scanhook/domain/attempt'
import type { Delivery } from '@scanhook/domain/delivery'
import { type Endpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { assetId, orgId } from '@scanhook/domain/ids'
import { retryService } from '@scanhook/retry/service'
import { startService } from '@scanhook/runtime/start-service'
import { verify } from '@scanhook/signing/verify'
import { type DeliveryWorld, deliveryTo, openDeliveryWorld } from '@scanhook/testkit/delivery-world'
import { type Answer, answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { afterEach, beforeEach, expect, test } from 'vitest'

let world: DeliveryWorld
let stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  // One partition: everybody is in everybody's way.
  world = await openDeliveryWorld({ partitions: 1 })
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
  await world.close()
})

async function start(change: Readonly<Record<string, string>> = {}): Promise<void> {
  const env = { ...world.env, WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*', ...change }
  for (const definition of [dispatcherService, retryService]) {
    const service = await startService(definition as typeof retryService, env)
    stops.push(() => service.stop())
  }
}

async function receiverAt(id: number, answer: Answer, change: Partial<Endpoint> = {}): Promise<RawReceiver> {
  const receiver = await openRawReceiver(answer)
  stops.push(() => receiver.close())
  await world.announce(id, `http://127.0.0.1:${receiver.port}/hook`, change)
  return receiver
}

const after =
  (delayMs: number, answer: Answer): Answer =>
  (socket, request) => {
    setTimeout(() => answer(socket, request), delayMs)
  }

const header = (head: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''

const attempts = async (): Promise<Attempt[]> =>
  (await world.read(world.topics.attempts, world.codecs.attempts)).map(({ value }) => value)

async function deliveredCount(): Promise<number> {
  const delivered = (await attempts()).filter(({ disposition }) => disposition.kind === 'delivered')
  return new Set(delivered.map(({ deliveryId }) => deliveryId)).size
}

const many = (count: number, make: (index: number) => Delivery): Delivery[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** An event of an asset of its own count. */
function ofAsset(endpoint: number, asset: number, sequence: number): Delivery {
  const made = deliveryTo(endpoint)
  const event = { ...made.event, type: 'asset.moved' as const, assetId: assetId(asset), sequence }
  return { ...made, event: { ...event, dataJson: JSON.stringify({ asset, sequence }) } }
}

test('E6: half of the answers are 500: everything arrives, with one body each', async () => {
  const receiver = await receiverAt(7, (socket, request) =>
    answerWith(request.number % 2 === 0 ? 500 : 200)(socket, request),
  )
  await start({ TIME_SCALE: '1000' })
  await world.send(many(200, () => deliveryTo(7)))
  await expect.poll(deliveredCount, { timeout: 60_000, interval: 300 }).toBe(200)
  const bodies = Map.groupBy(receiver.requests, ({ head }) => header(head, 'webhook-id'))
  for (const requests of bodies.values()) expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
})

const soon = (): string => new Date(Date.now() + 60_000).toUTCString()
test.each([
  ['0', 'the schedule', (waitMs: number) => waitMs >= 4_000 && waitMs <= 6_100],
  ['30', 'what was asked', (waitMs: number) => waitMs >= 30_000 && waitMs < 31_000],
  ['a date in a minute', 'until then', (waitMs: number) => waitMs >= 58_000 && waitMs < 61_000],
  ['soon, please', 'the schedule', (waitMs: number) => waitMs >= 4_000 && waitMs <= 6_100],
])('E6: 429 with Retry-After %s waits for %s', async (given, _what, isRight) => {
  const value = given.startsWith('a date') ? soon() : given
  const date = new Date().toUTCString()
  await receiverAt(7, answerWith(429, '', { 'retry-after': value, date }))
  await start()
  await world.send([deliveryTo(7)])
  await expect.poll(async () => (await attempts()).length, { timeout: 15_000 }).toBe(1)
  const [attempt] = await attempts()
  const { disposition, startedAtMs = 0 } = attempt ?? {}
  if (disposition?.kind !== 'retry') throw new Error(`it was ${disposition?.kind}`)
  expect(isRight(disposition.dueAtMs - startedAtMs)).toBe(true)
})

test('E6: 429 with a Retry-After beyond every deadline asks to be given up', async () => {
  await receiverAt(7, answerWith(429, '', { 'retry-after': '1000000000' }))
  await start()
  await world.send([deliveryTo(7)])
  await expect.poll(async () => (await attempts()).length, { timeout: 15_000 }).toBe(1)
  expect((await attempts())[0]?.disposition).toEqual({ kind: 'dead', reason: 'deadline' })
})

test('E8: an organization that sends fifty times as much does not hold back another', async () => {
  const loud = [1, 2, 3, 4, 5]
  const loudReceivers = await Promise.all(loud.map((id) => receiverAt(id, after(200, answerWith(200)))))
  const quiet = await receiverAt(9, after(200, answerWith(200)), { orgId: orgId(2) })
  await start({ DISPATCHER_ENDPOINT_CONCURRENCY: '8' })
  await world.send([
    ...many(500, (index) => deliveryTo(loud[index % 5] ?? 1)),
    ...many(10, () => ({ ...deliveryTo(9), orgId: orgId(2) })),
  ])
  await expect.poll(() => quiet.requests.length, { timeout: 30_000, interval: 10 }).toBe(10)
  const sent = loudReceivers.reduce((sum, { requests }) => sum + requests.length, 0)
  expect(sent).toBeLessThan(400)
  await expect.poll(deliveredCount, { timeout: 30_000, interval: 300 }).toBe(510)
})

test('E9: ten bad endpoints on one partition: five healthy ones have everything before the first bad one has timed out', async () => {
  const hang: Answer = () => undefined
  const reset: Answer = (socket) => socket.resetAndDestroy()
  for (const [index, answer] of [hang, hang, hang, hang, reset, reset, reset].entries())
    await receiverAt(10 + index, answer)
  for (const id of [17, 18, 19]) await receiverAt(id, answerWith(500))
  const healthy = await Promise.all([1, 2, 3, 4, 5].map((id) => receiverAt(id, answerWith(200))))
  await start()
  const ids = [10, 11, 1, 12, 13, 2, 14, 15, 3, 16, 17, 4, 18, 19, 5]
  await world.send(many(1_500, (index) => deliveryTo(ids[index % ids.length] ?? 1)))
  await expect
    .poll(() => healthy.map(({ requests }) => requests.length), { timeout: 14_000, interval: 20 })
    .toEqual([100, 100, 100, 100, 100])
  const ended = (await attempts()).filter(
    ({ outcome }) => outcome?.kind === 'failed' && outcome.errorClass === 'timeout',
  )
  expect(ended).toEqual([])
})

test('E10: after an outage with 2,000 parked: only probes while it lasts, then a drain that begins with one, fresh events first, each asset in order, nothing lost', async () => {
  const seen: { readonly asset: number; readonly sequence: number }[] = []
  const concurrency: number[] = []
  let isDown = true
  let open = 0
  const receiver = await receiverAt(
    7,
    (socket, request) => {
      if (isDown) return answerWith(500)(socket, request)
      open += 1
      concurrency.push(open)
      setTimeout(() => {
        open -= 1
        const { data } = JSON.parse(request.body) as { data: { asset: number; sequence: number } }
        seen.push(data)
        answerWith(200)(socket, request)
      }, 20)
    },
    { ordering: 'asset' },
  )
  await start({ TIME_SCALE: '60' })
  const parked = many(2_000, (index) => ofAsset(7, index % 100, 1 + Math.floor(index / 100)))
  await world.send(parked)
  await expect
    .poll(() => world.lag('dispatcher', world.topics.deliveries), { timeout: 60_000 })
    .toBeLessThan(50)
  await expect
    .poll(async () => (await world.read(world.topics.endpointEvents, world.codecs.endpointEvents)).length, {
      timeout: 20_000,
    })
    .toBeGreaterThan(0)
  // Ten failures open it; what was under way then, and a probe every half second and more, scaled.
  const whileDown = receiver.requests.length
  expect(whileDown).toBeLessThan(120)
  isDown = false
  await expect.poll(() => seen.length, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0)
  await world.send(many(5, (index) => ofAsset(7, 1_000 + index, 1)))
  await expect
    .poll(() => seen.filter(({ asset }) => asset >= 1_000).length, { timeout: 60_000, interval: 10 })
    .toBe(5)
  const atFresh = seen.length
  await expect
    .poll(() => new Set(seen.map(({ asset, sequence }) => `${asset}:${sequence}`)).size, {
      timeout: 120_000,
      interval: 100,
    })
    .toBe(2_005)
  expect(atFresh).toBeLessThan(2_005)
  expect(concurrency[0]).toBe(1)
  expect(Math.max(...concurrency.slice(0, 3))).toBeLessThanOrEqual(2)
  for (const [asset, events] of Map.groupBy(seen, (each) => each.asset)) {
    const first = [...new Set(events.map(({ sequence }) => sequence))]
    expect([asset, first]).toEqual([asset, [...first].sort((one, other) => one - other)])
  }
}, 240_000)

test('a batch is one signed request; what its answer names as failed comes again, alone of them', async () => {
  const bodies: { readonly events: readonly { readonly id: string }[] }[] = []
  let refused: string | undefined
  const receiver = await receiverAt(
    7,
    (socket, request) => {
      const body = JSON.parse(request.body) as (typeof bodies)[number]
      bodies.push(body)
      const isFirst = refused === undefined
      refused ??= body.events[0]?.id
      answerWith(200, isFirst ? JSON.stringify({ failed: [refused] }) : '')(socket, request)
    },
    { batch: { maxEvents: 10, maxWaitMs: 100, maxBytes: 100_000 } },
  )
  await start({ TIME_SCALE: '1000' })
  await world.send(many(25, () => deliveryTo(7)))
  await expect.poll(deliveredCount, { timeout: 30_000 }).toBe(25)
  const ids = bodies.flatMap(({ events }) => events.map(({ id }) => id))
  expect(ids.filter((id) => id === refused)).toHaveLength(2)
  expect(ids).toHaveLength(26)
  expect(receiver.requests.length).toBeLessThan(15)
  for (const { head, body } of receiver.requests) {
    const headers = Object.fromEntries(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, header(head, name)]),
    )
    const nowS = Number(headers['webhook-timestamp'])
    expect(
      verify({ profile: 'standard', headers, body, secrets: [world.secret], nowS, toleranceS: 1 }).ok,
    ).toBe(true)
  }
})

test('413 halves a batch until it fits, and is nobody’s failure', async () => {
  const sizes: number[] = []
  await receiverAt(
    7,
    (socket, request) => {
      const { events } = JSON.parse(request.body) as { events: readonly unknown[] }
      sizes.push(events.length)
      answerWith(events.length > 5 ? 413 : 200)(socket, request)
    },
    { batch: { maxEvents: 16, maxWaitMs: 50, maxBytes: 100_000 } },
  )
  await start()
  await world.send(many(40, () => deliveryTo(7)))
  await expect.poll(deliveredCount, { timeout: 30_000 }).toBe(40)
  expect((await attempts()).filter(({ disposition }) => disposition.kind === 'retry')).toEqual([])
  expect(sizes.some((size) => size > 5)).toBe(true)
})

test('an endpoint’s own pace holds', async () => {
  const arrivedAtMs: number[] = []
  await receiverAt(
    7,
    (socket, request) => {
      arrivedAtMs.push(performance.now())
      answerWith(200)(socket, request)
    },
    { rateLimitPerSecond: 20 },
  )
  await start()
  await world.send(many(60, () => deliveryTo(7)))
  await expect.poll(deliveredCount, { timeout: 30_000 }).toBe(60)
  // A burst of one second's worth, then 20 a second; requests may be slow to arrive, never early.
  for (const [index, atMs] of arrivedAtMs.entries())
    expect(atMs - (arrivedAtMs[0] ?? 0)).toBeGreaterThanOrEqual(Math.max(0, index - 20) * 50 - 100)
})

test('what is older than its subscription wants is marked, and not sent', async () => {
  const receiver = await receiverAt(7, answerWith(200), {
    subscriptions: [{ ...plainSubscription('*'), expireAfterMinutes: 1 }],
  })
  await start()
  const old = deliveryTo(7)
  await world.send([{ ...old, event: { ...old.event, occurredAtMs: Date.now() - 61_000 } }, deliveryTo(7)])
  await expect.poll(async () => (await attempts()).length, { timeout: 15_000 }).toBe(2)
  expect(receiver.requests).toHaveLength(1)
  const reasons = (await attempts()).map(({ disposition }) =>
    'reason' in disposition ? disposition.reason : 'sent',
  )
  expect(reasons.sort()).toEqual(['expired', 'sent'])
})
