import { expect, test } from 'vitest'
import { sayPercent, sumUsage } from './sum-usage.ts'

const nowMs = Date.UTC(2026, 3, 28, 23)
const row = (day: string, attempts: number, delivered: number, p95: number | null) => ({
  ...{ day, webhook_id: 1, events: attempts, attempts, success_rate: null },
  deliveries: { delivered, dead: 0, expired: 0, superseded: 0 },
  latency_ms: { p50: null, p95, p99: null },
})

test('days without anything are days; what is older does not count', () => {
  const rows = [row('2026-04-28', 10, 9, null), row('2026-04-26', 10, 10, 200), row('2026-04-20', 99, 0, 1)]
  expect(sumUsage(rows, nowMs, 3)).toEqual({
    attempts: 20,
    delivered: 19,
    successRate: 0.95,
    p95Ms: 200,
    days: [
      { label: '2026-04-26', good: 10, bad: 0 },
      { label: '2026-04-27', good: 0, bad: 0 },
      { label: '2026-04-28', good: 9, bad: 1 },
    ],
  })
  expect(sumUsage([], nowMs, 1)).toMatchObject({ attempts: 0, successRate: null, p95Ms: null })
})

test.each([
  [null, '–'],
  [0, '0.0 %'],
  [0.98613, '98.6 %'],
  [0.99999, '99.9 %'],
  [1, '100 %'],
])('a share of %s is "%s"', (share, text) => {
  expect(sayPercent(share)).toBe(text)
})
