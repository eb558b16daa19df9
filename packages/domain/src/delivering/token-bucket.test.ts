import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newBucket, takeTokens, waitForTokenMs } from './token-bucket.ts'

test('T1: over any time no more is taken than the limit and one burst allow', () => {
  const step = fc.record({ afterMs: fc.nat(2_000), count: fc.integer({ min: 1, max: 5 }) })
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 200, noNaN: true }),
      fc.array(step, { maxLength: 100 }),
      (perSecond, steps) => {
        const bucket = newBucket(perSecond, 0)
        let nowMs = 0
        let taken = 0
        let largest = 0
        for (const { afterMs, count } of steps) {
          nowMs += afterMs
          if (waitForTokenMs(bucket, nowMs) > 0) continue
          takeTokens(bucket, count, nowMs)
          taken += count
          largest = Math.max(largest, count)
          expect(taken).toBeLessThanOrEqual((nowMs * perSecond) / 1_000 + Math.max(1, perSecond) + largest)
        }
      },
    ),
  )
})

test('T1: the wait that is told is long enough, and no longer than it must be', () => {
  const bucket = newBucket(4, 0)
  takeTokens(bucket, 4, 0)
  expect(waitForTokenMs(bucket, 0)).toBe(250)
  expect(waitForTokenMs(bucket, 200)).toBe(50)
  expect(waitForTokenMs(bucket, 250)).toBe(0)
})

test('T2: a clock that goes back gives nothing', () => {
  const bucket = newBucket(1, 1_000)
  takeTokens(bucket, 1, 1_000)
  expect(waitForTokenMs(bucket, 0)).toBe(1_000)
})
