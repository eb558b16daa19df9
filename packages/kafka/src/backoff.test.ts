import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, isNews } from './backoff.ts'

test('a wait is never nothing and never more than two seconds', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 100_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, random) => {
        expect(backoffMs(n, random)).toBeGreaterThanOrEqual(12.5)
        expect(backoffMs(n, random)).toBeLessThanOrEqual(2_000)
      },
    ),
  )
})

test('the first warning comes within two seconds of an outage, and then about once a minute', () => {
  const news = Array.from({ length: 100 }, (_, i) => i + 1).filter(isNews)
  expect(news).toEqual([5, 37, 69])
  const waits = [0, 1, 2, 3].map((n) => backoffMs(n, 0.999))
  expect(waits.reduce((a, b) => a + b)).toBeLessThan(2_000)
})
