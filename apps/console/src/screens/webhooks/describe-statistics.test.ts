import { expect, test } from 'vitest'
import { pointsOf, sayClock, sayFailures, sayLatency, sayWhen } from './describe-statistics.ts'

const kind = (requests: number, status: number | null, error: string | null = null) => ({
  ...{ requests, response_status: status, error_class: error },
})

test.each([
  [[], null],
  [[kind(11, null, 'timeout')], '11 timeouts'],
  [[kind(1, null, 'timeout'), kind(1, 503)], '1 timeout and 1 answer with 503'],
  [
    [kind(1_200, 503), kind(3, null, 'connect'), kind(2, null, 'some_thing'), kind(1, 500), kind(1, 404)],
    '1,200 answers with 503, 3 refused connections, 2 some thing errors and 2 other failures',
  ],
])('%j is said as "%s"', (kinds, says) => expect(sayFailures({ kinds })).toBe(says))

test('a time of today is a clock time, one of another day has its day', () => {
  const now = new Date(2026, 10, 27, 16).getTime()
  expect(sayClock(new Date(2026, 10, 27, 14, 2).toISOString(), now)).toBe('14:02')
  expect(sayClock(new Date(2026, 10, 26, 14, 2).toISOString(), now)).toBe('26 Nov, 14:02')
  expect(sayWhen(new Date(2026, 10, 27, 14, 2).toISOString(), now)).toBe('at 14:02')
  expect(sayWhen(new Date(2026, 10, 26, 14, 2).toISOString(), now)).toBe('on 26 Nov at 14:02')
})

test('points are in their order, with the time or the day that tells them apart', () => {
  const bucket = { start: new Date(2026, 10, 27, 14, 5).toISOString(), delivered: 2, failed: 1 }
  const buckets = [{ ...bucket, p50_ms: 1, p95_ms: 2, p99_ms: 3 }]
  expect(pointsOf({ buckets }, '1h')).toEqual([
    { label: '14:05', delivered: 2, failed: 1, p50Ms: 1, p95Ms: 2 },
  ])
  expect(pointsOf({ buckets }, '7d')[0]?.label).toBe('27 Nov, 14:05')
  const midnight = { ...buckets[0], start: '2026-11-27T00:00:00Z' } as (typeof buckets)[number]
  expect(pointsOf({ buckets: [midnight] }, '30d')[0]?.label).toBe('27 Nov')
})

test('durations say that they are near the true ones only where they are', () => {
  const facts = { p95_ms: 120, p99_ms: 1_200, latency_error_percent: 0 }
  expect(sayLatency(facts, '1 hour')).toBe(
    'In 1 hour 95 % were answered within 120 ms and 99 % within 1.20 s.',
  )
  expect(sayLatency({ ...facts, latency_error_percent: 19 }, '7 days')).toBe(
    'In 7 days 95 % were answered within about 120 ms and 99 % within about 1.20 s; the true figures are within 19 % of these.',
  )
  expect(sayLatency({ ...facts, p95_ms: null }, '1 hour')).toBeNull()
})
