/**
 * Partitions of the history tables, one per UTC day or month, made before they are needed. A row outside the window
 * goes to the default partition: it is kept, only not dropped with its day.
 */
import { type RawBuilder, sql } from 'kysely'
import { postgresErrorOf } from './errors.ts'
import type { Postgres } from './open.ts'

const dayMs = 86_400_000

export const historyTables = ['events', 'deliveries', 'attempts', 'asset_scans'] as const
export type HistoryTable = (typeof historyTables)[number]

/** For how many days history is kept, counted from when an event came in, occurred (deliveries, scans) or an attempt began. */
export interface HistoryKeep {
  /** Events, deliveries and attempts. */
  readonly logDays: number
  /** Where assets were. */
  readonly assetDays: number
}

/** A month of log is what people ask about; TrakRF keeps scans for a year. */
export const plainKeep: HistoryKeep = { logDays: 30, assetDays: 365 }

/** Why months: docs/adr/0008-asset-history.md. */
export const partitionUnits: Readonly<Record<HistoryTable, 'day' | 'month'>> = {
  events: 'day',
  deliveries: 'day',
  attempts: 'day',
  asset_scans: 'month',
}

/** Epoch ms: what is older is to go. */
export function keptFromMs(table: HistoryTable, keep: HistoryKeep, nowMs: number): number {
  return nowMs - (table === 'asset_scans' ? keep.assetDays : keep.logDays) * dayMs
}

/** SQLSTATE 42P07. */
const duplicateTable = '42P07'

/** So that a recorder that is down over a weekend, or a clock that is ahead, meets its partition. */
const daysAhead = 3

export interface HistoryPartitions {
  /** Makes what is missing for the given instants (epoch ms) within the window around `nowMs`. */
  ensure(table: HistoryTable, instantsMs: Iterable<number>, nowMs: number): Promise<void>
  /** Yesterday, today and the days ahead, for every table. */
  ensureAhead(nowMs: number): Promise<void>
}

/** Remembers what it made: asking again costs nothing. */
export function historyPartitions(pg: Postgres, keep: HistoryKeep): HistoryPartitions {
  const known = new Set<string>()

  /** Who waited for another to make the same one may still not see it, and would make it again: it is there, and that is all. */
  async function make(statement: RawBuilder<unknown>): Promise<void> {
    try {
      await statement.execute(pg.db)
    } catch (error) {
      if (postgresErrorOf(error).sqlState !== duplicateTable) throw error
    }
  }

  async function ensure(table: HistoryTable, instantsMs: Iterable<number>, nowMs: number): Promise<void> {
    const unit = partitionUnits[table]
    // No further back than is kept: a day that was dropped would be made anew for a record that is read again.
    const fromMs = keptFromMs(table, keep, nowMs)
    for (const date of datesWithin(instantsMs, fromMs, nowMs + daysAhead * dayMs)) {
      const key = `${table} ${unit === 'day' ? date : date.slice(0, 7)}`
      if (known.has(key)) continue
      await make(sql`select ${sql.raw(`ensure_${unit}_partition`)}(${table}, ${date}::date)`)
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
