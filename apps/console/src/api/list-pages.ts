/** A list that is read page by page, whichever way the API pages it. Pure. */

export interface ListPage<T> {
  readonly rows: readonly T[]
  /** How many there are; null where the API does not count. */
  readonly total: number | null
  /** Where the next page begins, for whoever asked for this one; null at the end. */
  readonly next: string | null
}

/** The most that one answer of the API has. */
export const pageRowsMax = 200

interface OffsetBody<T> {
  readonly data: readonly T[]
  readonly offset: number
  readonly total_count: number
}

export function pageByOffset<T>({ data, offset, total_count: total }: OffsetBody<T>): ListPage<T> {
  const end = offset + data.length
  // A page without rows is the end, whatever the count says: rows may have gone since.
  return { rows: data, total, next: data.length > 0 && end < total ? String(end) : null }
}

interface CursorBody<T> {
  readonly data: readonly T[]
  readonly total_count: number | null
  readonly next_cursor: string | null
}

export function pageByCursor<T>({ data, total_count: total, next_cursor: next }: CursorBody<T>): ListPage<T> {
  return { rows: data, total, next }
}

/** All pages as one; the newest count holds. */
export function joinPages<T>(pages: readonly ListPage<T>[]): ListPage<T> {
  const last = pages.at(-1)
  return { rows: pages.flatMap(({ rows }) => rows), total: last?.total ?? null, next: last?.next ?? null }
}

/** "Shown: 200 of 1,873 assets"; `noun` is in the plural. */
export function sayShown({ rows, total, next }: ListPage<unknown>, noun: string): string {
  const shown = rows.length.toLocaleString('en')
  // At the end there are as many as were shown, whatever was counted before.
  const all = next === null ? shown : (total?.toLocaleString('en') ?? 'more')
  return `Shown: ${shown} of ${all} ${noun}`
}
