import { expect, test } from 'vitest'
import { profiles } from '../profile.ts'
import { deadlineAfterMs, scheduledDelayMs, withJitter } from './schedule.ts'

const seconds = (policy: 'standard' | 'trackberry', attempts: number): (number | null)[] =>
  Array.from({ length: attempts }, (_, index) => {
    const delayMs = scheduledDelayMs(profiles[policy].retry, index + 1)
    return delayMs === null ? null : delayMs / 1000
  })

test('standard: 5 s, then three times as long each time, up to 6 h, without end', () => {
  const hours6 = 6 * 3600
  expect(seconds('standard', 11)).toEqual([5, 15, 45, 135, 405, 1215, 3645, 10_935, hours6, hours6, hours6])
  expect(deadlineAfterMs(profiles.standard.retry)).toBe(86_400_000)
})

test('trackberry: the table of its page, then nothing', () => {
  expect(seconds('trackberry', 6)).toEqual([60, 300, 1800, 7200, 86_400, null])
  const tableS = 60 + 300 + 1800 + 7200 + 86_400
  expect(deadlineAfterMs(profiles.trackberry.retry)).toBe((tableS + 86_400) * 1000)
})

test('jitter spreads an exponential wait by ±20 % and leaves a table alone', () => {
  expect(withJitter(profiles.standard.retry, 1000, 0)).toBe(800)
  expect(withJitter(profiles.standard.retry, 1000, 0.5)).toBe(1000)
  expect(withJitter(profiles.standard.retry, 1000, 0.999_999)).toBeCloseTo(1200, 2)
  expect(withJitter(profiles.trackberry.retry, 1000, 0)).toBe(1000)
})
