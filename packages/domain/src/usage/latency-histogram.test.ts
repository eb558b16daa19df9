import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type LatencyCounts,
  latencyBoundsMs,
  latencyBucketCount,
  latencyBucketOf,
  latencyErrorShare,
  latencyQuantileMs,
} from './latency-histogram.ts'

function countsOf(values: readonly number[]): LatencyCounts {
  const counts = Array.from({ length: latencyBucketCount }, () => 0)
  for (const value of values) counts[latencyBucketOf(value)] = (counts[latencyBucketOf(value)] ?? 0) + 1
  return counts
}

/** By nearest rank, over the values themselves. */
function trueQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN
}

const latencies = fc.array(fc.double({ min: 1, max: 16_383, noNaN: true }), { minLength: 1, maxLength: 200 })
const shares = fc.constantFrom(0.5, 0.95, 0.99, 1)

test('L1: a quantile is at most 19 % away from the true one', () => {
  fc.assert(
    fc.property(latencies, shares, (values, share) => {
      const exact = trueQuantile(values, share)
      const told = latencyQuantileMs(countsOf(values), share) ?? Number.NaN
      // One decimal is told.
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * latencyErrorShare + 0.05)
    }),
  )
})

test('L1: what is outside of the bounds is told as the bound', () => {
  expect(latencyQuantileMs(countsOf([0, 0.2, 0.9]), 0.5)).toBe(1)
  expect(latencyQuantileMs(countsOf([20_000, 60_000]), 0.99)).toBe(16_384)
})

test('L2: histograms that are added up have the quantiles of all values together', () => {
  fc.assert(
    fc.property(latencies, latencies, shares, (some, others, share) => {
      const one = countsOf(some)
      const other = countsOf(others)
      const sum = one.map((count, index) => count + (other[index] ?? 0))
      expect(latencyQuantileMs(sum, share)).toBe(latencyQuantileMs(countsOf([...some, ...others]), share))
    }),
  )
})

test('a bound belongs to the bucket above it, and there are thirty buckets', () => {
  expect(latencyBucketCount).toBe(30)
  expect(latencyBoundsMs.map(latencyBucketOf)).toEqual(latencyBoundsMs.map((_, index) => index + 1))
  expect([latencyBucketOf(0), latencyBucketOf(0.999), latencyBucketOf(1e9)]).toEqual([0, 0, 29])
})

test('no requests have no latency', () => {
  expect(latencyQuantileMs(countsOf([]), 0.5)).toBeNull()
})
