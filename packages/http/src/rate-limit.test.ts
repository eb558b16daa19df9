import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRateLimiter, rateLimitHeaders, takeToken } from './rate-limit.ts'

const limit = { perMinute: 60, burst: 120 }

test('Q1: the burst is granted at once, then one a second', () => {
  const take = openRateLimiter(limit)
  const allowed = Array.from({ length: 130 }, () => take('key', 0)).filter((verdict) => verdict.isAllowed)
  expect(allowed).toHaveLength(120)
  expect(take('key', 999).isAllowed).toBe(false)
  expect(take('key', 1000).isAllowed).toBe(true)
  expect(take('key', 1000).isAllowed).toBe(false)
  expect(take('other', 1000).isAllowed).toBe(true)
})

test('Q1: never more than burst + rate × time, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5000, max: 20_000 }), { maxLength: 400 }), (steps) => {
      let bucket: Parameters<typeof takeToken>[0]
      let nowMs = 1_000_000
      let forwardMs = 0
      let granted = 0
      for (const step of steps) {
        nowMs += step
        forwardMs += Math.max(0, step)
        const taken = takeToken(bucket, { perMinute: 60, burst: 5 }, nowMs)
        bucket = taken.bucket
        if (taken.verdict.isAllowed) granted += 1
      }
      expect(granted).toBeLessThanOrEqual(5 + forwardMs / 1000 + 1e-6)
    }),
  )
})

test('Q2: a refused caller that waits for retryAfterS is served', () => {
  const first = takeToken(undefined, { perMinute: 7, burst: 1 }, 0)
  const second = takeToken(first.bucket, { perMinute: 7, burst: 1 }, 10)
  expect(second.verdict).toMatchObject({ isAllowed: false, remaining: 0, retryAfterS: 9 })
  expect(takeToken(second.bucket, { perMinute: 7, burst: 1 }, 10 + 9000).verdict.isAllowed).toBe(true)
})

test('headers say the policy, the bucket and when it is full again', () => {
  const { verdict } = takeToken(undefined, limit, 1_700_000_000_000)
  expect(rateLimitHeaders(limit, verdict)).toEqual({
    'ratelimit-policy': '60;w=60',
    'x-ratelimit-limit': '120',
    'x-ratelimit-remaining': '119',
    'x-ratelimit-reset': '1700000001',
  })
})
