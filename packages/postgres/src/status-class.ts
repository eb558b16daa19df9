/** The hundreds of a status, as lists filter by them: in SQL as migration 0014 indexes them. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { literalFilter } from './row-filters.ts'

export const statusClasses = ['2xx', '3xx', '4xx', '5xx', 'none'] as const
export type StatusClass = (typeof statusClasses)[number]

const hundreds: Readonly<Record<StatusClass, number>> = { '2xx': 2, '3xx': 3, '4xx': 4, '5xx': 5, none: 0 }

/** `column`: `last_status`. Undefined filters nothing. */
export function statusClassFilter(
  column: 'last_status' | 'status',
  classes: readonly StatusClass[] | undefined,
): readonly Expression<SqlBool>[] {
  const expression = sql.raw(`coalesce(${column} / 100, 0)`)
  return literalFilter(
    expression,
    classes?.map((each) => hundreds[each]),
  )
}
