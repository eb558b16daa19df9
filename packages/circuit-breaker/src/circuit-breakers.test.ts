import { endpointId } from '@scanhook/domain/ids'
import CircuitBreaker from 'opossum'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  type BreakerCall,
  type BreakerTransition,
  type CircuitBreakers,
  type CircuitBreakersOptions,
  openCircuitBreakers,
} from './circuit-breakers.ts'

const second = 1_000
const minute = 60 * second
const deadlineMs = 15 * second
const one = endpointId(1)
const other = endpointId(2)

let nowMs: number
let told: (readonly [endpoint: number, transition: BreakerTransition, openings: number | null])[]
let breakers: CircuitBreakers

function open(changes: Partial<CircuitBreakersOptions> = {}): CircuitBreakers {
  return openCircuitBreakers({
    max: 1_000,
    deadlineMs,
    scale: 1,
    nowMs: () => nowMs,
    random: () => 0.5,
    changed: (endpoint, snapshot, transition) =>
      told.push([endpoint, transition, snapshot?.openings ?? null]),
    ...changes,
  })
}

const settle = (verdict: 'success' | 'failure' | 'none', times = 1, endpoint = one): void => {
  for (let count = 0; count < times; count += 1) breakers.end(breakers.begin(endpoint), verdict)
}
const stateOf = (endpoint = one): string => breakers.judge(endpoint).kind
const untilMs = (): number => {
  const judgement = breakers.judge(one)
  return judgement.kind === 'open' ? judgement.untilMs : Number.NaN
}

beforeEach(() => {
  vi.useFakeTimers()
  nowMs = 1_780_000_000_000
  told = []
  breakers = open()
})

afterEach(() => {
  breakers.stop()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('trap 1: breakers have no timers, neither idle nor open nor probing', () => {
  const many = Array.from({ length: 100 }, (_, index) => endpointId(10 + index))
  for (const endpoint of many) settle('success', 1, endpoint)
  for (const endpoint of many.slice(0, 50)) settle('failure', 10, endpoint)
  nowMs += 30 * second
  for (const endpoint of many.slice(0, 25)) breakers.begin(endpoint)
  expect(breakers.counts()).toEqual({ open: 0, halfOpen: 50, known: 100 })
  expect(vi.getTimerCount()).toBe(0)
})

test('trap 2: a thousand healthy calls at the same time leave it closed', () => {
  const calls = Array.from({ length: 1_000 }, () => breakers.begin(one))
  for (const call of calls) breakers.end(call, 'success')
  expect(stateOf()).toBe('closed')
  expect(told).toEqual([])
})

test('B4: trap 3: a probe that says nothing of the endpoint does not close it, and gives its place back', () => {
  settle('failure', 10)
  nowMs += 30 * second
  const probe = breakers.begin(one)
  expect(breakers.judge(one)).toEqual({ kind: 'half_open', isProbing: true })
  breakers.end(probe, 'none')
  expect(breakers.judge(one)).toEqual({ kind: 'half_open', isProbing: false })
  expect(breakers.begin(one).isProbe).toBe(true)
  expect(told.at(-1)).toEqual([1, 'half_opened', 1])
})

test('trap 3: what says nothing of the endpoint is not counted in the window either', () => {
  settle('failure', 9)
  settle('none', 100)
  expect(stateOf()).toBe('closed')
  settle('failure')
  expect(stateOf()).toBe('open')
})

test('B3: trap 4: a late success of a call from before the opening neither closes it nor counts as the probe', () => {
  const early = Array.from({ length: 4 }, () => breakers.begin(one))
  settle('failure', 10)
  breakers.end(early[0] as BreakerCall, 'success')
  expect(stateOf()).toBe('open')
  nowMs += 24 * second // not yet due, and the early calls ended long ago but for those that may still
  expect(stateOf()).toBe('open')
})

test('B3: trap 4: in half-open, and after it closed, calls from before the last change say nothing', () => {
  breakers.stop()
  breakers = open({ scale: 10 }) // opens for 3 s, so that a call of 15 s outlives it
  const early = Array.from({ length: 20 }, () => breakers.begin(one))
  settle('failure', 10)
  nowMs += 3 * second
  expect(stateOf()).toBe('half_open')
  breakers.end(early.pop() as BreakerCall, 'success')
  breakers.end(early.pop() as BreakerCall, 'failure')
  expect(stateOf()).toBe('half_open')
  const probe = breakers.begin(one)
  breakers.end(early.pop() as BreakerCall, 'success')
  expect(stateOf()).toBe('half_open')
  breakers.end(probe, 'success')
  expect(stateOf()).toBe('closed')
  for (const call of early) breakers.end(call, 'failure')
  expect(stateOf()).toBe('closed')
})

test('B4: trap 5: a probe that never ends gives its place back a second after the deadline', () => {
  settle('failure', 10)
  nowMs += 30 * second
  const lost = breakers.begin(one)
  expect(lost.isProbe).toBe(true)
  nowMs += deadlineMs + second - 1
  expect(breakers.judge(one)).toEqual({ kind: 'half_open', isProbing: true })
  expect(breakers.begin(one).isProbe).toBe(false)
  nowMs += 1
  expect(breakers.judge(one)).toEqual({ kind: 'half_open', isProbing: false })
  const probe = breakers.begin(one)
  expect(probe.isProbe).toBe(true)
  breakers.end(lost, 'failure')
  expect(stateOf()).toBe('half_open')
  breakers.end(probe, 'success')
  expect(stateOf()).toBe('closed')
})

test('B3: trap 6: a call that is over its time takes nobody with it: the others keep their say', () => {
  const lost = breakers.begin(one)
  nowMs += deadlineMs
  const running = Array.from({ length: 10 }, () => breakers.begin(one))
  nowMs += second
  breakers.end(lost, 'failure')
  for (const call of running.slice(1)) breakers.end(call, 'failure')
  expect(stateOf()).toBe('closed')
  breakers.end(running[0] as BreakerCall, 'failure')
  expect(stateOf()).toBe('open')
})

test('B2: trap 7: nine failures are too few, ten are enough', () => {
  settle('failure', 9)
  expect(stateOf()).toBe('closed')
  settle('failure')
  expect(stateOf()).toBe('open')
})

test('B2: trap 7: half of the window is not more than half', () => {
  settle('success', 50)
  settle('failure', 50)
  expect(stateOf()).toBe('closed')
  settle('failure')
  expect(stateOf()).toBe('open')
})

test('B2: trap 7: only what ended counts, not what is under way', () => {
  for (let count = 0; count < 1_000; count += 1) breakers.begin(one)
  settle('failure', 10)
  expect(stateOf()).toBe('open')
})

test('B2: failures leave the window after a minute, and stay in it for 50 s', () => {
  settle('failure', 9)
  nowMs += 50 * second - 1
  settle('failure', 0)
  settle('success', 8) // 9 of 17, more than half; a success does not open
  expect(stateOf()).toBe('closed')
  nowMs += 10 * second + 1
  settle('failure', 8)
  expect(stateOf()).toBe('closed') // 8 of 16: the nine are gone
  settle('failure')
  expect(stateOf()).toBe('open')
})

test('B1, B5: trap 8: it opens for 30 s, 1 m, 2 m … 15 m when each probe fails', () => {
  settle('failure', 10)
  const waits = Array.from({ length: 8 }, () => {
    const waitMs = untilMs() - nowMs
    nowMs += waitMs - 1
    expect(stateOf()).toBe('open')
    nowMs += 1
    expect(stateOf()).toBe('half_open')
    settle('failure')
    return waitMs / second
  })
  expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900])
})

test('trap 8: chance spreads the waits, the time scale divides them', () => {
  breakers = open({ random: () => 0, scale: 1_000 })
  settle('failure', 10)
  expect(untilMs() - nowMs).toBe(24)
  breakers = open({ random: () => 1 - 2 ** -53 })
  settle('failure', 10)
  expect(untilMs() - nowMs).toBe(36 * second)
})

test('B5: trap 8: a flapping endpoint keeps backing off; one that stayed useful for a window begins anew', () => {
  const openAgain = (): number => {
    settle('failure', 20)
    const waitMs = untilMs() - nowMs
    nowMs += waitMs
    settle('success')
    expect(stateOf()).toBe('closed')
    return waitMs / second
  }
  expect([openAgain(), openAgain(), openAgain()]).toEqual([30, 60, 120])
  nowMs += minute - 1
  settle('success')
  expect(openAgain()).toBe(240)
  nowMs += minute
  settle('success')
  expect(openAgain()).toBe(30)
})

test('B5: silence is no recovery', () => {
  settle('failure', 10)
  nowMs += 30 * second
  settle('success')
  nowMs += 10 * minute
  settle('success', 1, other) // somebody else’s call moves the windows on
  settle('failure', 10)
  expect(untilMs() - nowMs).toBe(minute)
})

test('B5: what it knew is forgotten after a quarter of an hour without a call, or there would be no end', () => {
  settle('failure', 10)
  nowMs += 30 * second
  settle('success')
  nowMs += 20 * minute
  settle('success', 1, other)
  expect(breakers.counts().known).toBe(1)
  settle('failure', 10)
  expect(untilMs() - nowMs).toBe(30 * second)
})

test('B6: trap 8: a restored breaker is open until the same instant, with the same openings', () => {
  breakers.restore(one, { state: 'open', untilMs: nowMs + minute, openings: 3, epoch: 40 })
  expect(untilMs()).toBe(nowMs + minute)
  expect(told).toEqual([])
  nowMs += minute
  settle('failure')
  expect(untilMs() - nowMs).toBe(4 * minute)
})

test('B6: a restored half-open breaker waits for its probe', () => {
  breakers.restore(one, { state: 'half_open', untilMs: nowMs - 5, openings: 2, epoch: 40 })
  expect(breakers.judge(one)).toEqual({ kind: 'half_open', isProbing: false })
  settle('success')
  expect(told).toEqual([[1, 'closed', null]])
})

test('B6: restore overwrites neither what opened here nor what succeeded here, but a few failures', () => {
  const snapshot = { state: 'open', untilMs: nowMs + 10 * minute, openings: 5, epoch: 99 } as const
  settle('failure', 10)
  breakers.restore(one, snapshot)
  expect(untilMs()).toBe(nowMs + 30 * second)
  settle('success', 1, other)
  breakers.restore(other, snapshot)
  expect(stateOf(other)).toBe('closed')
  const third = endpointId(3)
  settle('failure', 9, third)
  breakers.restore(third, snapshot)
  expect(stateOf(third)).toBe('open')
})

test('B7: epochs rise over all changes, also above that of a restored one', () => {
  const epochs: number[] = []
  breakers = open({ changed: (_, snapshot) => epochs.push(snapshot?.epoch ?? -1) })
  breakers.restore(one, { state: 'open', untilMs: nowMs, openings: 1, epoch: 1_000 })
  settle('failure') // half-open, open
  settle('failure', 10, other)
  nowMs += minute
  expect([stateOf(), stateOf(other)]).toEqual(['half_open', 'half_open'])
  expect(epochs).toEqual([1_001, 1_002, 1_003, 1_004, 1_005])
})

test('B8: neither a clock that goes back nor one that was ahead elsewhere keeps it open for longer than 18 m', () => {
  settle('failure', 10)
  nowMs -= 24 * 60 * minute
  expect(untilMs()).toBe(nowMs + 18 * minute)
  breakers.forget(one)
  breakers.restore(one, { state: 'open', untilMs: nowMs + 1e9, openings: 1, epoch: 99 })
  expect(untilMs()).toBe(nowMs + 18 * minute)
})

test('B8: a clock that goes back does not stop the window', () => {
  settle('success')
  nowMs -= 24 * 60 * minute
  settle('failure', 8)
  nowMs += minute + 10 * second
  settle('failure', 9)
  expect(stateOf()).toBe('closed')
})

test('trap 9: evicted, idle, opened, forgotten and stopped breakers are shut down, each once', () => {
  const shutdown = vi.spyOn(CircuitBreaker.prototype, 'shutdown')
  breakers = open({ max: 3 })
  for (let id = 10; id < 20; id += 1) settle('success', 1, endpointId(id))
  expect(shutdown).toHaveBeenCalledTimes(7)
  expect(breakers.counts().known).toBe(3)
  breakers.forget(endpointId(19))
  expect(shutdown).toHaveBeenCalledTimes(8)
  settle('failure', 20, endpointId(18)) // opens after 10, the rest comes too late
  expect(shutdown).toHaveBeenCalledTimes(9)
  nowMs += minute
  settle('success', 1, one) // endpoint 17 is idle
  expect(shutdown).toHaveBeenCalledTimes(10)
  settle('failure', 1, endpointId(18)) // the probe
  expect(shutdown).toHaveBeenCalledTimes(11)
  breakers.stop()
  expect(shutdown).toHaveBeenCalledTimes(12)
  expect(breakers.counts().known).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('B6: trap 9: eviction takes closed breakers only, and their old calls do not come back as new ones', () => {
  breakers.stop()
  breakers = open({ max: 1, scale: 10 })
  const early = Array.from({ length: 10 }, () => breakers.begin(one))
  settle('failure', 10)
  settle('success', 5, other)
  expect(stateOf()).toBe('open')
  nowMs += 3 * second
  settle('success') // closes, evicts the other
  settle('success', 1, other) // evicts this one
  for (const call of early) breakers.end(call, 'failure')
  expect(stateOf()).toBe('closed')
})

test('B3: after forget, calls to what it was do not count', () => {
  const early = Array.from({ length: 10 }, () => breakers.begin(one))
  breakers.forget(one)
  for (const call of early) breakers.end(call, 'failure')
  expect(stateOf()).toBe('closed')
  settle('failure', 10)
  expect(stateOf()).toBe('open')
})

test('a call that ends twice counts once', () => {
  const calls = Array.from({ length: 9 }, () => breakers.begin(one))
  for (const call of [...calls, ...calls]) breakers.end(call, 'failure')
  expect(stateOf()).toBe('closed')
})

test('to judge an endpoint makes nothing', () => {
  expect(breakers.judge(one)).toBe(breakers.judge(other))
  expect(breakers.counts().known).toBe(0)
})
