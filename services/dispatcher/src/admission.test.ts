import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AdmissionOptions, RoundRobinAdmission, type Slot } from './admission.ts'

interface Item {
  readonly endpoint: number
  readonly number: number
  readonly bytes?: number
}

interface Bench {
  readonly admission: RoundRobinAdmission<Item>
  readonly started: { readonly item: Item; readonly slot: Slot }[]
  nowMs: number
  isOpen: boolean
}

function bench(change: Partial<AdmissionOptions<Item>> = {}): Bench {
  const started: Bench['started'] = []
  const self = { started, nowMs: 0, isOpen: true } as unknown as Bench & {
    admission: RoundRobinAdmission<Item>
  }
  const admission = new RoundRobinAdmission<Item>({
    endpointInFlightMax: 2,
    inFlightMax: 6,
    freePerHeld: 0,
    endpointWaitingMax: 10,
    waitingBytesMax: 1_000_000,
    slotBytes: 1_000,
    bytesOf: ({ bytes }) => bytes ?? 1,
    waitMaxMs: 5_000,
    monotonicMs: () => self.nowMs,
    start: (item, slot) => started.push({ item, slot }),
    mayStart: () => self.isOpen,
    ...change,
  })
  return Object.assign(self, { admission })
}

function offerMany(at: Bench, endpoint: number, count: number): string[] {
  return Array.from({ length: count }, (_, number) => at.admission.offer(endpoint, { endpoint, number }))
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
      if (at.admission.offer(endpoint, { endpoint, number }) === 'taken') taken += 1
      noteStarted()
    },
    finish: (pick: number): void => {
      const [gone] = open.splice(pick % Math.max(1, open.length), 1)
      if (gone !== undefined) at.admission.finish(gone.slot)
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
        expect(at.admission.counts().inFlight).toBe(run.open.length)
        expect(at.admission.counts().waiting).toBe(run.takenCount() - at.started.length)
      }
      while (run.open.length > 0) run.finish(0)
      // Nothing that was taken is forgotten, and idle endpoints are.
      expect(at.started.length).toBe(run.takenCount())
      expect(at.admission.counts()).toEqual({ waiting: 0, waitingBytes: 0, inFlight: 0, endpoints: 0 })
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
    if (current !== undefined) at.admission.finish(current.slot)
  }
  expect(at.started.map(({ item }) => item.endpoint)).toEqual([1, 1, 2, 3, 1, 2, 3, 2, 3])
})

test('Q2: between two starts of one endpoint every other has had its turn', () => {
  const at = bench({ inFlightMax: 5, endpointInFlightMax: 4 })
  at.isOpen = false
  for (const endpoint of [1, 2, 3]) offerMany(at, endpoint, 3)
  at.isOpen = true
  at.admission.pump()
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
  at.admission.trim()
  at.nowMs = 5_000
  expect(at.admission.trim()).toEqual([]) // it may only just have become slow
  at.nowMs = 5_600
  // Two under way, silent for 5.6 s: one item per 2.8 s, so one may wait.
  expect(at.admission.trim().map(({ number }) => number)).toEqual([3, 4, 5, 6, 7, 8, 9])
  expect(offerMany(at, 1, 1)).toEqual(['slow'])
  expect(offerMany(at, 2, 1)).toEqual(['taken'])
  const [first] = at.started
  if (first !== undefined) at.admission.finish(first.slot)
  expect(offerMany(at, 1, 1)).toEqual(['taken']) // Q4: empty again
})

test('Q3: one stuck request does not make a quick endpoint look slow', () => {
  const at = bench({ endpointWaitingMax: 100 })
  offerMany(at, 1, 2)
  for (let round = 0; round < 400; round += 1) {
    at.nowMs += 20
    at.admission.offer(1, { endpoint: 1, number: round })
    at.admission.offer(1, { endpoint: 1, number: round })
    for (const { slot } of at.started.slice(1)) at.admission.finish(slot)
  }
  expect(at.admission.trim()).toEqual([])
  expect(offerMany(at, 1, 1)).toEqual(['taken'])
})

test('Q3: a full queue of an endpoint that is not slow says full, and room comes when it is half empty', async () => {
  const at = bench()
  expect(offerMany(at, 1, 13)).toEqual([...Array.from({ length: 12 }, () => 'taken'), 'full'])
  let hasRoom = false
  const room = at.admission.room(1).then(() => {
    hasRoom = true
  })
  for (let index = 0; index < 4; index += 1) {
    const current = at.started[index]
    if (current !== undefined) at.admission.finish(current.slot)
  }
  await Promise.resolve()
  expect(hasRoom).toBe(false)
  const fifth = at.started[4]
  if (fifth !== undefined) at.admission.finish(fifth.slot)
  await room
  expect(at.admission.offer(1, { endpoint: 1, number: 99 })).toBe('taken')
})

test('Q4: an endpoint at its bound keeps its room; only one that has been over its pace for long is refused', () => {
  const at = bench({ endpointInFlightMax: 1, endpointWaitingMax: 100 })
  offerMany(at, 1, 101)
  const answerAfter = (ms: number): void => {
    at.nowMs += ms
    const current = at.started.at(-1)
    if (current !== undefined) at.admission.finish(current.slot)
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
    for (const { slot } of at.started.slice()) at.admission.finish(slot)
  }
  for (let waitedMs = 0; waitedMs < 1_000; waitedMs += 200) {
    at.nowMs += 1
    for (const { slot } of at.started.slice(-64)) at.admission.finish(slot)
    expect(at.admission.trim()).toEqual([])
  }
  offerMany(at, 2, 9_000)
  at.nowMs += 400
  at.admission.trim()
  at.nowMs += 600
  expect(at.admission.trim().length).toBeGreaterThan(8_000)
})

test('Q1: nothing starts while it may not, everything after the pump', () => {
  const at = bench()
  at.isOpen = false
  offerMany(at, 1, 2)
  expect(at.started).toEqual([])
  at.isOpen = true
  at.admission.pump()
  expect(at.started).toHaveLength(2)
})

test('Q5: clear gives back what waits and starts nothing more', () => {
  const at = bench()
  offerMany(at, 1, 5)
  expect(at.admission.clear().map(({ number }) => number)).toEqual([2, 3, 4])
  const [first] = at.started
  if (first !== undefined) at.admission.finish(first.slot)
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
  for (const { item, slot } of at.started.slice()) if (item.endpoint === 1) at.admission.finish(slot)
  expect([countOf(1), countOf(2)]).toEqual([64, 43])
})

function sized(endpoint: number, number: number, bytes: number): Item {
  return { endpoint, number, bytes }
}

test('Q7: what waits is bounded in bytes; of one endpoint half, and a start makes room', () => {
  const at = bench({ endpointInFlightMax: 1, waitingBytesMax: 1_000 })
  const offer = (endpoint: number, bytes: number) => at.admission.offer(endpoint, sized(endpoint, 0, bytes))
  for (const endpoint of [1, 2, 3]) expect(offer(endpoint, 300)).toBe('taken')
  expect([offer(1, 300), offer(1, 300), offer(1, 200)]).toEqual(['taken', 'full', 'taken'])
  expect([offer(2, 400), offer(3, 300)]).toEqual(['taken', 'crowded'])
  expect(at.admission.counts()).toMatchObject({ waiting: 3, waitingBytes: 900 })
  expect(at.admission.isCrowded()).toBe(true)
  const [first] = at.started
  if (first !== undefined) at.admission.finish(first.slot)
  expect(at.admission.isCrowded()).toBe(false)
  expect(offer(3, 300)).toBe('taken')
})

test('Q7: trim and clear give bytes back; room comes when half of them are gone', async () => {
  const at = bench({ endpointInFlightMax: 1, waitingBytesMax: 2_000 })
  for (let number = 0; number < 5; number += 1) at.admission.offer(1, sized(1, number, 250))
  expect(at.admission.offer(1, sized(1, 9, 250))).toBe('full')
  let hasRoom = false
  const room = at.admission.room(1).then(() => {
    hasRoom = true
  })
  at.admission.finish(at.started[0]?.slot ?? expect.unreachable())
  await Promise.resolve()
  expect(hasRoom).toBe(false)
  at.admission.finish(at.started[1]?.slot ?? expect.unreachable())
  await room
  expect(at.admission.counts().waitingBytes).toBe(500)
  at.nowMs = 6_000
  at.admission.trim()
  at.nowMs = 7_000
  expect(at.admission.trim()).toHaveLength(1)
  expect(at.admission.counts().waitingBytes).toBe(250)
  at.admission.clear()
  expect(at.admission.counts().waitingBytes).toBe(0)
})

test('Q8: a large item holds as many slots as it weighs', () => {
  const at = bench({ endpointInFlightMax: 10, inFlightMax: 6, slotBytes: 1_000 })
  for (let number = 0; number < 4; number += 1) at.admission.offer(1, sized(1, number, 2_500))
  expect(at.started).toHaveLength(2)
  at.admission.offer(2, sized(2, 0, 10))
  expect(at.started).toHaveLength(2)
  at.admission.finish(at.started[0]?.slot ?? expect.unreachable())
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
      expect(at.admission.offer(endpoint, sized(endpoint, number, 500))).not.toBe('crowded')
    }
  }
  expect(at.admission.isCrowded()).toBe(false)
  expect(at.admission.offer(99, sized(99, 0, 500))).toBe('taken')
})
