/**
 * Conditions that lists share. Owns how a filter that was not given filters nothing; knows no
 * table: columns come qualified (`l.external_key`), because a list may join.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import { isoOf } from './tables.ts'

export interface RowQuery {
  readonly ids?: readonly number[] | undefined
  /** Only rows with a higher id: the next page of a walk in the order of ids. */
  readonly afterId?: number | undefined
  readonly isActive?: boolean | undefined
  readonly includeDeleted?: boolean | undefined
}

type Filters = readonly Expression<SqlBool>[]

/** The rows of one organization; living ones unless the deleted are asked for, too. `table` is its name or alias. */
export function rowFilters(table: string, orgId: number, query: RowQuery): Filters {
  const column = (name: string) => sql.ref(`${table}.${name}`)
  return [
    sql<boolean>`${column('org_id')} = ${orgId}`,
    ...(query.includeDeleted === true ? [] : [sql<boolean>`${column('deleted_at')} is null`]),
    ...amongFilter(`${table}.id`, 'bigint', query.ids),
    ...(query.afterId === undefined ? [] : [sql<boolean>`${column('id')} > ${query.afterId}`]),
    ...(query.isActive === undefined ? [] : [sql<boolean>`${column('is_active')} = ${query.isActive}`]),
  ]
}

/** The column has one of the values; undefined filters nothing. */
export function amongFilter(
  column: string,
  type: 'bigint' | 'text' | 'uuid',
  values: readonly (number | string)[] | undefined,
): Filters {
  if (values === undefined) return []
  const [only, ...others] = values
  // An index that is ordered by what follows the column keeps that order for one value, not for an array of one.
  if (only !== undefined && others.length === 0)
    return [sql<boolean>`${sql.ref(column)} = ${only}::${sql.raw(type)}`]
  return [sql<boolean>`${sql.ref(column)} = any(${[...values]}::${sql.raw(type)}[])`]
}

/** Between both instants (epoch ms), inclusive; undefined does not bound. */
export function spanFilter(column: string, fromMs: number | undefined, toMs: number | undefined): Filters {
  return [
    ...(fromMs === undefined ? [] : [sql<boolean>`${sql.ref(column)} >= ${isoOf(fromMs)}::timestamptz`]),
    ...(toMs === undefined ? [] : [sql<boolean>`${sql.ref(column)} <= ${isoOf(toMs)}::timestamptz`]),
  ]
}

/** The expression has one of these words of ours, which stand in the statement: a partial index has to be recognised by them. */
export function literalFilter(
  expression: Expression<unknown>,
  values: readonly (string | number)[] | undefined,
): Filters {
  if (values === undefined) return []
  const [only, ...others] = values.map((value) => sql.lit(value))
  if (only !== undefined && others.length === 0) return [sql<boolean>`${expression} = ${only}`]
  return [sql<boolean>`${expression} in (${sql.join([only, ...others])})`]
}

/** A location that answers show: neither deleted nor out of its validity. `table` is its name or alias. */
export function isValidLocation(table: string): Expression<SqlBool> {
  const column = (name: string) => sql.ref(`${table}.${name}`)
  return sql<boolean>`${column('deleted_at')} is null and ${column('valid_from')} <= now()
    and (${column('valid_to')} is null or ${column('valid_to')} > now())`
}

export function allOf(filters: Filters): Expression<SqlBool> {
  return sql<boolean>`${sql.join(filters, sql` and `)}`
}
