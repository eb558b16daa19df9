import { expect, test } from 'vitest'
import { lastDays, rankFailing, sumTotals } from './sum-totals.ts'

const day = (name: string, attempts: number, delivered: number, p95: number | null) => ({
  ...{ day: name, events: attempts, attempts, success_rate: null },
  deliveries: { delivered, dead: attempts - delivered, expired: 0, superseded: 0 },
  latency_ms: { p50: null, p95, p99: null },
})

test('days of UTC end with today', () => {
  expect(lastDays(Date.UTC(2026, 2, 1, 0, 30), 3)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
})

test('the days that are shown are the days that count', () => {
  const days = ['2026-04-27', '2026-04-28']
  const rows = [
    { ...day('2026-04-28', 10, 9, 120), events_recorded: 11 },
    { ...day('2026-04-01', 500, 0, 9), events_recorded: 500 },
  ]
  expect(sumTotals(rows, days)).toEqual({
    ...{ eventsRecorded: 11, attempts: 10, delivered: 9, dead: 1, successRate: 0.9, p95Ms: 120 },
    bars: [
      { label: '2026-04-27', good: 0, bad: 0 },
      { label: '2026-04-28', good: 9, bad: 1 },
    ],
  })
  expect(sumTotals([], days)).toMatchObject({ attempts: 0, successRate: null, p95Ms: null })
})

test('who fails most is first, who does not fail is not there', () => {
  const rows = [
    { ...day('2026-04-27', 10, 9, null), webhook_id: 1 },
    { ...day('2026-04-28', 10, 2, null), webhook_id: 1 },
    { ...day('2026-04-28', 90, 50, null), webhook_id: 2 },
    { ...day('2026-04-28', 99, 99, null), webhook_id: 3 },
  ]
  expect(rankFailing(rows, 9)).toEqual([
    { webhookId: 2, attempts: 90, failed: 40, dead: 40 },
    { webhookId: 1, attempts: 20, failed: 9, dead: 9 },
  ])
  expect(rankFailing(rows, 1)).toHaveLength(1)
})
