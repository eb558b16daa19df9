/**
 * The dispatcher as a process of the simulated world: the real classes on simulated ports. Everything that knows how a
 * dispatcher is put together is here.
 */
import { type CircuitBreakers, openCircuitBreakers } from '@scanhook/circuit-breaker/circuit-breakers'
import type { EndpointChecker } from '@scanhook/dispatcher/check-endpoint'
import { type AttemptHooks, type Deliver, deliverer } from '@scanhook/dispatcher/deliver'
import { type BreakerPort, Dispatch } from '@scanhook/dispatcher/dispatch'
import { type EndpointJudge, endpointJudge } from '@scanhook/dispatcher/judge-endpoint'
import { LatestEvents } from '@scanhook/dispatcher/latest-events'
import { OrderGate, orderRecord, parseOrderRecord } from '@scanhook/dispatcher/order-gate'
import { topicOf } from '@scanhook/dispatcher/plan-next'
import { type Settle, type SettlePorts, settler } from '@scanhook/dispatcher/settle'
import { breakerVerdict } from '@scanhook/domain/breaking/breaker-verdict'
import { limitStart } from '@scanhook/domain/delivering/concurrency-limit'
import type { Delivery, Disposition } from '@scanhook/domain/delivery'
import type { EndpointId } from '@scanhook/domain/ids'
import { profiles } from '@scanhook/domain/profile'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { batchId } from '@scanhook/identity/derived-ids'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { TopicPartition } from '@scanhook/kafka/record'
import { noTracing } from '@scanhook/observability/tracing'
import { seededRandom } from '@scanhook/replay/seeded-random'
import { endpointKey } from '@scanhook/schemas/keys'
import { signHeaders } from '@scanhook/signing/sign'
import type { Bounds } from './auditor.ts'
import { decode, encode } from './codec.ts'
import { clockOf, type Life } from './life.ts'
import type { SimulatedProducer } from './log.ts'
import { openMarks } from './shared-marks.ts'
import type { Surroundings } from './surroundings.ts'
import { topics } from './topics.ts'

export interface DispatcherNode {
  readonly handle: (batch: RecordBatch) => Promise<void>
  readonly onAssigned: (places: readonly TopicPartition[]) => Promise<void>
  readonly onRevoked: (places: readonly TopicPartition[]) => void
  /** Deliveries in memory that are neither durable elsewhere nor given up. */
  readonly inMemory: () => number
  /** Its end, or the world's. */
  readonly end: () => void
}

/** Some hundredths of the real ones, so that a few dozen events reach them. */
const endpointInFlightMax = 8
const inFlightMax = 48
const endpointWaitingMax = 40
const heapMax = 30
const unsettledMax = 192

/** Of one process. Memory: both queues, what is under way, and what a handler has in its hands. */
export const dispatcherBounds: Bounds = {
  endpointInFlightMax,
  inFlightMax,
  inMemoryMax: heapMax + 8 * endpointWaitingMax + unsettledMax,
  // 5 s in the queue, a second until that is noticed, 15 s under way.
  residenceMs: 21_000,
  // Those behind the first of their asset are not looked at by the housekeeping: each waits for the answers before it.
  orderedResidenceMs: 90_000,
}

/** The queues' housekeeping (`trimIntervalMs`). An idle dispatcher's is left out: it would fill days with nothing. */
const housekeepingMs = 200
const neverAborted = new AbortController().signal
/** The longest attempt of any profile. */
const attemptMaxMs = 15_000
/** Remembers a hundred thousand: for the worlds in which nobody asks, one is enough. */
const unused = new LatestEvents()
/** Nobody asks for checks in a simulated world. */
const noChecker: EndpointChecker = {
  check: () => Promise.reject(new Error('nobody asked for a check')),
  stop: () => undefined,
}

export function dispatcherNode(world: Surroundings, life: Life): DispatcherNode {
  const { breakage } = world
  const clock = clockOf(world.clock, life)
  const random = seededRandom(world.newSeed())
  const producer = world.log.openProducer(life)
  const order = new OrderGate()
  const marks = openMarks(world, life)
  const judge = endpointJudge()
  const settle = settleOf(world, producer, judge)
  const parked: (() => void)[] = []
  const breakers = openCircuitBreakers({
    max: 1_000,
    deadlineMs: attemptMaxMs,
    scale: 1,
    nowMs: clock.nowMs,
    random: random.uniform,
    changed: (id, snapshot, transition) => {
      world.auditor.breakerChanged(life, id, snapshot === null ? null : { ...snapshot })
      marks.noteBreaker(id, snapshot)
      // After the call that it happened in.
      if (transition === 'opened') queueMicrotask(() => dispatch.breakerOpened(id))
      if (transition === 'closed') queueMicrotask(() => dispatch.breakerClosed(id))
    },
  })
  const isUnbounded = breakage === 'unbounded queue'
  const isShared = breakage === 'shared pool'
  let isReady = false
  const dispatch: Dispatch = new Dispatch(
    {
      decode: (bytes) => ({ kind: 'good', value: decodeDelivery(world, bytes) }),
      findEndpoint: (id) => {
        const known = world.findEndpoint(id)
        if (known.kind !== 'known' || !judge.isGone(known.endpoint)) return known
        return { kind: 'known', endpoint: { ...known.endpoint, state: 'disabled' } }
      },
      breaker: breakerPortOf(world, breakers),
      order,
      latest: wantsLatest(world) ? new LatestEvents() : unused,
      judgeFilter: openFilterJudge(),
      deliver: deliverOf(world, { life, settle, random: random.uniform }),
      checker: noChecker,
      settle,
      appendNext: appendNextOf(world, producer),
      setAside: ({ key, value }) => producer.append({ topic: topics.poison, key, value }),
      wasDone: (record) => {
        const wasDone = marks.has(record)
        if (breakage === 'mark before the request') marks.note(record)
        return wasDone
      },
      noteDone: (record) => marks.note(record),
      orderLost: () => world.auditor.accuse('order', 'no room to remember what an asset waits for'),
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
    {
      endpointInFlightMax: isShared ? inFlightMax : endpointInFlightMax,
      limitStart: isShared ? inFlightMax : limitStart,
      inFlightMax,
      freePerHeld: isShared ? 0 : 2,
      endpointWaitingMax: isUnbounded ? 1_000_000 : endpointWaitingMax,
      waitingBytesMax: 10_000_000,
      slotBytes: 32_768,
      waitMaxMs: isUnbounded ? Number.MAX_SAFE_INTEGER : 5_000,
      asideMinMs: 10_000,
      monotonicMs: clock.monotonicMs,
    },
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
      return dispatch.handle(
        breakage === 'revoke not noticed' ? { ...batch, signal: neverAborted, over: neverAborted } : batch,
      )
    },
    onAssigned: async (places) => {
      const [known] = await Promise.all([marks.load(places), world.clock.wait(5)])
      for (const [id, snapshot] of known) breakers.restore(id, snapshot)
      if (life.isAlive && breakage !== 'order not restored') restoreOrder(world, order, places)
    },
    onRevoked: (places) => {
      dispatch.forgetRevoked()
      order.forget(new Set(places.map(({ partition }) => partition)))
    },
    inMemory: () => {
      const { waiting, notDue, unsettled } = dispatch.counts()
      return waiting + notDue + unsettled
    },
    end: () => breakers.stop(),
  }
}

function wantsLatest({ scenario }: Surroundings): boolean {
  return scenario.endpoints.some(({ endpoint }) =>
    endpoint.subscriptions.some(({ isLatestOnly }) => isLatestOnly),
  )
}

function breakerPortOf({ breakage }: Surroundings, breakers: CircuitBreakers): BreakerPort {
  const isIgnored = breakage === 'breaker ignored'
  return {
    gate: (id) => (isIgnored ? 'closed' : breakers.judge(id).kind),
    openUntilMs: (id) => {
      const judgement = breakers.judge(id)
      return judgement.kind === 'open' && !isIgnored ? judgement.untilMs : null
    },
    begin: (id) => {
      const call = breakers.begin(id)
      return (outcome) => breakers.end(call, breakerVerdict(outcome))
    },
  }
}

/** Reads back what the orders of the partitions wait for. */
function restoreOrder(world: Surroundings, order: OrderGate, places: readonly TopicPartition[]): void {
  for (const { partition } of places) {
    for (const { key, value } of world.log.partition({ topic: topics.deliveryOrder, partition })) {
      const entry = parseOrderRecord(key?.toString() ?? '', value?.toString() ?? null)
      if (entry === null) continue
      const { endpointId, assetId, sequence, dueAtMs } = entry
      if (dueAtMs === null) order.end(endpointId, assetId, sequence)
      else order.park({ endpointId, assetId, sequence, partition, dueAtMs })
    }
  }
}

function decodeDelivery({ breakage, clock }: Surroundings, bytes: Buffer | null): Delivery {
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

function deliverOf(world: Surroundings, { life, settle, random }: Parts): Deliver {
  const { breakage, clock, auditor, receivers } = world
  // Whoever forgets the limit forgets to count too; what it does to the others is what is to be seen.
  const bounds =
    breakage === 'shared pool' ? { ...dispatcherBounds, endpointInFlightMax: inFlightMax } : dispatcherBounds
  /** Of the request that is being made: `post` is called before `real` first waits. */
  let departing: { readonly endpointId: EndpointId; readonly eventIds: readonly string[] } | null = null
  const real = deliverer({
    tracing: noTracing,
    batchIdFor: batchId,
    secretsOf: (endpoint) => receivers.secretsOf(endpoint),
    sign: (message) =>
      signHeaders(
        breakage === 'signed with the event time'
          ? { ...message, timestampS: world.firstEventTimeS }
          : message,
      ),
    customerHeaders: () => ({}),
    post: ({ headers, body, timeoutMs }) => {
      if (departing === null) throw new Error('a request of nobody')
      const { endpointId, eventIds } = departing
      const send = async (): ReturnType<typeof receivers.post> => {
        const answered = auditor.requested({ life, endpointId, eventIds }, bounds)
        const outcome = await receivers.post({ endpointId, eventIds, headers, body, timeoutMs }, life)
        answered(outcome)
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
    latestNowMs: () => clock.nowMs,
    random,
    scale: 1,
    userAgent: 'simulation',
  })
  return (works, endpoint, hooks) => {
    if (breakage === 'done before the answer') for (const work of works) work.done()
    departing = { endpointId: endpoint.id, eventIds: works.map(({ delivery }) => delivery.event.eventId) }
    const { timeoutMs } = profiles[endpoint.profile]
    const leaks = breakage === 'answers never free their slot'
    return real(works, endpoint, leaks ? leaky(clock, timeoutMs, hooks) : hooks)
  }
}

function shortened(disposition: Disposition, nowMs: number, random: number): Disposition {
  if (disposition.kind !== 'retry') return disposition
  return { kind: 'retry', dueAtMs: nowMs + (disposition.dueAtMs - nowMs) * (0.7 + 0.6 * random) }
}

/** Frees the slot only of what is answered in time. */
function leaky(clock: { readonly nowMs: number }, timeoutMs: number, hooks: AttemptHooks): AttemptHooks {
  const startedAtMs = clock.nowMs
  return {
    ...hooks,
    answered: (outcome) => {
      if (clock.nowMs - startedAtMs < timeoutMs) hooks.answered(outcome)
    },
  }
}

function settleOf(world: Surroundings, producer: SimulatedProducer, { judge }: EndpointJudge): Settle {
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
    judge,
    appendOrder: (work) => {
      const record = orderRecord(topics.deliveryOrder, work)
      return record === null ? null : producer.append(record)
    },
    settled: () => undefined,
    nowMs: () => world.clock.nowMs,
    scale: 1,
  }
  return settler(ports)
}

function appendNextOf({ breakage }: Surroundings, producer: SimulatedProducer): SettlePorts['appendNext'] {
  return async (step) => {
    const appended = producer.append({
      topic: topicOf(step.to, topics),
      key: endpointKey(step.delivery.endpointId),
      value: encode(step.delivery),
    })
    if (breakage !== 'next step without its acknowledgement') await appended
  }
}
