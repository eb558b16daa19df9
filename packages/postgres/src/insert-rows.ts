/**
 * Many rows in one statement: a column of values each, unnested by the server. Fewer parameters than a row each
 * (PostgreSQL takes 65,535) and the same statement whatever the number of rows. Knows no table.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from './open.ts'

type ColumnType =
  | 'uuid'
  | 'bigint'
  | 'integer'
  | 'text'
  | 'boolean'
  | 'double precision'
  | 'json'
  | 'jsonb'
  | 'instant'
type ColumnValue = string | number | boolean | null

export interface Column<Row> {
  readonly name: string
  /** `instant`: epoch ms. `json`, `jsonb`: its text. */
  readonly type: ColumnType
  readonly of: (row: Row) => ColumnValue
}

/** Inserts all of them. `onConflict` is the statement's last clause. Gives the number inserted or updated. */
export async function insertRows<Row>(
  db: Db,
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  onConflict: string,
): Promise<number> {
  if (rows.length === 0) return 0
  const { numAffectedRows } = await sql`${insertion(table, columns, rows)} ${sql.raw(onConflict)}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** The statement up to what is to happen with rows that are there already. */
export function insertion<Row>(
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): RawBuilder<unknown> {
  const { names, values, source } = unnested(columns, rows)
  return sql`insert into ${sql.table(table)} (${names}) select ${values} from ${source}`
}

interface Unnested {
  readonly names: RawBuilder<unknown>
  readonly values: RawBuilder<unknown>
  /** Rows of an alias `r`, in the order in which they were given. */
  readonly source: RawBuilder<unknown>
}

/** The parts of a statement over all of `rows`. */
export function unnested<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Unnested {
  const names = sql.join(columns.map((column) => sql.ref(column.name)))
  const arrays = columns.map(
    (column) => sql`${rows.map((row) => cleanOf(column.of(row)))}::${sql.raw(wireType(column.type))}[]`,
  )
  return {
    names,
    values: sql.join(columns.map(selected)),
    source: sql`unnest(${sql.join(arrays)}) as r (${names})`,
  }
}

/** json has no array literal of its own, and an instant comes as a number: both are cast on the server. */
function wireType(type: ColumnType): string {
  if (type === 'json' || type === 'jsonb') return 'text'
  return type === 'instant' ? 'double precision' : type
}

function selected<Row>({ name, type }: Column<Row>): RawBuilder<unknown> {
  const ref = sql.ref(`r.${name}`)
  if (type === 'json' || type === 'jsonb') return sql`${ref}::${sql.raw(type)}`
  return type === 'instant' ? sql`to_timestamp(${ref} / 1000)` : sql`${ref}`
}

/** PostgreSQL's text has no NUL, and a receiver's answer may: it is shown as the replacement character. */
function cleanOf(value: ColumnValue): ColumnValue {
  return typeof value === 'string' && value.includes('\u0000') ? value.replaceAll('\u0000', '\uFFFD') : value
}
