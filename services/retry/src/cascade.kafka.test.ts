/**
 * The cascade on a real broker that is killed while deliveries wait, with processes whose wall clocks are ten minutes off, and
 * jump, and that come and go. The broker runs on this machine: `Date.now()` of the test is its clock.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import { chooseHop } from '@scanhook/domain/retry/choose-hop'
import { scaledMs, tierDurationMs } from '@scanhook/domain/retry/tiers'
import { systemClock } from '@scanhook/runtime/clock'
import { startService } from '@scanhook/runtime/start-service'
import { endpointKey } from '@scanhook/schemas/keys'
import { type DeliveryWorld, deliveryTo, openDeliveryWorld } from '@scanhook/testkit/delivery-world'
import { type OwnBroker, openOwnBroker } from '@scanhook/testkit/own-broker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { retryService } from './service.ts'

const minute = 60_000
/** The tiers wait 0.5, 3, 15 and 90 s. */
const scale = 20
const smallestMs = scaledMs(tierDurationMs('10s'), scale)
/** Clocks are read here and there, to the millisecond, and the error of the cluster's is below this on one machine. */
const clockErrorMs = 50

let broker: OwnBroker | null = null
let whyNot: string | null = null
let world: DeliveryWorld
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  try {
    broker = await openOwnBroker()
    world = await openDeliveryWorld({ brokerAddresses: broker.address })
  } catch (error) {
    whyNot = `no broker of its own: ${error instanceof Error ? error.message : error}`
  }
}, 120_000)

afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
  if (whyNot === null) await world.close()
  await broker?.close()
}, 60_000)

interface Retry {
  readonly setWall: (offByMs: number) => void
  readonly stop: () => Promise<void>
}

async function startRetry(wallOffByMs: number): Promise<Retry> {
  let offByMs = wallOffByMs
  const clock = { ...systemClock, nowMs: () => Date.now() + offByMs }
  const service = await startService(retryService, { ...world.env, TIME_SCALE: `${scale}` }, { clock })
  stops.push(service.stop)
  return {
    stop: service.stop,
    setWall: (ms) => {
      offByMs = ms
    },
  }
}

/** When each delivery came back to `deliveries` for the first time, on the test's own clock. */
async function watchDeliveries(): Promise<ReadonlyMap<string, number>> {
  const cameAtMs = new Map<string, number>()
  const consumer = world.kafka.openConsumer({
    groupId: `${world.env['TOPIC_PREFIX']}watch`,
    topics: [world.topics.deliveries],
    fetchWaitMs: 20,
    handle: async ({ records, doneThrough }) => {
      const nowMs = Date.now()
      for (const { value } of records) {
        const { deliveryId } = await world.codecs.deliveries.decode(value)
        if (!cameAtMs.has(deliveryId)) cameAtMs.set(deliveryId, nowMs)
      }
      doneThrough(records.at(-1)?.offset ?? -1)
    },
    onFatal: (reason) => expect.unreachable(reason),
  })
  stops.push(() => consumer.stop())
  await consumer.start()
  return cameAtMs
}

/** Puts deliveries into the tiers that are due one after the other over ten seconds, as the dispatcher would. */
async function sendWaiting(): Promise<readonly Delivery[]> {
  const nowMs = Date.now()
  const waiting = Array.from({ length: 200 }, (_, index) =>
    deliveryTo(index % 40, { attemptNumber: 2, dueAtMs: nowMs + smallestMs + index * 50 }),
  )
  await world.producer.appendAll(
    waiting.map((delivery) => {
      const hop = chooseHop(delivery.dueAtMs, nowMs, scale)
      return {
        topic: hop.kind === 'tier' ? world.topics.retry[hop.name] : world.topics.deliveries,
        key: endpointKey(delivery.endpointId),
        value: world.codecs.deliveries.encode(delivery),
      }
    }),
  )
  return waiting
}

test('T1, T5: a killed broker, processes that come and go, clocks ten minutes off: none early, and all of them', async ({
  skip,
}) => {
  if (broker === null || whyNot !== null) return skip(whyNot ?? '')
  const fast = await startRetry(10 * minute)
  const slow = await startRetry(-10 * minute)
  const cameAtMs = await watchDeliveries()
  const cameBack = async (sent: readonly Delivery[], share: number): Promise<void> => {
    const back = () => sent.filter(({ deliveryId }) => cameAtMs.has(deliveryId)).length
    await expect.poll(back, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(sent.length * share)
  }

  const first = await sendWaiting()
  await cameBack(first, 0.3)
  fast.setWall(-10 * minute)
  const downAtMs = Date.now()
  broker.kill()
  await broker.restart()
  const awayMs = Date.now() - downAtMs

  const second = await sendWaiting()
  await cameBack(second, 0.1)
  const third = await startRetry(10 * minute)
  await fast.stop()
  slow.setWall(10 * minute)

  const last = await sendWaiting()
  await cameBack(last, 0.1)
  third.setWall(0)
  const all = [...first, ...second, ...last]
  await cameBack(all, 1)

  const lateMs = (each: readonly Delivery[]): number[] =>
    each.map(({ deliveryId, dueAtMs }) => (cameAtMs.get(deliveryId) ?? Number.NaN) - dueAtMs)
  // What is left when a delivery comes back is less than the smallest tier; that rest waits in the dispatcher.
  for (const each of lateMs(all)) expect(each).toBeGreaterThan(-smallestMs - clockErrorMs)
  const latest = (each: readonly Delivery[]): number => Math.max(...lateMs(each))
  const undisturbed = first.filter(({ dueAtMs }) => dueAtMs < downAtMs - smallestMs)
  process.stdout.write(
    `cascade, ms after due at the latest: ${latest(undisturbed)} before the kill, ${latest(first)} with the broker away for ` +
      `${awayMs}, ${latest(second)} over a rebalance, ${latest(last)} after it\n`,
  )
  // A process that believed its wall clock would have held them for ten.
  expect(latest(all)).toBeLessThan(5 * minute)
}, 300_000)
