import { orgId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Order } from './lane.ts'
import { Scheduler, type SchedulerOptions, type Slot } from './scheduler.ts'

interface Item {
  readonly endpoint: number
  readonly number: number
  readonly bytes?: number
  readonly org?: number
  readonly isBacklog?: boolean
  readonly order?: Order
}

interface Bench {
  readonly scheduler: Scheduler<Item>
  readonly started: { readonly item: Item; readonly slot: Slot }[]
  readonly timers: { readonly atMs: number; readonly act: () => void }[]
  nowMs: number
  isOpen: boolean
}

function bench(change: Partial<SchedulerOptions<Item>> = {}): Bench {
  const started: Bench['started'] = []
  const self = { started, timers: [], nowMs: 0, isOpen: true } as unknown as Bench & {
    scheduler: Scheduler<Item>
  }
  const scheduler = new Scheduler<Item>({
    endpointInFlightMax: 2,
    limitStart: 64,
    inFlightMax: 6,
    freePerHeld: 0,
    endpointWaitingMax: 10,
    waitingBytesMax: 1_000_000,
    slotBytes: 1_000,
    bytesOf: ({ bytes }) => bytes ?? 1,
    isBacklog: (item) => item.isBacklog === true,
    orderOf: ({ order }) => order ?? null,
    termsOf: ({ org }) => ({
      orgId: orgId(org ?? 1),
      rateLimitPerSecond: null,
      orgRateLimitPerSecond: null,
      batch: null,
    }),
    gate: () => 'closed',
    asideMinMs: 10_000,
    after: (delayMs, act) => {
      const timer = { atMs: self.nowMs + delayMs, act }
      self.timers.push(timer)
      return () => self.timers.splice(self.timers.indexOf(timer), 1)
    },
    waitMaxMs: 5_000,
    monotonicMs: () => self.nowMs,
    start: (items, slot) => {
      for (const item of items) started.push({ item, slot })
    },
    mayStart: () => self.isOpen,
    ...change,
  })
  return Object.assign(self, { scheduler })
}

function offerMany(at: Bench, endpoint: number, count: number): string[] {
  return Array.from({ length: count }, (_, number) => at.scheduler.offer(endpoint, { endpoint, number }))
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('offer' as const), endpoint: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('finish' as const), pick: fc.nat() }),
)

/** Runs offers and finishes against an admission, keeping its own account of what is open. */
function runSteps(at: Bench) {
  const open: { readonly item: Item; readonly slot: Slot }[] = []
  let taken = 0
  let seen = 0
  let number = 0
  const noteStarted = (): void => {
    open.push(...at.started.slice(seen))
    seen = at.started.length
  }
  return {
    open,
    takenCount: () => taken,
    offer: (endpoint: number): void => {
      number += 1
      if (at.scheduler.offer(endpoint, { endpoint, number }) === 'taken') taken += 1
      noteStarted()
    },
    finish: (pick: number): void => {
      const [gone] = open.splice(pick % Math.max(1, open.length), 1)
      if (gone !== undefined) at.scheduler.finish(gone.slot, 'grow')
      noteStarted()
    },
  }
}

function mostOfOneEndpoint(open: readonly { readonly item: Item }[]): number {
  return Math.max(
    0,
    ...[1, 2, 3, 4, 5].map((endpoint) => open.filter(({ item }) => item.endpoint === endpoint).length),
  )
}

test('Q1, Q5: limits of one endpoint and of all hold, in order, whatever is offered and finished', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const at = bench()
      const run = runSteps(at)
      for (const each of steps) {
        at.nowMs += 1
        if (each.kind === 'offer') run.offer(each.endpoint)
        else run.finish(each.pick)
        expect(run.open.length).toBeLessThanOrEqual(6)
        expect(mostOfOneEndpoint(run.open)).toBeLessThanOrEqual(2)
        expect(at.scheduler.counts().inFlight).toBe(run.open.length)
        expect(at.scheduler.counts().waiting).toBe(run.takenCount() - at.started.length)
      }
      while (run.open.length > 0) run.finish(0)
      // Nothing that was taken is forgotten, and idle endpoints are.
      expect(at.started.length).toBe(run.takenCount())
      expect(at.scheduler.counts()).toEqual({ waiting: 0, waitingBytes: 0, inFlight: 0, endpoints: 0 })
      for (const endpoint of [1, 2, 3, 4, 5]) {
        const numbers = at.started
          .filter(({ item }) => item.endpoint === endpoint)
          .map(({ item }) => item.number)
        expect(numbers).toEqual([...numbers].sort((one, other) => one - other))
      }
    }),
  )
})

test('Q2: endpoints take turns', () => {
  const at = bench({ inFlightMax: 1, endpointInFlightMax: 4 })
  for (const endpoint of [1, 2, 3]) offerMany(at, endpoint, 3)
  for (let index = 0; index < 9; index += 1) {
    const current = at.started[index]
    if (current !== undefined) at.scheduler.finish(current.slot, 'grow')
  }
  expect(at.started.map(({ item }) => item.endpoint)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3])
})

test('Q2: between two starts of one endpoint every other has had its turn', () => {
  const at = bench({ inFlightMax: 5, endpointInFlightMax: 4 })
  at.isOpen = false
  for (const endpoint of [1, 2, 3]) offerMany(at, endpoint, 3)
  at.isOpen = true
  at.scheduler.pump()
  expect(at.started.map(({ item }) => item.endpoint)).toEqual([1, 2, 3, 1, 2])
})

test('Q1: a hanging endpoint holds its own slots and nobody else’s', () => {
  const at = bench()
  offerMany(at, 1, 8)
  offerMany(at, 2, 1)
  expect(at.started.map(({ item }) => item.endpoint)).toEqual([1, 1, 2])
})

test('Q3: what a silent endpoint can not work off in time is given back, newest first; then it is refused until empty', () => {
  const at = bench()
  offerMany(at, 1, 10)
  at.scheduler.trim()
  at.nowMs = 5_000
  expect(at.scheduler.trim()).toEqual([]) // it may only just have become slow
  at.nowMs = 5_600
  // Two under way, silent for 5.6 s: one item per 2.8 s, so one may wait.
  expect(at.scheduler.trim().map(({ number }) => number)).toEqual([3, 4, 5, 6, 7, 8, 9])
  expect(offerMany(at, 1, 1)).toEqual(['slow'])
  expect(offerMany(at, 2, 1)).toEqual(['taken'])
  const [first] = at.started
  if (first !== undefined) at.scheduler.finish(first.slot, 'grow')
  expect(offerMany(at, 1, 1)).toEqual(['taken']) // Q4: empty again
})

test('Q3: one stuck request does not make a quick endpoint look slow', () => {
  const at = bench({ endpointWaitingMax: 100 })
  offerMany(at, 1, 2)
  for (let round = 0; round < 400; round += 1) {
    at.nowMs += 20
    at.scheduler.offer(1, { endpoint: 1, number: round })
    at.scheduler.offer(1, { endpoint: 1, number: round })
    for (const { slot } of at.started.slice(1)) at.scheduler.finish(slot, 'grow')
  }
  expect(at.scheduler.trim()).toEqual([])
  expect(offerMany(at, 1, 1)).toEqual(['taken'])
})

test('Q3: a full queue of an endpoint that is not slow says full, and room comes when a quarter is free', () => {
  const at = bench()
  expect(offerMany(at, 1, 13)).toEqual([...Array.from({ length: 12 }, () => 'taken'), 'full'])
  let roomCount = 0
  const take = () => {
    roomCount += 1
  }
  at.scheduler.whenRoom(1, take)
  const takeBack = at.scheduler.whenRoom(1, () => expect.unreachable('it was taken back'))
  takeBack()
  expect(roomCount).toBe(0)
  const finish = (index: number) =>
    at.scheduler.finish(at.started[index]?.slot ?? expect.unreachable(), 'grow')
  for (let index = 0; index < 2; index += 1) finish(index)
  expect(roomCount).toBe(0)
  finish(2)
  expect(roomCount).toBe(1)
  expect(at.scheduler.offer(1, { endpoint: 1, number: 99 })).toBe('taken')
  at.scheduler.whenRoom(2, take)
  expect(roomCount).toBe(2)
})

test('Q3: whoever takes a delivery a millisecond is quick, also after a silence, and who is not known yet', () => {
  const at = bench({ endpointInFlightMax: 1, endpointWaitingMax: 100 })
  const answersEvery = (endpoint: number, ms: number): void => {
    for (let answers = 0; answers < 500; answers += 1) {
      offerMany(at, endpoint, 2)
      at.nowMs += ms
      const current = at.started.findLast(({ item }) => item.endpoint === endpoint)
      if (current !== undefined) at.scheduler.finish(current.slot, 'grow')
    }
  }
  expect([at.scheduler.isQuick(1), at.scheduler.isQuick(2)]).toEqual([true, true])
  answersEvery(1, 0.5)
  answersEvery(2, 50)
  expect([at.scheduler.isQuick(1), at.scheduler.isQuick(2)]).toEqual([true, false])
})

test('Q4: an endpoint at its bound keeps its room; only one that has been over its pace for long is refused', () => {
  const at = bench({ endpointInFlightMax: 1, endpointWaitingMax: 100 })
  offerMany(at, 1, 101)
  const answerAfter = (ms: number): void => {
    at.nowMs += ms
    const current = at.started.at(-1)
    if (current !== undefined) at.scheduler.finish(current.slot, 'grow')
  }
  for (let answers = 0; answers < 60; answers += 1) {
    answerAfter(10)
    expect(offerMany(at, 1, 2)).toEqual(['taken', 'full'])
  }
  // It stops answering: 5 s of silence leave room for one.
  at.nowMs += 5_000
  expect(offerMany(at, 1, 1)).toEqual(['full'])
  at.nowMs += 600
  expect(offerMany(at, 1, 1)).toEqual(['slow'])
  answerAfter(0)
  expect(offerMany(at, 1, 1)).toEqual(['slow'])
})

test('Q3: until it has answered, a burst is bounded by memory alone, and trimmed when no answer comes', () => {
  const at = bench({ endpointInFlightMax: 64, inFlightMax: 100, endpointWaitingMax: 10_000 })
  // 100 ms per answer would let 3,200 wait; a connection is opened in less, and 1 ms per answer lets them all wait.
  expect(new Set(offerMany(at, 1, 9_000))).toEqual(new Set(['taken']))
  for (let round = 0; round < 20; round += 1) {
    at.nowMs += 1
    for (const { slot } of at.started.slice()) at.scheduler.finish(slot, 'grow')
  }
  for (let waitedMs = 0; waitedMs < 1_000; waitedMs += 200) {
    at.nowMs += 1
    for (const { slot } of at.started.slice(-64)) at.scheduler.finish(slot, 'grow')
    expect(at.scheduler.trim()).toEqual([])
  }
  offerMany(at, 2, 9_000)
  at.nowMs += 400
  at.scheduler.trim()
  at.nowMs += 600
  expect(at.scheduler.trim().length).toBeGreaterThan(8_000)
})

test('Q1: nothing starts while it may not, everything after the pump', () => {
  const at = bench()
  at.isOpen = false
  offerMany(at, 1, 2)
  expect(at.started).toEqual([])
  at.isOpen = true
  at.scheduler.pump()
  expect(at.started).toHaveLength(2)
})

test('Q5: clear gives back what waits and starts nothing more', () => {
  const at = bench()
  offerMany(at, 1, 5)
  expect(at.scheduler.clear().map(({ number }) => number)).toEqual([2, 3, 4])
  const [first] = at.started
  if (first !== undefined) at.scheduler.finish(first.slot, 'grow')
  expect(at.started).toHaveLength(2)
  expect(offerMany(at, 1, 1)).toEqual(['slow'])
})

test('Q6: twenty endpoints that hang, each with a backlog, leave slots for one that answers', () => {
  const at = bench({
    endpointInFlightMax: 64,
    inFlightMax: 1_024,
    freePerHeld: 8,
    endpointWaitingMax: 10_000,
  })
  for (let endpoint = 1; endpoint <= 20; endpoint += 1) offerMany(at, endpoint, 500)
  at.started.length = 0
  offerMany(at, 99, 10)
  expect(at.started.map(({ item }) => item.endpoint)).toEqual(new Array(10).fill(99))
})

test('Q6: an endpoint that was held back goes on as soon as others leave their slots', () => {
  const at = bench({ endpointInFlightMax: 64, inFlightMax: 100, freePerHeld: 1, endpointWaitingMax: 10_000 })
  offerMany(at, 1, 64)
  offerMany(at, 2, 64)
  const countOf = (endpoint: number): number =>
    at.started.filter(({ item }) => item.endpoint === endpoint).length
  expect([countOf(1), countOf(2)]).toEqual([50, 25])
  for (const { item, slot } of at.started.slice()) if (item.endpoint === 1) at.scheduler.finish(slot, 'grow')
  expect([countOf(1), countOf(2)]).toEqual([64, 43])
})

function sized(endpoint: number, number: number, bytes: number): Item {
  return { endpoint, number, bytes }
}

test('Q7: what waits is bounded in bytes; of one endpoint half, and a start makes room', () => {
  const at = bench({ endpointInFlightMax: 1, waitingBytesMax: 1_000 })
  const offer = (endpoint: number, bytes: number) => at.scheduler.offer(endpoint, sized(endpoint, 0, bytes))
  for (const endpoint of [1, 2, 3]) expect(offer(endpoint, 300)).toBe('taken')
  expect([offer(1, 300), offer(1, 300), offer(1, 200)]).toEqual(['taken', 'full', 'taken'])
  expect([offer(2, 400), offer(3, 300)]).toEqual(['taken', 'crowded'])
  expect(at.scheduler.counts()).toMatchObject({ waiting: 3, waitingBytes: 900 })
  expect(at.scheduler.isCrowded()).toBe(true)
  const [first] = at.started
  if (first !== undefined) at.scheduler.finish(first.slot, 'grow')
  expect(at.scheduler.isCrowded()).toBe(false)
  expect(offer(3, 300)).toBe('taken')
})

test('Q7: trim and clear give bytes back; room comes when a quarter of them is gone', () => {
  const at = bench({ endpointInFlightMax: 1, waitingBytesMax: 2_000 })
  for (let number = 0; number < 5; number += 1) at.scheduler.offer(1, sized(1, number, 250))
  expect(at.scheduler.offer(1, sized(1, 9, 250))).toBe('full')
  let hasRoom = false
  at.scheduler.whenRoom(1, () => {
    hasRoom = true
  })
  expect(hasRoom).toBe(false)
  at.scheduler.finish(at.started[0]?.slot ?? expect.unreachable(), 'grow')
  expect(hasRoom).toBe(true)
  at.scheduler.finish(at.started[1]?.slot ?? expect.unreachable(), 'grow')
  expect(at.scheduler.counts().waitingBytes).toBe(500)
  at.nowMs = 5_100
  at.scheduler.trim()
  at.nowMs = 5_700
  expect(at.scheduler.trim()).toHaveLength(1)
  expect(at.scheduler.counts().waitingBytes).toBe(250)
  at.scheduler.clear()
  expect(at.scheduler.counts().waitingBytes).toBe(0)
})

test('Q8: a large item holds as many slots as it weighs', () => {
  const at = bench({ endpointInFlightMax: 10, inFlightMax: 6, slotBytes: 1_000 })
  for (let number = 0; number < 4; number += 1) at.scheduler.offer(1, sized(1, number, 2_500))
  expect(at.started).toHaveLength(2)
  at.scheduler.finish(at.started[0]?.slot ?? expect.unreachable(), 'grow')
  expect(at.started).toHaveLength(3)
})

test('Q7: endpoints that have not answered yet never fill the memory, however many they are', () => {
  const at = bench({
    endpointInFlightMax: 1,
    inFlightMax: 100,
    waitingBytesMax: 48_000,
    endpointWaitingMax: 100,
  })
  for (let endpoint = 1; endpoint <= 20; endpoint += 1) {
    for (let number = 0; number < 80; number += 1) {
      expect(at.scheduler.offer(endpoint, sized(endpoint, number, 500))).not.toBe('crowded')
    }
  }
  expect(at.scheduler.isCrowded()).toBe(false)
  expect(at.scheduler.offer(99, sized(99, 0, 500))).toBe('taken')
})

test('Q1: the limit grows while it is used, halves when the endpoint is overrun, and never leaves its bounds', () => {
  const at = bench({ limitStart: 4, endpointInFlightMax: 8, inFlightMax: 100, endpointWaitingMax: 1_000 })
  offerMany(at, 1, 200)
  expect(at.started).toHaveLength(4)
  const open = (): number => at.scheduler.counts().inFlight
  for (let index = 0; index < 20; index += 1)
    at.scheduler.finish(at.started[index]?.slot ?? expect.unreachable(), 'grow')
  expect(open()).toBe(8)
  at.scheduler.finish(at.started[20]?.slot ?? expect.unreachable(), 'halve')
  expect(at.scheduler.limitOf(1)).toBe(4)
  for (let index = 21; index < 28; index += 1)
    at.scheduler.finish(at.started[index]?.slot ?? expect.unreachable(), 'halve')
  expect([open(), at.scheduler.limitOf(1)]).toEqual([1, 1])
})

test.each([
  ['open', 0],
  ['half_open', 1],
] as const)('Q1: while the breaker is %s, %i may be under way', (state, count) => {
  const at = bench({ gate: () => state })
  offerMany(at, 1, 5)
  expect(at.started).toHaveLength(count)
})

test('Q1: after a recovery it begins with one again', () => {
  const at = bench({ inFlightMax: 100, endpointInFlightMax: 64 })
  offerMany(at, 1, 1)
  at.scheduler.finish(at.started[0]?.slot ?? expect.unreachable(), 'grow')
  at.scheduler.recover(1)
  offerMany(at, 1, 5)
  expect(at.scheduler.counts().inFlight).toBe(1)
})

test.each([true, false])(
  'Q11: the probe that closes the breaker is followed by one request (backlog: %s)',
  (isBacklog) => {
    let state: 'closed' | 'half_open' = 'closed'
    const at = bench({ inFlightMax: 100, endpointInFlightMax: 64, gate: () => state })
    const offer = (number: number): void => {
      at.scheduler.offer(1, { endpoint: 1, number, isBacklog })
    }
    const finish = (index: number): void =>
      at.scheduler.finish(at.started[index]?.slot ?? expect.unreachable(), 'grow')
    state = 'half_open'
    for (let number = 0; number < 9; number += 1) offer(number)
    expect(at.started).toHaveLength(1)
    state = 'closed'
    finish(0)
    expect(at.scheduler.counts().inFlight).toBe(1)
    finish(1)
    expect(at.scheduler.counts().inFlight).toBe(2)
  },
)

/** Runs two endpoints that never run dry, one slot, for a while; gives the slot time of each. */
function sharesOf(latencyMs: readonly [number, number], orgs: readonly [number, number]): readonly number[] {
  const at = bench({
    inFlightMax: 1,
    endpointInFlightMax: 1,
    waitMaxMs: 10_000_000,
    endpointWaitingMax: 1_000_000,
  })
  const usedMs = [0, 0]
  const offer = (endpoint: number): void => {
    at.scheduler.offer(endpoint, { endpoint, number: 0, org: orgs[endpoint - 1] ?? 0 })
  }
  for (const endpoint of [1, 2, 1, 2, 1, 2]) offer(endpoint)
  for (let index = 0; at.nowMs < 400_000; index += 1) {
    const { item, slot } = at.started[index] ?? expect.unreachable()
    const costMs = latencyMs[item.endpoint - 1] ?? 0
    at.nowMs += costMs
    usedMs[item.endpoint - 1] = (usedMs[item.endpoint - 1] ?? 0) + costMs
    offer(item.endpoint)
    at.scheduler.finish(slot, 'grow')
  }
  return usedMs
}

test.each([
  ['endpoints', [1, 1]],
  ['organizations', [1, 2]],
] as const)('Q2: %s share the slots by time, not by count', (_what, orgs) => {
  const [quickMs = 0, slowMs = 0] = sharesOf([10, 1_000], orgs)
  expect(quickMs / slowMs).toBeGreaterThan(0.7)
  expect(quickMs / slowMs).toBeLessThan(1.4)
})

test('Q5: fresh events do not wait behind a backlog, and the backlog has a quarter of the starts', () => {
  const at = bench({ inFlightMax: 100, endpointInFlightMax: 1, endpointWaitingMax: 1_000 })
  for (let number = 0; number < 20; number += 1)
    at.scheduler.offer(1, { endpoint: 1, number, isBacklog: true })
  for (let number = 100; number < 120; number += 1) at.scheduler.offer(1, { endpoint: 1, number })
  for (let index = 0; index < 12; index += 1)
    at.scheduler.finish(at.started[index]?.slot ?? expect.unreachable(), 'grow')
  const fresh = at.started.slice(1, 13).filter(({ item }) => item.number >= 100)
  expect(fresh.length).toBe(9)
})

test('Q5: a backlog alone begins with one request and grows by one for each full round of answers', () => {
  const at = bench({ inFlightMax: 100, endpointInFlightMax: 64, endpointWaitingMax: 1_000 })
  for (let number = 0; number < 50; number += 1)
    at.scheduler.offer(1, { endpoint: 1, number, isBacklog: true })
  const rounds: number[] = []
  for (let round = 0; round < 4; round += 1) {
    const under = at.scheduler.counts().inFlight
    rounds.push(under)
    for (const { slot } of at.started.slice(-under)) at.scheduler.finish(slot, 'grow')
  }
  expect(rounds).toEqual([1, 2, 3, 4])
})

test('Q9: of an asset one event at a time is under way, others pass; the next goes when it has arrived', () => {
  const at = bench({ inFlightMax: 100, endpointInFlightMax: 64 })
  const offer = (key: number, sequence: number) =>
    at.scheduler.offer(1, { endpoint: 1, number: key * 100 + sequence, order: { key, sequence } })
  for (const [key, sequence] of [
    [1, 5],
    [1, 7],
    [2, 3],
    [1, 6],
  ] as const)
    offer(key, sequence)
  const numbers = (): number[] => at.started.map(({ item }) => item.number)
  expect(numbers()).toEqual([105, 203])
  at.scheduler.advance(1, 1, 4) // somebody else's word
  expect(numbers()).toEqual([105, 203])
  at.scheduler.advance(1, 1, 5)
  expect(numbers()).toEqual([105, 203, 106])
  expect(at.scheduler.withdraw(1, 1, 6).map(({ number }) => number)).toEqual([107])
  expect(at.scheduler.counts().waiting).toBe(0)
  offer(1, 8)
  expect(numbers()).toEqual([105, 203, 106, 108])
})

test('Q10: an endpoint keeps to its limit a second; the next goes when its time has come', () => {
  const at = bench({
    inFlightMax: 100,
    endpointInFlightMax: 64,
    endpointWaitingMax: 1_000,
    termsOf: () => ({ orgId: orgId(1), rateLimitPerSecond: 2, orgRateLimitPerSecond: null, batch: null }),
  })
  offerMany(at, 1, 9)
  expect(at.started).toHaveLength(2)
  at.nowMs += 500
  at.timers.splice(0)[0]?.act()
  expect(at.started).toHaveLength(3)
})

test('Q10: an organization keeps to its limit over all its endpoints', () => {
  const at = bench({
    inFlightMax: 100,
    endpointWaitingMax: 1_000,
    termsOf: () => ({ orgId: orgId(1), rateLimitPerSecond: null, orgRateLimitPerSecond: 3, batch: null }),
  })
  for (const endpoint of [1, 2, 3, 4, 5]) offerMany(at, endpoint, 2)
  expect(at.started).toHaveLength(3)
})

test('Q10: a receiver that asks for a rest gets it; what can not wait is given back, what comes is put aside', () => {
  const at = bench()
  offerMany(at, 1, 5)
  expect(at.scheduler.pause(1, 60_000).map(({ number }) => number)).toEqual([2, 3, 4])
  expect(offerMany(at, 1, 1)).toEqual(['paused'])
  expect(at.scheduler.asideMs(1)).toBe(60_000)
  at.nowMs += 60_000
  expect(offerMany(at, 1, 1)).toEqual(['taken'])
})

test('what is put aside comes back in line, at the pace of its endpoint', () => {
  const at = bench()
  offerMany(at, 1, 1)
  const delays = Array.from({ length: 5 }, () => at.scheduler.asideMs(1))
  expect(delays[0]).toBe(10_000)
  const gaps = delays.slice(1).map((delayMs, index) => delayMs - (delays[index] ?? 0))
  expect(new Set(gaps.map(Math.round)).size).toBe(1)
  expect(gaps[0]).toBeGreaterThan(0)
})

test('a batch goes when it is full, when it is heavy, or when its first has waited long enough', () => {
  const batch = { maxEvents: 3, maxWaitMs: 100, maxBytes: 1_000 }
  const sizes: number[] = []
  const at = bench({
    inFlightMax: 100,
    endpointInFlightMax: 64,
    endpointWaitingMax: 1_000,
    termsOf: () => ({ orgId: orgId(1), rateLimitPerSecond: null, orgRateLimitPerSecond: null, batch }),
    start: (items) => sizes.push(items.length),
  })
  offerMany(at, 1, 7)
  expect(sizes).toEqual([3, 3])
  at.nowMs += 100
  at.timers.splice(0)[0]?.act()
  expect(sizes).toEqual([3, 3, 1])
  for (let number = 0; number < 2; number += 1) at.scheduler.offer(1, { endpoint: 1, number, bytes: 600 })
  expect(sizes).toEqual([3, 3, 1, 1])
  at.scheduler.halveBatch(1, 3)
  offerMany(at, 1, 2)
  expect(sizes.slice(4).every((size) => size === 1)).toBe(true)
})
