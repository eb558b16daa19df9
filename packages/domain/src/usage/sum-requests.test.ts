import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencyBucketCount, latencyQuantileMs } from './latency-histogram.ts'
import { requestKinds } from './request-kinds.ts'
import { type Counted, type RequestSpan, sumRequests } from './sum-requests.ts'

const counts = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 1_000 }), { minLength: length, maxLength: length })
const spans: fc.Arbitrary<RequestSpan[]> = fc.array(
  fc.record({
    startMs: fc.nat({ max: 4 }).map((index) => index * 3_600_000),
    eventType: fc.constantFrom('asset.moved', 'asset.scanned', 'shipment.approved'),
    kinds: counts(requestKinds.length),
    latencies: counts(latencyBucketCount),
  }),
  { maxLength: 12 },
)

const totalOf = (parts: readonly Counted[]): Counted => ({
  delivered: parts.reduce((sum, { delivered }) => sum + delivered, 0),
  failed: parts.reduce((sum, { failed }) => sum + failed, 0),
})

test('Q1: buckets, classes of status and event types each add up to the total', () => {
  fc.assert(
    fc.property(spans, (all) => {
      const { total, buckets, statusClasses, eventTypes } = sumRequests(all)
      const { delivered, failed } = total
      expect(delivered + failed).toBe(all.flatMap(({ kinds }) => kinds).reduce((sum, one) => sum + one, 0))
      for (const parts of [buckets, statusClasses, eventTypes])
        expect(totalOf(parts)).toEqual({ delivered, failed })
    }),
  )
})

test('Q1: however requests were spread over rows, the sums are the same', () => {
  fc.assert(
    fc.property(spans, (all) => {
      const halves = all.flatMap((span) => {
        const kinds = span.kinds.map((count) => Math.floor(count / 2))
        const latencies = span.latencies.map((count) => Math.floor(count / 2))
        const rest = (whole: readonly number[], part: readonly number[]) =>
          whole.map((count, index) => count - (part[index] ?? 0))
        return [
          { ...span, kinds, latencies },
          { ...span, kinds: rest(span.kinds, kinds), latencies: rest(span.latencies, latencies) },
        ]
      })
      expect(sumRequests(halves.toReversed())).toEqual(sumRequests(all))
    }),
  )
})

test('Q2: the quantiles are those of all durations together', () => {
  fc.assert(
    fc.property(spans, (all) => {
      const sum = Array.from({ length: latencyBucketCount }, (_, index) =>
        all.reduce((of, { latencies }) => of + (latencies[index] ?? 0), 0),
      )
      expect(sumRequests(all).total.p95Ms).toBe(latencyQuantileMs(sum, 0.95))
    }),
  )
})

test('a 2xx that was not taken is a failure of its class; an odd status is told as no answer', () => {
  const kinds = requestKinds.map(
    (kind) => ({ delivered: 5, '2xx': 2, other_status: 1, timeout: 3 })[kind as string] ?? 0,
  )
  const latencies = Array.from({ length: latencyBucketCount }, () => 0)
  const { statusClasses, errorClasses } = sumRequests([{ startMs: 0, eventType: 'a.b', kinds, latencies }])
  expect(statusClasses).toEqual([
    { hundreds: 0, delivered: 0, failed: 4 },
    { hundreds: 2, delivered: 5, failed: 2 },
  ])
  expect(errorClasses).toEqual([{ errorClass: 'timeout', count: 3 }])
})
