/**
 * Pages that go on behind a row instead of after so many: what a list is sorted by, as an order and as the condition for
 * what comes after a position. Pure.
 *
 * Invariant
 *   K1. Following a list from its beginning, each page behind the last row of the one before, gives every row whose key
 *       does not change meanwhile once, in the order of the list, whatever is inserted.
 */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { isoOf } from './tables.ts'

/** Values of the terms of a row, in their order; instants in epoch ms. */
export type KeysetPosition = readonly (number | string | null)[]

export interface KeysetTerm {
  readonly by: Expression<unknown>
  readonly type: 'instant' | 'bigint' | 'integer' | 'uuid' | 'text'
  readonly direction: 'asc' | 'desc'
  /** Where nulls go; PostgreSQL's own places are last in ascending and first in descending order. */
  readonly nulls: 'none' | 'first' | 'last'
}

/** For `order by`. The last term must make the key unique. */
export function keysetOrder(terms: readonly KeysetTerm[]): Expression<unknown> {
  return sql.join(
    terms.map(({ by, direction, nulls }) => {
      const isUsual = nulls === 'none' || (nulls === 'first') === (direction === 'desc')
      return sql`${by} ${sql.raw(direction)}${sql.raw(isUsual ? '' : ` nulls ${nulls}`)}`
    }),
    sql`, `,
  )
}

/**
 * What comes after `position`. The bound of the first term stands for itself beside the rest: without it an index that is
 * ordered by the term would be read from its beginning.
 */
export function isAfter(terms: readonly KeysetTerm[], position: KeysetPosition): Expression<SqlBool> {
  const [first] = terms
  if (first === undefined || position.length !== terms.length)
    throw new RangeError(`a position of ${terms.length} values was expected, not of ${position.length}`)
  const exact = afterFrom(terms, position, 0)
  const value = position[0] ?? null
  return value === null || first.nulls === 'last'
    ? exact
    : sql<boolean>`${first.by} ${comparison(first, '=')} ${literal(first, value)} and ${exact}`
}

function afterFrom(
  terms: readonly KeysetTerm[],
  position: KeysetPosition,
  index: number,
): RawBuilder<SqlBool> {
  const term = terms[index]
  if (term === undefined) return sql<boolean>`false`
  const value = position[index] ?? null
  const rest = afterFrom(terms, position, index + 1)
  return sql<boolean>`(${isStrictlyAfter(term, value)} or (${isSame(term, value)} and ${rest}))`
}

function isStrictlyAfter(term: KeysetTerm, value: number | string | null): Expression<SqlBool> {
  const { by, nulls } = term
  if (value === null) return nulls === 'first' ? sql<boolean>`${by} is not null` : sql<boolean>`false`
  const isBeyond = sql<boolean>`${by} ${comparison(term, '')} ${literal(term, value)}`
  return nulls === 'last' ? sql<boolean>`(${isBeyond} or ${by} is null)` : isBeyond
}

function isSame(term: KeysetTerm, value: number | string | null): Expression<SqlBool> {
  return value === null
    ? sql<boolean>`${term.by} is null`
    : sql<boolean>`${term.by} = ${literal(term, value)}`
}

function comparison({ direction }: KeysetTerm, orEqual: '' | '='): Expression<unknown> {
  return sql.raw(`${direction === 'asc' ? '>' : '<'}${orEqual}`)
}

function literal({ type }: KeysetTerm, value: number | string): Expression<unknown> {
  return type === 'instant' ? sql`${isoOf(Number(value))}::timestamptz` : sql`${value}::${sql.raw(type)}`
}

export interface KeysetPage<T> {
  readonly rows: readonly T[]
  /** Behind the last row; null when there is nothing after it. */
  readonly next: KeysetPosition | null
}

/** A page out of one row more than it has: that there is one more is how it is known to go on. */
export function keysetPage<T>(
  found: readonly T[],
  limit: number,
  positionOf: (row: T) => KeysetPosition,
): KeysetPage<T> {
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return { rows, next: found.length > limit && last !== undefined ? positionOf(last) : null }
}
