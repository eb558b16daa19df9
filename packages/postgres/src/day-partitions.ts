/**
 * Partitions of the history tables, one per UTC day, made before they are needed. A row whose day is outside the
 * window goes to the default partition: it is kept, only not dropped with its day.
 */
import { sql } from 'kysely'
import type { Postgres } from './open.ts'

export const historyTables = ['events', 'deliveries', 'attempts'] as const
export type HistoryTable = (typeof historyTables)[number]

const dayMs = 86_400_000
/** As far back as the default retention: older days would be dropped at once. */
const daysBack = 30
/** So that a recorder that is down over a weekend, or a clock that is ahead, meets its partition. */
const daysAhead = 3

export interface DayPartitions {
  /** Makes what is missing for the given instants (epoch ms) within the window around `nowMs`. */
  ensure(table: HistoryTable, instantsMs: Iterable<number>, nowMs: number): Promise<void>
  /** Yesterday, today and the days ahead, for every table. */
  ensureAhead(nowMs: number): Promise<void>
}

/** Remembers what it made: asking again costs nothing. */
export function dayPartitions(pg: Postgres): DayPartitions {
  const known = new Set<string>()

  async function ensure(table: HistoryTable, instantsMs: Iterable<number>, nowMs: number): Promise<void> {
    const days = new Set<number>()
    for (const atMs of instantsMs) {
      const ageMs = nowMs - atMs
      if (ageMs <= daysBack * dayMs && ageMs >= -daysAhead * dayMs) days.add(Math.floor(atMs / dayMs))
    }
    for (const day of days) {
      const key = `${table} ${day}`
      if (known.has(key)) continue
      const date = new Date(day * dayMs).toISOString().slice(0, 10)
      await sql`select ensure_day_partition(${table}, ${date}::date)`.execute(pg.db)
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
