/** Usage by day, summed up for an endpoint: what its row and its chart show. Pure. */
import type { Model } from '../../api/api.ts'
import type { Bar } from '../../parts/chart.tsx'

type Usage = Model<'Usage'>

export interface UsageSum {
  readonly attempts: number
  readonly delivered: number
  /** Share of requests that delivered, 0 to 1; null for none. */
  readonly successRate: number | null
  /** Of the newest day that has one, ms. */
  readonly p95Ms: number | null
  readonly days: readonly Bar[]
}

const dayMs = 86_400_000

/** `dayCount` days up to and with that of `nowMs`, oldest first; days without anything are there as well. */
export function sumUsage(rows: readonly Usage[], nowMs: number, dayCount: number): UsageSum {
  const days = Array.from({ length: dayCount }, (_, index) =>
    new Date(nowMs - (dayCount - 1 - index) * dayMs).toISOString().slice(0, 10),
  )
  const rowOf = new Map(rows.map((row) => [row.day, row]))
  const counted = days.flatMap((day) => rowOf.get(day) ?? [])
  const attempts = counted.reduce((sum, row) => sum + row.attempts, 0)
  const delivered = counted.reduce((sum, row) => sum + row.deliveries.delivered, 0)
  return {
    attempts,
    delivered,
    successRate: attempts === 0 ? null : delivered / attempts,
    p95Ms: counted.findLast((row) => row.latency_ms.p95 !== null)?.latency_ms.p95 ?? null,
    days: days.map((label) => {
      const row = rowOf.get(label)
      const good = row?.deliveries.delivered ?? 0
      return { label, good, bad: Math.max(0, (row?.attempts ?? 0) - good) }
    }),
  }
}

/** 0.98613 is "98.6 %"; what is not quite all never reads as 100. */
export function sayPercent(share: number | null): string {
  if (share === null) return '–'
  const percent = Math.floor(share * 1000) / 10
  return `${percent.toFixed(share === 1 ? 0 : 1)} %`
}
