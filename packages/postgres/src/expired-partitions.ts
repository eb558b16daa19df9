/** Which partitions of history are to be dropped. Pure; the names are what migration 0010 gives. */
import { type HistoryTable, partitionUnits } from './history-partitions.ts'

export interface Partition {
  readonly name: string
  /** Epoch ms of UTC midnights: holds instants from `fromMs` on, before `toMs`. */
  readonly fromMs: number
  readonly toMs: number
}

/** `deliveries_20261126`, `asset_scans_202611`; null for the default partition, and for what somebody else has attached. */
export function partitionOf(table: HistoryTable, name: string): Partition | null {
  const digits = name.startsWith(`${table}_`) ? name.slice(table.length + 1) : ''
  const isDay = partitionUnits[table] === 'day'
  if (!(isDay ? /^\d{8}$/ : /^\d{6}$/).test(digits)) return null
  const year = Number(digits.slice(0, 4))
  const month = Number(digits.slice(4, 6)) - 1
  const day = isDay ? Number(digits.slice(6)) : 1
  const fromMs = Date.UTC(year, month, day)
  const toMs = isDay ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1)
  return { name, fromMs, toMs }
}

/** Those whose last instant is before `keptFromMs`, the oldest first. */
export function expiredOf(partitions: readonly Partition[], keptFromMs: number): readonly Partition[] {
  return partitions
    .filter(({ toMs }) => toMs <= keptFromMs)
    .toSorted((one, other) => one.fromMs - other.fromMs)
}
