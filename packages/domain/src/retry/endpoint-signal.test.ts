import { failedWith, respondedWith } from '@scanhook/testkit/outcomes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attemptErrorClasses } from '../attempt.ts'
import { breakerVerdict } from '../breaking/breaker-verdict.ts'
import { endpointPauseMaxMs, endpointPauseMs, endpointSignal } from './endpoint-signal.ts'

const anyOutcome = fc.oneof(
  fc
    .tuple(fc.integer({ min: 100, max: 599 }), fc.option(fc.integer({ min: 0, max: 1e9 })))
    .map(([status, retryAfterMs]) => respondedWith(status, { retryAfterMs })),
  fc.constantFrom(...attemptErrorClasses).map((errorClass) => failedWith(errorClass)),
)

test.each([
  [200, 'grow', 'success'],
  [204, 'grow', 'success'],
  [302, 'steady', 'success'],
  [400, 'steady', 'success'],
  [408, 'steady', 'failure'],
  [410, 'steady', 'success'],
  [425, 'steady', 'failure'],
  [429, 'halve', 'failure'],
  [500, 'shrink', 'failure'],
  [502, 'halve', 'failure'],
  [503, 'halve', 'failure'],
  [504, 'halve', 'failure'],
  [599, 'shrink', 'failure'],
])('%i: %s, and to the breaker a %s', (status, signal, verdict) => {
  expect(endpointSignal(respondedWith(status))).toBe(signal)
  expect(breakerVerdict(respondedWith(status))).toBe(verdict)
})

test.each(attemptErrorClasses)('%s', (errorClass) => {
  const isOurs = errorClass === 'internal' || errorClass === 'blocked_address'
  const expected = isOurs ? 'steady' : errorClass === 'timeout' ? 'halve' : 'shrink'
  expect(endpointSignal(failedWith(errorClass))).toBe(expected)
  expect(breakerVerdict(failedWith(errorClass))).toBe(isOurs ? 'none' : 'failure')
})

test('S1: what the endpoint did not do says nothing about it', () => {
  for (const outcome of [failedWith('internal'), failedWith('blocked_address')]) {
    expect(endpointSignal(outcome)).toBe('steady')
    expect(breakerVerdict(outcome)).toBe('none')
    expect(endpointPauseMs(outcome)).toBe(0)
  }
})

test('S2: only a 2xx grows, and what grows is no failure', () => {
  fc.assert(
    fc.property(anyOutcome, (outcome) => {
      const is2xx = outcome.kind === 'responded' && outcome.status >= 200 && outcome.status <= 299
      expect(endpointSignal(outcome) === 'grow').toBe(is2xx)
      if (is2xx) expect(breakerVerdict(outcome)).toBe('success')
      if (endpointSignal(outcome) === 'shrink' || endpointSignal(outcome) === 'halve') {
        expect(breakerVerdict(outcome)).toBe('failure')
      }
    }),
  )
})

test('S3: 429 and 503 pause the endpoint as long as they ask, for a quarter of an hour at most; nothing else does', () => {
  expect(endpointPauseMs(respondedWith(429, { retryAfterMs: 30_000 }))).toBe(30_000)
  expect(endpointPauseMs(respondedWith(503, { retryAfterMs: 3_600_000 }))).toBe(900_000)
  expect(endpointPauseMs(respondedWith(429))).toBe(0)
  fc.assert(
    fc.property(anyOutcome, (outcome) => {
      const pauseMs = endpointPauseMs(outcome)
      expect(pauseMs).toBeGreaterThanOrEqual(0)
      expect(pauseMs).toBeLessThanOrEqual(endpointPauseMaxMs)
      if (outcome.kind === 'failed' || ![429, 503].includes(outcome.status)) expect(pauseMs).toBe(0)
    }),
  )
})
