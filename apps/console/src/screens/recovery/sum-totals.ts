/** Usage by day and endpoint, summed up for whoever looks after all of it. Pure. */
import type { Model } from '../../api/api.ts'
import type { Bar } from '../../parts/chart.tsx'

export interface TotalsSum {
  readonly eventsRecorded: number
  readonly attempts: number
  readonly delivered: number
  readonly dead: number
  /** Share of requests that delivered, 0 to 1; null for none. */
  readonly successRate: number | null
  /** Of the newest day that has one, ms. */
  readonly p95Ms: number | null
  readonly bars: readonly Bar[]
}

const dayMs = 86_400_000

/** The last `dayCount` days of UTC with that of `nowMs`, oldest first: `2026-04-28`. */
export function lastDays(nowMs: number, dayCount: number): readonly string[] {
  return Array.from({ length: dayCount }, (_, index) =>
    new Date(nowMs - (dayCount - 1 - index) * dayMs).toISOString().slice(0, 10),
  )
}

export function sumTotals(rows: readonly Model<'UsageTotals'>[], days: readonly string[]): TotalsSum {
  const rowOf = new Map(rows.map((row) => [row.day, row]))
  const counted = days.flatMap((day) => rowOf.get(day) ?? [])
  const sum = (of: (row: Model<'UsageTotals'>) => number): number =>
    counted.reduce((total, row) => total + of(row), 0)
  const attempts = sum((row) => row.attempts)
  const delivered = sum((row) => row.deliveries.delivered)
  return {
    eventsRecorded: sum((row) => row.events_recorded),
    attempts,
    delivered,
    dead: sum((row) => row.deliveries.dead),
    successRate: attempts === 0 ? null : delivered / attempts,
    p95Ms: counted.findLast((row) => row.latency_ms.p95 !== null)?.latency_ms.p95 ?? null,
    bars: days.map((label) => {
      const row = rowOf.get(label)
      const good = row?.deliveries.delivered ?? 0
      return { label, good, bad: Math.max(0, (row?.attempts ?? 0) - good) }
    }),
  }
}

export interface Failing {
  readonly webhookId: number
  readonly attempts: number
  /** Requests that did not deliver. */
  readonly failed: number
  readonly dead: number
}

/** Endpoints with requests that did not deliver, the most first; at most `countMax`. */
export function rankFailing(rows: readonly Model<'Usage'>[], countMax: number): readonly Failing[] {
  const byWebhook = Map.groupBy(rows, ({ webhook_id: id }) => id)
  return [...byWebhook]
    .map(([webhookId, own]) => {
      const attempts = own.reduce((sum, row) => sum + row.attempts, 0)
      const delivered = own.reduce((sum, row) => sum + row.deliveries.delivered, 0)
      const dead = own.reduce((sum, row) => sum + row.deliveries.dead, 0)
      return { webhookId, attempts, failed: Math.max(0, attempts - delivered), dead }
    })
    .filter(({ failed, dead }) => failed + dead > 0)
    .sort((one, other) => other.failed - one.failed || other.dead - one.dead)
    .slice(0, countMax)
}
