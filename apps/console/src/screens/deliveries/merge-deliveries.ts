/** The log as it grows: what a live list shows when newer rows, or newer states of known ones, have come. Pure. */
export interface Row {
  readonly id: string
  /** RFC 3339 with three digits, so texts are in the order of instants. */
  readonly created_at: string
}

/** More rows than anybody scrolls through; the oldest go. */
export const rowsMax = 10_000

/** Newest first, each delivery once, as the newest answer that has it tells it. */
export function mergeDeliveries<T extends Row>(known: readonly T[], newer: readonly T[]): readonly T[] {
  const byId = new Map(known.map((row) => [row.id, row]))
  for (const row of newer) byId.set(row.id, row)
  return [...byId.values()].sort(byNewest).slice(0, rowsMax)
}

function byNewest(a: Row, b: Row): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? 1 : -1
  return a.id < b.id ? 1 : -1
}

/** Those of `newer` that `known` does not have. */
export function countNew(known: readonly Row[], newer: readonly Row[]): number {
  const ids = new Set(known.map(({ id }) => id))
  return newer.filter(({ id }) => !ids.has(id)).length
}

/** Held back: rows stand still, so that nothing moves under the pointer; what is known is still told as it is now. */
export function onlyKnown<T extends Row>(known: readonly T[], newer: readonly T[]): readonly T[] {
  const ids = new Set(known.map(({ id }) => id))
  return newer.filter(({ id }) => ids.has(id))
}
