import { expect, test } from 'vitest'
import { pointsOf, pointsOfDays, sayClock, sayFailures, sayWhen } from './describe-statistics.ts'

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

test('points are in their order; days without anything are points, too', () => {
  const bucket = { start: new Date(2026, 10, 27, 14, 5).toISOString(), delivered: 2, failed: 1 }
  expect(pointsOf({ buckets: [{ ...bucket, p50_ms: 1, p95_ms: 2 }] }, '1h')).toEqual([
    { label: '14:05', delivered: 2, failed: 1, p50Ms: 1, p95Ms: 2 },
  ])
  const row = {
    ...{ day: '2026-11-26', webhook_id: 1, events: 10, attempts: 10, success_rate: null },
    deliveries: { delivered: 9, dead: 0, expired: 0, superseded: 0 },
    latency_ms: { p50: 3, p95: 4, p99: 5 },
  }
  expect(pointsOfDays([row], Date.UTC(2026, 10, 27, 1), 2)).toEqual([
    { label: '26 Nov', delivered: 9, failed: 1, p50Ms: 3, p95Ms: 4 },
    { label: '27 Nov', delivered: 0, failed: 0, p50Ms: null, p95Ms: null },
  ])
})
