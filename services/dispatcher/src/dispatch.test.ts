import type { AttemptOutcome } from '@scanhook/domain/attempt'
import type { Delivery, Disposition } from '@scanhook/domain/delivery'
import { type Endpoint, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { assetId, endpointId, orgId } from '@scanhook/domain/ids'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { respondedWith } from '@scanhook/testkit/outcomes'
import { beforeEach, expect, test } from 'vitest'
import type { AttemptHooks } from './deliver.ts'
import { Dispatch, type DispatchLimits, type DispatchPorts } from './dispatch.ts'
import { LatestEvents } from './latest-events.ts'
import { OrderGate } from './order-gate.ts'
import type { Work } from './work.ts'

const endpoint: Endpoint = {
  id: endpointId(1),
  orgId: orgId(1),
  url: 'https://x.example/',
  state: 'active',
  profile: 'standard',
  sealedSecrets: [],
  headers: {},
  subscriptions: [plainSubscription('*')],
  ...plainEndpoint,
  createdAtMs: 0,
  version: 1,
}

const accepted = respondedWith(204)

const roomy: DispatchLimits = { heapMax: 3, heapBytesMax: 100_000, unsettledMax: 100 }

class Bench {
  nowMs = 1_800_000_000_000
  readonly settled: string[] = []
  readonly moved: string[] = []
  readonly poisoned: number[] = []
  readonly done: number[] = []
  /** Attempts under way, in order: call to let the receiver answer. */
  readonly answers: ((disposition?: Disposition, outcome?: AttemptOutcome) => void)[] = []
  readonly started: Delivery[] = []
  readonly checked: number[] = []
  readonly failures: unknown[] = []
  readonly timers: { readonly atMs: number; readonly act: () => void }[] = []
  /** The partition is about to be somebody else’s. */
  readonly revoking = new AbortController()
  readonly revoked = new AbortController()
  readonly dispatch: Dispatch
  readonly order = new OrderGate()
  readonly doneBefore = new Set<number>()
  isPaused = false
  breakerOpenUntilMs: number | null = null
  /** Of every endpoint. */
  change: Partial<Endpoint> = {}

  constructor(change: Partial<DispatchPorts> = {}, limits: DispatchLimits = roomy) {
    const ports: DispatchPorts = {
      decode: (bytes) =>
        bytes === null
          ? { kind: 'bad', reason: 'null_value', detail: '' }
          : { kind: 'good', value: JSON.parse(bytes.toString()) as Delivery },
      findEndpoint: (id) => ({
        kind: 'known',
        endpoint: { ...endpoint, ...this.change, id, state: this.isPaused ? 'paused' : 'active' },
      }),
      breaker: {
        gate: () => (this.breakerOpenUntilMs === null ? 'closed' : 'open'),
        openUntilMs: () => this.breakerOpenUntilMs,
        begin: () => () => undefined,
      },
      order: this.order,
      latest: new LatestEvents(),
      judgeFilter: () => null,
      deliver: (works, _endpoint, hooks) => this.#attempt(works, hooks),
      checker: {
        check: async ({ delivery, done }) => {
          this.checked.push(delivery.endpointId)
          done()
        },
        stop: () => undefined,
      },
      wasDone: ({ offset }) => this.doneBefore.has(offset),
      noteDone: () => undefined,
      orderLost: () => undefined,
      settle: async (work, { disposition }) => {
        this.settled.push(`${disposition.kind}:${'reason' in disposition ? disposition.reason : ''}`)
        work.done()
      },
      appendNext: async ({ to }) => {
        this.moved.push(to.kind === 'tier' ? to.name : to.kind)
      },
      setAside: async ({ offset }) => {
        this.poisoned.push(offset)
      },
      failed: (error) => this.failures.push(error),
      nowMs: () => this.nowMs,
      after: (delayMs, act) => {
        const timer = { atMs: this.nowMs + delayMs, act }
        this.timers.push(timer)
        return () => this.timers.splice(this.timers.indexOf(timer), 1)
      },
      breathe: async () => undefined,
      scale: 1,
      ...change,
    }
    this.dispatch = new Dispatch(ports, limits, {
      endpointInFlightMax: 2,
      limitStart: 4,
      freePerHeld: 0,
      inFlightMax: 10,
      endpointWaitingMax: 4,
      waitingBytesMax: 40_000,
      slotBytes: 1_000_000,
      waitMaxMs: 5_000,
      asideMinMs: 10_000,
      monotonicMs: () => this.nowMs,
    })
  }

  #attempt(works: readonly Work[], hooks: AttemptHooks): Promise<void> {
    for (const { delivery } of works) this.started.push(delivery)
    return new Promise((resolve) => {
      this.answers.push((disposition = { kind: 'delivered' }, outcome = accepted) => {
        hooks.answered(outcome)
        for (const work of works) {
          hooks.decided(work, disposition)
          if (!work.over.aborted) work.done()
        }
        resolve()
      })
    })
  }

  batch(deliveries: readonly (Delivery | null)[]): RecordBatch {
    const records: KafkaRecord[] = deliveries.map((delivery, offset) => ({
      topic: 'deliveries',
      partition: 0,
      offset,
      timestampMs: this.nowMs,
      key: Buffer.from(`${delivery?.endpointId ?? 0}`),
      value: delivery === null ? null : Buffer.from(JSON.stringify(delivery)),
      headers: {},
    }))
    return {
      topic: 'deliveries',
      partition: 0,
      records,
      highWatermark: records.length,
      signal: AbortSignal.any([this.revoking.signal, this.revoked.signal]),
      over: this.revoked.signal,
      done: (offset) => this.done.push(offset),
      doneThrough: () => expect.unreachable(),
      stillWaiting: () => undefined,
      pauseUntil: () => expect.unreachable(),
    }
  }

  delivery(id: number, dueInMs = 0): Delivery {
    return deliveryTo(id, { dueAtMs: this.nowMs + dueInMs, createdAtMs: this.nowMs })
  }

  /** Moves time on and runs what is due, as a clock would. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms
    for (;;) {
      const next = this.timers
        .filter(({ atMs }) => atMs <= untilMs)
        .sort((one, other) => one.atMs - other.atMs)[0]
      if (next === undefined) break
      this.timers.splice(this.timers.indexOf(next), 1)
      this.nowMs = next.atMs
      next.act()
      await settle()
    }
    this.nowMs = untilMs
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

let at: Bench

beforeEach(() => {
  at = new Bench()
})

test('B1: records are marked in the order in which their endpoints answer, not in which they came', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(2)]))
  expect(at.started).toHaveLength(2)
  at.answers[1]?.()
  await settle()
  expect(at.done).toEqual([1])
})

test('B1: an endpoint that hangs is put aside after a moment; the handler does not wait, the other goes on', async () => {
  const hanging = Array.from({ length: 6 }, () => at.delivery(1))
  await at.dispatch.handle(at.batch([...hanging, at.delivery(2)]))
  expect(at.started.map(({ endpointId }) => endpointId)).toEqual([1, 1, 2])
  await at.advance(6_000)
  expect(at.settled.length).toBeGreaterThanOrEqual(3)
  expect(new Set(at.settled)).toEqual(new Set(['held:queue_full']))
})

test('B1: when others are behind it a full queue gives away what has no room, at once, and only that', async () => {
  const mine = (count: number): Delivery[] => Array.from({ length: count }, () => at.delivery(1))
  await at.dispatch.handle(at.batch([...mine(9), at.delivery(2)]))
  expect(at.settled).toEqual(['held:queue_full', 'held:queue_full', 'held:queue_full'])
  expect(at.started.map(({ endpointId }) => endpointId)).toEqual([1, 1, 2])
  // It keeps up: as soon as it has answered there is room again, although its queue is not empty.
  at.answers[0]?.()
  await settle()
  await at.dispatch.handle(at.batch([...mine(1), at.delivery(2)]))
  expect(at.settled).toHaveLength(3)
})

/** 600 answers of the endpoint, `paceMs` apart, so that its pace is known; nothing waits any more. */
async function answered(paceMs: number): Promise<void> {
  for (let index = 0; index < 600; ) {
    const mine = Array.from({ length: 4 }, () => at.delivery(1))
    await at.dispatch.handle(at.batch(mine))
    for (const untilIndex = index + 4; index < untilIndex; index += 1) {
      at.nowMs += paceMs
      at.answers[index]?.()
      await settle()
    }
  }
  at.done.length = 0
}

test('B1: the full queue of a quick endpoint makes only its own batch wait, and goes on when there is room', async () => {
  await answered(0.5)
  let isHandled = false
  const handling = at.dispatch.handle(at.batch(Array.from({ length: 9 }, () => at.delivery(1)))).then(() => {
    isHandled = true
  })
  await settle()
  expect(isHandled).toBe(false)
  for (let index = 600; index < 609; index += 1) {
    at.answers[index]?.()
    await settle()
  }
  await handling
  expect(at.settled).toEqual([])
  expect(at.done).toHaveLength(9)
})

test('B1: a quick endpoint that stops answering makes its batch wait for two seconds at most', async () => {
  await answered(0.5)
  const startedAtMs = at.nowMs
  let handledAtMs = Number.POSITIVE_INFINITY
  const handling = at.dispatch.handle(at.batch(Array.from({ length: 9 }, () => at.delivery(1)))).then(() => {
    handledAtMs = at.nowMs
  })
  await settle()
  await at.advance(2_000)
  await handling
  expect(handledAtMs - startedAtMs).toBeLessThanOrEqual(2_000)
  expect(new Set(at.settled)).toEqual(new Set(['held:queue_full']))
})

test('B1: nobody waits for the queue of an endpoint that takes 50 ms a delivery, not even its own batch', async () => {
  await answered(50)
  const startedAtMs = at.nowMs
  await at.dispatch.handle(at.batch(Array.from({ length: 9 }, () => at.delivery(1))))
  expect(at.nowMs).toBe(startedAtMs)
  expect(at.settled).toEqual(['held:queue_full', 'held:queue_full', 'held:queue_full'])
})

test('B2: what is not due waits in memory to its millisecond; what finds no room waits in a tier', async () => {
  const dues = [300, 100, 200, 400]
  await at.dispatch.handle(at.batch(dues.map((dueInMs, index) => at.delivery(index, dueInMs))))
  await settle()
  expect(at.started).toEqual([])
  expect(at.moved).toEqual(['10s'])
  expect(at.done).toEqual([3])
  await at.advance(99)
  expect(at.started).toEqual([])
  await at.advance(1)
  expect(at.started.map(({ endpointId }) => endpointId)).toEqual([1])
  await at.advance(200)
  expect(at.started.map(({ endpointId }) => endpointId)).toEqual([1, 2, 0])
})

test('B2: far from due goes to its tier without a word in the log', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1, 65_000)]))
  await settle()
  expect([at.moved, at.settled, at.done]).toEqual([['1m'], [], [0]])
})

test('B2: nothing more is started while too much is not durable', async () => {
  at = new Bench({}, { ...roomy, unsettledMax: 2 })
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(2), at.delivery(3)]))
  expect(at.started).toHaveLength(2)
  at.answers[0]?.()
  await settle()
  expect(at.started).toHaveLength(3)
})

test('B3: after a revoke what waits is abandoned, unmarked; what was started is finished', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(1), at.delivery(1), at.delivery(2, 50)]))
  at.revoked.abort()
  at.dispatch.forgetRevoked()
  for (const answer of at.answers.slice(0, 2)) answer()
  await settle()
  await at.advance(1_000)
  expect(at.started).toHaveLength(2)
  expect(at.done).toEqual([])
  expect(at.dispatch.counts()).toEqual({ waiting: 0, inFlight: 0, notDue: 0, unsettled: 0, bytes: 0 })
})

test('B3: before a revoke what was started is waited for, and counts', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(1), at.delivery(1)]))
  let isSettled = false
  at.revoking.abort()
  void at.dispatch.settled().then(() => {
    isSettled = true
  })
  at.answers[0]?.()
  await settle()
  expect(isSettled).toBe(false)
  at.answers[1]?.()
  await settle()
  expect(isSettled).toBe(true)
  expect(at.started).toHaveLength(2)
  expect(at.done).toEqual([0, 1])
})

test('B3: a revoke while the registry is away ends the batch and not the process', async () => {
  at = new Bench({
    decode: async () => {
      at.revoked.abort()
      throw new Error('nobody waits any more')
    },
  })
  await expect(at.dispatch.handle(at.batch([at.delivery(1)]))).resolves.toBeUndefined()
  expect(at.done).toEqual([])
})

test('B4: stop starts nothing more and resolves when what was started is settled', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(1), at.delivery(1)]))
  let isStopped = false
  const stopping = at.dispatch.stop().then(() => {
    isStopped = true
  })
  at.answers[0]?.()
  await settle()
  expect(isStopped).toBe(false)
  at.answers[1]?.()
  await stopping
  expect(at.started).toHaveLength(2)
  expect(at.done).toEqual([0, 1])
  await at.dispatch.handle(at.batch([at.delivery(1)]))
  expect(at.started).toHaveLength(2)
})

test('B4: stop also ends a handler that waits for room', async () => {
  await answered(0.5)
  const handling = at.dispatch.handle(at.batch(Array.from({ length: 9 }, () => at.delivery(1))))
  await settle()
  const stopping = at.dispatch.stop()
  await handling
  for (const answer of at.answers) answer()
  await stopping
  expect(at.settled).toEqual([])
})

test('D7: an endpoint that was paused while its delivery waited gets nothing', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(1), at.delivery(1)]))
  at.isPaused = true
  at.answers[0]?.()
  await settle()
  expect(at.started).toHaveLength(2)
  expect(at.settled).toEqual(['held:endpoint_paused'])
})

test('B1: a record that can not be read is set aside and marked', async () => {
  await at.dispatch.handle(at.batch([null, at.delivery(1)]))
  await settle()
  expect([at.poisoned, at.done, at.started.length]).toEqual([[0], [0], 1])
})

test('B2: what could not be made durable is said, and not marked', async () => {
  at = new Bench({
    appendNext: async () => {
      throw new Error('KAFKA_REJECTED')
    },
  })
  await at.dispatch.handle(at.batch([at.delivery(1, 65_000)]))
  await settle()
  expect(at.failures).toHaveLength(1)
  expect(at.done).toEqual([])
})

/** Of some 9 KB: four fill the bench's 40,000 bytes, two an endpoint's half. */
function large(id: number, dueInMs = 0): Delivery {
  const made = at.delivery(id, dueInMs)
  return { ...made, event: { ...made.event, dataJson: JSON.stringify('x'.repeat(7_000)) } }
}

test('B2: what waits weighs no more than it may; when all endpoints together fill it, the batch waits for one to go on', async () => {
  const started = [1, 2, 3].flatMap((id) => [at.delivery(id), at.delivery(id)])
  let isHandled = false
  const handling = at.dispatch
    .handle(at.batch([...started, large(1), large(1), large(2), large(2), large(3), at.delivery(4)]))
    .then(() => {
      isHandled = true
    })
  await settle()
  expect(isHandled).toBe(false)
  expect(at.dispatch.counts()).toMatchObject({ waiting: 4 })
  expect(at.dispatch.counts().bytes).toBeLessThanOrEqual(40_000)
  at.answers[0]?.()
  await handling
  expect(at.settled).toEqual([])
  expect(at.started.map(({ endpointId }) => endpointId)).toEqual([1, 1, 2, 2, 3, 3, 1, 4])
})

test('B1: nobody waits for memory longer than a second in a batch', async () => {
  const started = [1, 2, 3].flatMap((id) => [at.delivery(id), at.delivery(id)])
  const more = [large(3), large(3), large(3)]
  const startedAtMs = at.nowMs
  let handledAtMs = Number.POSITIVE_INFINITY
  const handling = at.dispatch
    .handle(at.batch([...started, large(1), large(1), large(2), large(2), ...more, at.delivery(4)]))
    .then(() => {
      handledAtMs = at.nowMs
    })
  await settle()
  await at.advance(1_100)
  await handling
  expect(handledAtMs - startedAtMs).toBeLessThanOrEqual(1_000)
  expect(at.settled).toEqual(['held:queue_full', 'held:queue_full', 'held:queue_full'])
  expect(at.started.at(-1)?.endpointId).toBe(4)
})

test('B2: what is not due is bounded in bytes too', async () => {
  at = new Bench({}, { ...roomy, heapBytesMax: 20_000 })
  await at.dispatch.handle(at.batch([large(1, 100), large(1, 200), large(1, 300)]))
  await settle()
  expect(at.moved).toEqual(['10s'])
  expect(at.dispatch.counts().bytes).toBeLessThanOrEqual(20_000)
})

/** An event of asset 1. */
function ofAsset(sequence: number, change: Partial<Delivery> = {}): Delivery {
  const made = at.delivery(1)
  const event = {
    ...made.event,
    type: 'asset.moved' as const,
    assetId: assetId(1),
    sequence,
    occurredAtMs: at.nowMs,
  }
  return { ...made, event, ...change }
}

const sequencesOf = (all: readonly Delivery[]): (number | null)[] => all.map(({ event }) => event.sequence)

test('B5: an asset’s events go one after the other; when one fails, those behind it are put aside, others pass', async () => {
  at.change = { ordering: 'asset' }
  await at.dispatch.handle(at.batch([ofAsset(1), ofAsset(2), ofAsset(3), at.delivery(1)]))
  expect(sequencesOf(at.started)).toEqual([1, null])
  at.answers[0]?.()
  await settle()
  expect(sequencesOf(at.started)).toEqual([1, null, 2])
  at.answers[2]?.({ kind: 'retry', dueAtMs: at.nowMs + 60_000 })
  await settle()
  expect(at.settled).toEqual(['held:order'])
  expect(at.dispatch.counts().waiting).toBe(0)
})

test('B5: nothing later goes while an earlier one waits elsewhere, until that has come back and arrived', async () => {
  at.change = { ordering: 'asset' }
  at.order.park({ endpointId: 1, assetId: 1, sequence: 4, partition: 0, dueAtMs: at.nowMs + 5_000 })
  await at.dispatch.handle(at.batch([ofAsset(6)]))
  expect([at.settled, at.started.length]).toEqual([['held:order'], 0])
  await at.dispatch.handle(at.batch([ofAsset(4), ofAsset(5)]))
  expect(sequencesOf(at.started)).toEqual([4])
  at.answers[0]?.()
  await settle()
  // 6 was parked when it was put aside: 5 comes before it, so it goes.
  expect(sequencesOf(at.started)).toEqual([4, 5])
  await at.dispatch.handle(at.batch([ofAsset(7)]))
  expect(at.settled).toEqual(['held:order', 'held:order'])
})

test('B5: where the endpoint wants no order nothing waits', async () => {
  await at.dispatch.handle(at.batch([ofAsset(2), ofAsset(1)]))
  expect(sequencesOf(at.started)).toEqual([2, 1])
})

test('Q5: what people have sent again waits behind what happens now, and has every fourth start', async () => {
  const manual = (): Delivery => ({ ...at.delivery(1), trigger: 'manual' })
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(1)]))
  await at.dispatch.handle(at.batch([manual(), manual(), at.delivery(1), at.delivery(1)]))
  for (let answered = 0; answered < 4; answered += 1) {
    at.answers[answered]?.()
    await settle()
  }
  expect(at.started.map(({ trigger }) => trigger)).toEqual([
    'event',
    'event',
    'event',
    'manual',
    'event',
    'manual',
  ])
})

test('an open breaker sends nothing and uses up no attempt; what waited is put aside in line, up to the deadline', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(1), at.delivery(1), at.delivery(1)]))
  at.breakerOpenUntilMs = at.nowMs + 30_000
  at.dispatch.breakerOpened(endpointId(1))
  await settle()
  expect(at.settled).toEqual(['held:breaker_open', 'held:breaker_open'])
  await at.dispatch.handle(at.batch([at.delivery(1)]))
  expect(at.settled).toHaveLength(3)
  const dayMs = 24 * 3_600_000
  await at.dispatch.handle(
    at.batch([
      { ...at.delivery(1), createdAtMs: at.nowMs - dayMs, firstAttemptAtMs: at.nowMs - dayMs + 1_000 },
    ]),
  )
  expect(at.settled.at(-1)).toBe('dead:deadline')
  expect(at.started).toHaveLength(2)
})

test('a Retry-After on 429 rests the whole endpoint', async () => {
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(1), at.delivery(1)]))
  at.answers[0]?.(
    { kind: 'retry', dueAtMs: at.nowMs + 60_000 },
    { ...accepted, status: 429, retryAfterMs: 60_000 },
  )
  await settle()
  expect([at.settled, at.started.length]).toEqual([['held:rate_limited'], 2])
})

test('an event that is older than its subscription wants ends, marked', async () => {
  at.change = { subscriptions: [{ ...plainSubscription('*'), expireAfterMinutes: 5 }] }
  const old = ofAsset(1)
  await at.dispatch.handle(
    at.batch([{ ...old, event: { ...old.event, occurredAtMs: at.nowMs - 301_000 } }, ofAsset(2)]),
  )
  expect(at.settled).toEqual(['dead:expired'])
  expect(sequencesOf(at.started)).toEqual([2])
})

test('after an outage only the newest event of an asset goes; one on its first way always does', async () => {
  at.change = { subscriptions: [{ ...plainSubscription('*'), isLatestOnly: true }] }
  await at.dispatch.handle(at.batch([ofAsset(5), ofAsset(6)]))
  expect(sequencesOf(at.started)).toEqual([5, 6])
  await at.dispatch.handle(at.batch([ofAsset(4, { attemptNumber: 3, firstAttemptAtMs: 1 })]))
  expect(at.settled).toEqual(['dead:superseded'])
})

test('what was durable before this process had it is done at once, and not sent again', async () => {
  at.doneBefore.add(0)
  await at.dispatch.handle(at.batch([at.delivery(1), at.delivery(2)]))
  expect([at.done, at.started.length]).toEqual([[0], 1])
})

test('C1: a check goes beside the queues, whatever the breaker says; of a paused endpoint it is put aside', async () => {
  const check = (id: number, trigger: Delivery['trigger'] = 'test'): Delivery => {
    const delivery = at.delivery(id)
    return { ...delivery, trigger, event: { ...delivery.event, type: 'endpoint.check' } }
  }
  at.breakerOpenUntilMs = at.nowMs + 60_000
  await at.dispatch.handle(at.batch([check(1), at.delivery(1)]))
  await settle()
  expect([at.checked, at.done, at.settled]).toEqual([[1], [0, 1], ['held:breaker_open']])
  at.breakerOpenUntilMs = null
  at.isPaused = true
  await at.dispatch.handle(at.batch([check(2)]))
  await settle()
  expect([at.checked, at.settled[1]]).toEqual([[1], 'held:endpoint_paused'])
})

test('C1: a check that had to wait, because its endpoint was not known yet, is still a check', async () => {
  let known: KnownEndpoint = { kind: 'unknown' }
  at = new Bench({ findEndpoint: () => known })
  const delivery = at.delivery(1)
  const check = {
    ...delivery,
    trigger: 'test',
    event: { ...delivery.event, type: 'endpoint.check' },
  } as const
  await at.dispatch.handle(at.batch([{ ...check, dueAtMs: at.nowMs + 3_000 }]))
  expect([at.checked, at.started]).toEqual([[], []])
  known = { kind: 'known', endpoint }
  await at.advance(4_000)
  expect([at.checked, at.started]).toEqual([[1], []])
})

test('C1: a check waits for an endpoint that is not known yet for two seconds, then goes the way of all deliveries', async () => {
  at = new Bench({ findEndpoint: () => ({ kind: 'unknown' }) })
  const delivery = at.delivery(1)
  await at.dispatch.handle(
    at.batch([{ ...delivery, trigger: 'test', event: { ...delivery.event, type: 'endpoint.check' } }]),
  )
  await at.advance(1_999)
  expect(at.settled).toEqual([])
  await at.advance(1)
  expect([at.settled, at.checked]).toEqual([['held:endpoint_unknown'], []])
})
