/**
 * Partitions of the history tables, one per UTC day or month, made before they are needed. A row outside the window
 * goes to the default partition: it is kept, only not dropped with its day.
 */
import { sql } from 'kysely'
import type { Postgres } from './open.ts'

const dayMs = 86_400_000

interface Span {
  readonly unit: 'day' | 'month'
  /** As far back as the default retention: older rows would be dropped at once. */
  readonly daysBack: number
}

export type HistoryTable = 'events' | 'deliveries' | 'attempts' | 'asset_scans'

const spans: Readonly<Record<HistoryTable, Span>> = {
  events: { unit: 'day', daysBack: 30 },
  deliveries: { unit: 'day', daysBack: 30 },
  attempts: { unit: 'day', daysBack: 30 },
  // TrakRF keeps scans for a year. Why months: docs/adr/0008-asset-history.md.
  asset_scans: { unit: 'month', daysBack: 365 },
}

const historyTables = Object.keys(spans) as readonly HistoryTable[]

/** So that a recorder that is down over a weekend, or a clock that is ahead, meets its partition. */
const daysAhead = 3

export interface HistoryPartitions {
  /** Makes what is missing for the given instants (epoch ms) within the window around `nowMs`. */
  ensure(table: HistoryTable, instantsMs: Iterable<number>, nowMs: number): Promise<void>
  /** Yesterday, today and the days ahead, for every table. */
  ensureAhead(nowMs: number): Promise<void>
}

/** Remembers what it made: asking again costs nothing. */
export function historyPartitions(pg: Postgres): HistoryPartitions {
  const known = new Set<string>()

  async function ensure(table: HistoryTable, instantsMs: Iterable<number>, nowMs: number): Promise<void> {
    const { unit, daysBack } = spans[table]
    for (const date of datesWithin(instantsMs, nowMs - daysBack * dayMs, nowMs + daysAhead * dayMs)) {
      const key = `${table} ${unit === 'day' ? date : date.slice(0, 7)}`
      if (known.has(key)) continue
      await sql`select ${sql.raw(`ensure_${unit}_partition`)}(${table}, ${date}::date)`.execute(pg.db)
      known.add(key)
      if (known.size > 1_000) known.clear() // years of uptime; they are asked for again, once
    }
  }

  return {
    ensure,
    ensureAhead: async (nowMs) => {
      const instants = Array.from({ length: daysAhead + 2 }, (_, index) => nowMs + (index - 1) * dayMs)
      for (const table of historyTables) await ensure(table, instants, nowMs)
    },
  }
}

/** The UTC days (`2026-11-20`) of those instants that are within bounds. */
function datesWithin(instantsMs: Iterable<number>, fromMs: number, toMs: number): readonly string[] {
  const days = new Set<number>()
  for (const atMs of instantsMs) if (atMs >= fromMs && atMs <= toMs) days.add(Math.floor(atMs / dayMs))
  return [...days].map((day) => new Date(day * dayMs).toISOString().slice(0, 10))
}
