import { failedWith, respondedWith } from '@scanhook/testkit/outcomes'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attemptErrorClasses } from '../attempt.ts'
import { profileNames, profiles } from '../profile.ts'
import { type AttemptContext, decideNext } from './decide-next.ts'

const hourMs = 3_600_000

const first: AttemptContext = {
  policy: profiles.standard.retry,
  attemptNumber: 1,
  firstAttemptAtMs: 1_000_000,
  nowMs: 1_000_100,
  random: 0.5,
  scale: 1,
}

const anyOutcome = fc.oneof(
  fc
    .tuple(fc.integer({ min: 100, max: 599 }), fc.option(fc.integer({ min: 0, max: 8 * 24 * hourMs })))
    .map(([status, retryAfterMs]) => respondedWith(status, { retryAfterMs })),
  fc.constantFrom(...attemptErrorClasses).map((errorClass) => failedWith(errorClass)),
)
const anyContext = fc.record({
  policy: fc.constantFrom(...profileNames).map((name) => profiles[name].retry),
  attemptNumber: fc.integer({ min: 1, max: 14 }),
  firstAttemptAtMs: fc.integer({ min: 0, max: 10 * hourMs }),
  nowMs: fc.integer({ min: 10 * hourMs, max: 40 * hourMs }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  scale: fc.constantFrom(1, 10, 1000),
})

describe('R1: who delivers, who kills, who retries', () => {
  test('R1: only a 2xx delivers', () => {
    fc.assert(
      fc.property(anyOutcome, anyContext, (outcome, context) => {
        const is2xx = outcome.kind === 'responded' && outcome.status >= 200 && outcome.status < 300
        expect(decideNext(outcome, context).kind === 'delivered').toBe(is2xx)
      }),
    )
  })
  test('R1: 410 is gone, on the first attempt too', () => {
    expect(decideNext(respondedWith(410), first)).toEqual({ kind: 'dead', reason: 'gone' })
  })
  test('R1: a blocked address is dead at once', () => {
    expect(decideNext(failedWith('blocked_address'), first)).toEqual({
      kind: 'dead',
      reason: 'blocked_address',
    })
  })
  test.each([
    100, 199, 300, 301, 304, 307, 400, 401, 404, 408, 409, 411, 413, 422, 429, 500, 502, 503, 504, 599,
  ])('R1: %i retries', (status) => {
    expect(decideNext(respondedWith(status), first)).toEqual({ kind: 'retry', dueAtMs: first.nowMs + 5_000 })
  })
  test.each(attemptErrorClasses.filter((name) => name !== 'blocked_address'))(
    'R1: %s retries',
    (errorClass) => {
      expect(decideNext(failedWith(errorClass), first).kind).toBe('retry')
    },
  )
  test('R1: after the last row of the Trackberry table the delivery is exhausted', () => {
    const table = { ...first, policy: profiles.trackberry.retry }
    const fifth = decideNext(respondedWith(500), { ...table, attemptNumber: 5 })
    expect(fifth).toEqual({ kind: 'retry', dueAtMs: first.nowMs + 24 * hourMs })
    expect(decideNext(respondedWith(500), { ...table, attemptNumber: 6 })).toEqual({
      kind: 'dead',
      reason: 'exhausted',
    })
  })
})

describe('R2: Retry-After', () => {
  test('R2: lengthens the first wait', () => {
    expect(decideNext(respondedWith(429, { retryAfterMs: 60_000 }), first)).toEqual({
      kind: 'retry',
      dueAtMs: first.nowMs + 60_000,
    })
  })
  test('R2: does not shorten a longer wait', () => {
    expect(decideNext(respondedWith(503, { retryAfterMs: 1_000 }), first)).toEqual({
      kind: 'retry',
      dueAtMs: first.nowMs + 5_000,
    })
  })
  test('R2: is not divided by the time scale', () => {
    const scaled = { ...first, scale: 1000 }
    expect(decideNext(respondedWith(503, { retryAfterMs: 2_000 }), scaled)).toEqual({
      kind: 'retry',
      dueAtMs: first.nowMs + 2_000,
    })
    expect(decideNext(respondedWith(503), scaled)).toEqual({ kind: 'retry', dueAtMs: first.nowMs + 5 })
  })
  test('R2: nothing brings an attempt before it, jitter and scale included', () => {
    fc.assert(
      fc.property(anyOutcome, anyContext, (outcome, context) => {
        const next = decideNext(outcome, context)
        fc.pre(next.kind === 'retry' && outcome.kind === 'responded')
        expect(next.dueAtMs).toBeGreaterThanOrEqual(context.nowMs + (outcome.retryAfterMs ?? 0))
      }),
    )
  })
  test('R2: a receiver that asks for more than a day asks us to give up', () => {
    const day = 24 * hourMs
    for (const name of profileNames) {
      const context = { ...first, policy: profiles[name].retry }
      expect(decideNext(respondedWith(503, { retryAfterMs: day + 1 }), context)).toEqual({
        kind: 'dead',
        reason: 'deadline',
      })
    }
  })
})

test('R3: due is a whole millisecond, never before now', () => {
  fc.assert(
    fc.property(anyOutcome, anyContext, (outcome, context) => {
      const next = decideNext(outcome, context)
      fc.pre(next.kind === 'retry')
      expect(next.dueAtMs).toBeGreaterThanOrEqual(context.nowMs)
      expect(Number.isSafeInteger(next.dueAtMs)).toBe(true)
    }),
  )
})

describe('R4: the deadline', () => {
  test('R4: the exponential schedule makes 12 attempts in 24 h and plans none after', () => {
    let nowMs = 0
    let attemptNumber = 0
    for (;;) {
      attemptNumber += 1
      const next = decideNext(respondedWith(500), { ...first, firstAttemptAtMs: 0, nowMs, attemptNumber })
      if (next.kind !== 'retry') {
        expect(next).toEqual({ kind: 'dead', reason: 'deadline' })
        break
      }
      nowMs = next.dueAtMs
      expect(nowMs).toBeLessThanOrEqual(24 * hourMs)
    }
    expect(attemptNumber).toBe(12)
    expect(nowMs / hourMs).toBeGreaterThan(22)
  })
  test('R4: an attempt may begin at the deadline itself, not after it', () => {
    const atDeadline = { ...first, firstAttemptAtMs: 0, nowMs: 24 * hourMs - 5_000 }
    expect(decideNext(respondedWith(500), atDeadline)).toEqual({ kind: 'retry', dueAtMs: 24 * hourMs })
    const after = { ...atDeadline, nowMs: atDeadline.nowMs + 1 }
    expect(decideNext(respondedWith(500), after)).toEqual({ kind: 'dead', reason: 'deadline' })
  })
  test('R4: a Retry-After behind the deadline leaves no attempt, not an earlier one', () => {
    const late = { ...first, firstAttemptAtMs: 0, nowMs: 23 * hourMs }
    expect(decideNext(respondedWith(503, { retryAfterMs: hourMs }), late)).toEqual({
      kind: 'retry',
      dueAtMs: 24 * hourMs,
    })
    expect(decideNext(respondedWith(503, { retryAfterMs: hourMs + 1 }), late)).toEqual({
      kind: 'dead',
      reason: 'deadline',
    })
  })
  test('R4: a table has a deadline as well, and its own waits never meet it', () => {
    const table = { ...first, policy: profiles.trackberry.retry, firstAttemptAtMs: 0 }
    let nowMs = 0
    for (let attemptNumber = 1; attemptNumber <= 5; attemptNumber += 1) {
      const next = decideNext(respondedWith(500), { ...table, nowMs, attemptNumber })
      if (next.kind !== 'retry') throw new Error(`attempt ${attemptNumber} was the last`)
      nowMs = next.dueAtMs + 15_000 // a timeout each
    }
    const asked = decideNext(respondedWith(503, { retryAfterMs: 24 * hourMs }), {
      ...table,
      nowMs: 27 * hourMs,
      attemptNumber: 5,
    })
    expect(asked).toEqual({ kind: 'dead', reason: 'deadline' })
  })
  test('R4: the deadline is scaled with the schedule', () => {
    const scaled = { ...first, firstAttemptAtMs: 0, scale: 1000, nowMs: 86_396 }
    expect(decideNext(respondedWith(500), scaled)).toEqual({ kind: 'dead', reason: 'deadline' })
  })
})
