/** The log as it grows: what a list shows when newer rows, or newer states of known ones, have come. Pure. */
export interface Row {
  readonly id: string
  /** RFC 3339 with three digits, so texts are in the order of instants. */
  readonly created_at: string
  readonly last_attempt_at: string | null
}

export interface LiveList<T extends Row> {
  /** Newest first, each once. */
  readonly rows: readonly T[]
  /** Came while the list was held. */
  readonly waiting: readonly T[]
  /** Are shown, and are none of the list's any more. */
  readonly leaving: ReadonlySet<string>
}

/** By id, in the order in which they came; null: it is none of the list's, or not any more. */
export type Changes<T> = ReadonlyMap<string, T | null>

/** More rows than anybody scrolls through; the oldest go. */
export const rowsMax = 10_000

export const emptyList: LiveList<never> = { rows: [], waiting: [], leaving: new Set() }

/** Held back, rows stand still, so that nothing moves under the pointer; what is known is still told as it is now. */
export function takeChanges<T extends Row>(
  list: LiveList<T>,
  changes: Changes<T>,
  isHeld: boolean,
): LiveList<T> {
  const changed = [...changes.values()].filter((row) => row !== null)
  const left = new Set([...changes].filter(([, row]) => row === null).map(([id]) => id))
  const isStill = ({ id }: Row): boolean => !left.has(id)
  if (!isHeld) {
    const { rows } = showWaiting(list)
    return { ...emptyList, rows: merged(rows, changed).filter(isStill) }
  }
  const shown = new Set(list.rows.map(({ id }) => id))
  const leaving = new Set([...list.leaving, ...left].filter((id) => shown.has(id)))
  for (const { id } of changed) leaving.delete(id)
  return {
    rows: merged(
      list.rows,
      changed.filter(({ id }) => shown.has(id)),
    ),
    waiting: merged(
      list.waiting,
      changed.filter(({ id }) => !shown.has(id)),
    ).filter(isStill),
    leaving,
  }
}

export function showWaiting<T extends Row>({ rows, waiting, leaving }: LiveList<T>): LiveList<T> {
  if (waiting.length === 0 && leaving.size === 0) return { ...emptyList, rows }
  return { ...emptyList, rows: merged(rows, waiting).filter(({ id }) => !leaving.has(id)) }
}

function merged<T extends Row>(known: readonly T[], newer: readonly T[]): readonly T[] {
  if (newer.length === 0) return known
  const byId = new Map(known.map((row) => [row.id, row]))
  for (const row of newer) if (!isOlder(row, byId.get(row.id))) byId.set(row.id, row)
  return [...byId.values()].sort(byNewest).slice(0, rowsMax)
}

/** A page that was asked for before a message came may be answered after it. */
function isOlder(row: Row, known: Row | undefined): boolean {
  return (known?.last_attempt_at ?? '') > (row.last_attempt_at ?? '')
}

function byNewest(a: Row, b: Row): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? 1 : -1
  return a.id < b.id ? 1 : -1
}
