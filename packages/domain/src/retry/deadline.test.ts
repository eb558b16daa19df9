import fc from 'fast-check'
import { expect, test } from 'vitest'
import { profileNames, profiles } from '../profile.ts'
import { deadlineOf } from './deadline.ts'

const hourMs = 3_600_000
const anyPolicy = fc.constantFrom(...profileNames).map((name) => profiles[name].retry)

test('a day for the exponential schedule, the whole table and a day for a table', () => {
  const delivery = { firstAttemptAtMs: 5, createdAtMs: 0 }
  expect(deadlineOf(delivery, profiles.standard.retry, 1)).toBe(24 * hourMs + 5)
  expect(deadlineOf(delivery, profiles.trackberry.retry, 1)).toBe((24 + 24 + 2.6) * hourMs + 5)
  expect(deadlineOf(delivery, profiles.standard.retry, 1_000)).toBe(86_400 + 5)
})

test('a delivery that is only ever held has one too, far before its tier’s retention of 14 days', () => {
  for (const name of profileNames) {
    const deadlineMs = deadlineOf({ firstAttemptAtMs: null, createdAtMs: 0 }, profiles[name].retry, 1)
    expect(deadlineMs).toBeLessThan(3 * 24 * hourMs)
  }
})

test('L1: the first attempt moves it forward, by as much as it came after the creation', () => {
  fc.assert(
    fc.property(
      anyPolicy,
      fc.nat(),
      fc.nat(),
      fc.constantFrom(1, 7, 1_000),
      (policy, createdAtMs, laterMs, scale) => {
        const before = deadlineOf({ firstAttemptAtMs: null, createdAtMs }, policy, scale)
        const after = deadlineOf({ firstAttemptAtMs: createdAtMs + laterMs, createdAtMs }, policy, scale)
        expect(after - before).toBe(laterMs)
      },
    ),
  )
})
