/**
 * The dispatcher as a process of the simulated world: the real classes on simulated ports. Everything that knows how a
 * dispatcher is put together is here.
 */

import { RoundRobinAdmission } from '@scanhook/dispatcher/admission'
import { type Deliver, deliverer } from '@scanhook/dispatcher/deliver'
import { Dispatch } from '@scanhook/dispatcher/dispatch'
import { endpointJudge } from '@scanhook/dispatcher/judge-endpoint'
import type { NextStep } from '@scanhook/dispatcher/plan-next'
import { type Settle, type SettlePorts, settler } from '@scanhook/dispatcher/settle'
import type { Delivery, Disposition } from '@scanhook/domain/delivery'
import { profiles } from '@scanhook/domain/profile'
import type { RecordBatch } from '@scanhook/kafka/contract'
import { seededRandom } from '@scanhook/replay/seeded-random'
import { endpointKey } from '@scanhook/schemas/keys'
import { signHeaders } from '@scanhook/signing/sign'
import type { Bounds } from './auditor.ts'
import { decode, encode } from './codec.ts'
import { clockOf, type Life } from './life.ts'
import type { SimulatedProducer } from './log.ts'
import { topics } from './topics.ts'
import type { World } from './world.ts'

export interface DispatcherNode {
  readonly handle: (batch: RecordBatch) => Promise<void>
  readonly onRevoked: () => void
  /** Deliveries in memory that are neither durable elsewhere nor given up. */
  readonly inMemory: () => number
}

/** Some hundredths of the real ones, so that a few dozen events reach them. */
const endpointInFlightMax = 4
const inFlightMax = 48
const endpointWaitingMax = 40
const heapMax = 30
const unsettledMax = 192

/** Of one process. Memory: both queues, what is under way, and what a handler has in its hands. */
export const dispatcherBounds: Bounds = {
  endpointInFlightMax,
  inFlightMax,
  inMemoryMax: heapMax + 8 * endpointWaitingMax + unsettledMax,
  // Promised are 20 s. One that waits behind requests that all hang waits until one of them ends, now and then until
  // the next ones do: 15 s and 15 s and its own 15 s.
  residenceMs: 45_000,
}

const neverAborted = new AbortController().signal

/** The queues' housekeeping (`trimIntervalMs`). An idle dispatcher's is left out: it would fill days with nothing. */
const housekeepingMs = 200

export function dispatcherNode(world: World, life: Life): DispatcherNode {
  const { breakage } = world
  const clock = clockOf(world.clock, life)
  const random = seededRandom(world.newSeed())
  const producer = world.log.openProducer(life)
  const settle = settleOf(world, producer)
  const parked: (() => void)[] = []
  const isUnbounded = breakage === 'unbounded queue'
  const isShared = breakage === 'shared pool'
  let isReady = false
  const dispatch: Dispatch = new Dispatch(
    {
      decode: (bytes) => ({ kind: 'good', value: decodeDelivery(world, bytes) }),
      deliver: deliverOf(world, { life, settle, random: random.uniform }),
      settle,
      appendNext: appendNextOf(world, producer),
      setAside: ({ key, value }) => producer.append({ topic: topics.poison, key, value }),
      urlOf: () => 'https://receiver.example/',
      failed: (error) => world.auditor.accuse('P1', `${life.name} fails: ${String(error)}`),
      nowMs: clock.nowMs,
      after: (delayMs, act) => {
        if (delayMs !== housekeepingMs || (isReady && !isIdle())) return clock.after(delayMs, act)
        parked.push(act)
        return () => undefined
      },
      breathe: () => new Promise((resolve) => void clock.after(0, resolve)),
      scale: 1,
    },
    { heapMax, heapBytesMax: 1_000_000, unsettledMax },
    (start, mayStart) =>
      new RoundRobinAdmission({
        endpointInFlightMax: isShared ? inFlightMax : endpointInFlightMax,
        inFlightMax,
        freePerHeld: isShared ? 0 : 2,
        endpointWaitingMax: isUnbounded ? 1_000_000 : endpointWaitingMax,
        waitingBytesMax: 10_000_000,
        slotBytes: 32_768,
        bytesOf: ({ bytes }) => bytes,
        waitMaxMs: isUnbounded ? Number.MAX_SAFE_INTEGER : 5_000,
        monotonicMs: clock.monotonicMs,
        start,
        mayStart,
      }),
  )
  isReady = true

  function isIdle(): boolean {
    const { waiting, inFlight, notDue, unsettled } = dispatch.counts()
    return waiting + inFlight + notDue + unsettled === 0
  }

  return {
    handle: (batch) => {
      for (const act of parked.splice(0)) clock.after(housekeepingMs, act)
      if (breakage === 'commit too early') batch.doneThrough(batch.records.at(-1)?.offset ?? 0)
      return dispatch.handle(breakage === 'revoke not noticed' ? { ...batch, signal: neverAborted } : batch)
    },
    onRevoked: () => dispatch.forgetRevoked(),
    inMemory: () => {
      const { waiting, notDue, unsettled } = dispatch.counts()
      return waiting + notDue + unsettled
    },
  }
}

function decodeDelivery({ breakage, clock }: World, bytes: Buffer | null): Delivery {
  const delivery = decode<Delivery>(bytes)
  if (breakage === 'body rendered again') return { ...delivery, rendered: null }
  if (breakage === 'due time ignored')
    return { ...delivery, dueAtMs: Math.min(delivery.dueAtMs, clock.nowMs) }
  return delivery
}

interface Parts {
  readonly life: Life
  readonly settle: Settle
  readonly random: () => number
}

function deliverOf(world: World, { life, settle, random }: Parts): Deliver {
  const { breakage, clock, auditor, receivers } = world
  // Whoever forgets the limit forgets to count too; what it does to the others is what is to be seen.
  const bounds =
    breakage === 'shared pool' ? { ...dispatcherBounds, endpointInFlightMax: inFlightMax } : dispatcherBounds
  const real = deliverer({
    findEndpoint: (id) => world.findEndpoint(id),
    secretsOf: (endpoint) => receivers.secretsOf(endpoint),
    sign: (message) =>
      signHeaders(
        breakage === 'signed with the event time'
          ? { ...message, timestampS: world.eventTimeS(message.messageId) }
          : message,
      ),
    customerHeaders: () => ({}),
    post: async ({ headers, body, timeoutMs, lane }) => {
      const endpointId = world.endpointIdOf(lane)
      const send = async (): ReturnType<typeof receivers.post> => {
        const eventIds = [headers['webhook-id'] ?? '']
        const answered = auditor.requested({ life, endpointId, eventIds }, bounds)
        const outcome = await receivers.post({ endpointId, headers, body, timeoutMs }, life)
        answered()
        return outcome
      }
      if (breakage === 'attempt twice') void send()
      return send()
    },
    settle:
      breakage === 'jitter shortens Retry-After'
        ? (work, settlement, attempted) =>
            settle(
              work,
              { ...settlement, disposition: shortened(settlement.disposition, clock.nowMs, random()) },
              attempted,
            )
        : settle,
    unsignable: (_, error) => auditor.accuse('P5', `not signed: ${String(error)}`),
    nowMs: () => clock.nowMs,
    random,
    scale: 1,
    userAgent: 'simulation',
  })
  return {
    plan: real.plan,
    attempt: (work, endpoint, answered) => {
      if (breakage === 'done before the answer') work.done()
      return real.attempt(
        work,
        endpoint,
        breakage === 'answers never free their slot'
          ? leaky(clock, profiles[endpoint.profile].timeoutMs, answered)
          : answered,
      )
    },
  }
}

function shortened(disposition: Disposition, nowMs: number, random: number): Disposition {
  if (disposition.kind !== 'retry') return disposition
  return { kind: 'retry', dueAtMs: nowMs + (disposition.dueAtMs - nowMs) * (0.7 + 0.6 * random) }
}

/** Frees the slot only of what is answered in time. */
function leaky(clock: { readonly nowMs: number }, timeoutMs: number, answered: () => void): () => void {
  const startedAtMs = clock.nowMs
  return () => {
    if (clock.nowMs - startedAtMs < timeoutMs) answered()
  }
}

function settleOf(world: World, producer: SimulatedProducer): Settle {
  const judge = endpointJudge()
  const ports: SettlePorts = {
    appendAttempt: async (attempt) => {
      const appended = producer.append({
        topic: topics.attempts,
        key: endpointKey(attempt.endpointId),
        value: encode(attempt),
      })
      if (world.breakage === 'next step before the attempt') return
      await appended
    },
    appendEndpointEvent: (event) =>
      producer.append({
        topic: topics.endpointEvents,
        key: endpointKey(event.endpointId),
        value: encode(event),
      }),
    appendNext: appendNextOf(world, producer),
    judge: (attempt, profile, nowMs) => judge(attempt, profiles[profile].failingAfterAttempts, nowMs),
    settled: () => undefined,
    nowMs: () => world.clock.nowMs,
    scale: 1,
  }
  return settler(ports)
}

function appendNextOf({ breakage }: World, producer: SimulatedProducer): SettlePorts['appendNext'] {
  return async (step) => {
    const appended = producer.append({
      topic: topicOf(step),
      key: endpointKey(step.delivery.endpointId),
      value: encode(step.delivery),
    })
    if (breakage !== 'next step without its acknowledgement') await appended
  }
}

function topicOf({ to }: NextStep): string {
  if (to.kind === 'dead') return topics.dead
  return to.kind === 'tier' ? topics.retry[to.name] : topics.deliveries
}
