/** What came of a write, and how pages and references are asked for: shared by all repositories of master data. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { isPostgresError } from './errors.ts'
import type { KeysetPage, KeysetPosition } from './keyset.ts'
import type { Db } from './open.ts'

export type Changed<T> =
  | { readonly kind: 'changed'; readonly row: T }
  | { readonly kind: 'not_found' }
  /** A live row has this key already. `field` in the API's spelling. */
  | { readonly kind: 'conflict'; readonly field: string; readonly message: string }
  /** A referenced row doesn't exist in this organization. */
  | { readonly kind: 'missing_reference'; readonly field: string }

export interface PageQuery<SortField extends string> {
  readonly limit: number
  readonly offset: number
  readonly sort: readonly SortTerm<SortField>[]
}

/** A page of a list that is also followed by position (`keyset.ts`). */
export interface KeysetQuery<SortField extends string> extends PageQuery<SortField> {
  /** The page comes after it, and no total is counted. */
  readonly after?: KeysetPosition | undefined
}

export interface SortTerm<SortField extends string> {
  readonly by: SortField
  readonly direction: 'asc' | 'desc'
}

export interface Page<T> {
  readonly rows: readonly T[]
  readonly totalCount: number
}

/** `totalCount` is null when the page was asked for by position. */
export interface CountedKeysetPage<T> extends KeysetPage<T> {
  readonly totalCount: number | null
}

/** Another row, by its id, its external key, or both (which must then mean the same row). */
export interface Reference {
  readonly id?: number | undefined
  readonly externalKey?: string | undefined
}

/** The id of the live row that `reference` means; null when there is none in this organization. */
export async function findReference(
  db: Db,
  table: 'assets' | 'locations' | 'scan_devices',
  orgId: number,
  reference: Reference,
): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    select id from ${sql.table(table)}
    where org_id = ${orgId} and deleted_at is null
      and (${reference.id ?? null}::bigint is null or id = ${reference.id ?? null})
      and (${reference.externalKey ?? null}::text is null or external_key = ${reference.externalKey ?? null})
      and not (${reference.id ?? null}::bigint is null and ${reference.externalKey ?? null}::text is null)
    limit 1`.execute(db)
  return rows[0]?.id ?? null
}

/** Hides a live row from everything but `include_deleted`. False when there is none. */
export async function markDeleted(
  db: Db,
  table: 'assets' | 'locations' | 'scan_points',
  orgId: number,
  id: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set deleted_at = now(), updated_at = now()
    where org_id = ${orgId} and id = ${id} and deleted_at is null`.execute(db)
  return numAffectedRows === 1n
}

/** Unique index → the field that the customer sent and what is wrong with it. */
export type ConflictFields = Readonly<Record<string, readonly [field: string, message: string]>>

/** Turns a violated unique index into a value; everything else goes on as it was thrown. */
export async function catchConflict<T>(
  fields: ConflictFields,
  write: () => Promise<Changed<T>>,
): Promise<Changed<T>> {
  try {
    return await write()
  } catch (error) {
    const known = isPostgresError(error, 'POSTGRES_CONFLICT') ? fields[error.constraint ?? ''] : undefined
    if (known === undefined) throw error
    return { kind: 'conflict', field: known[0], message: known[1] }
  }
}

/**
 * The next free minted key, e.g. `ASSET-0042`. Numbers are never used twice; a key that a person has taken is skipped.
 * Past the width the number simply gets longer.
 */
export async function mintExternalKey(
  db: Db,
  table: 'assets' | 'locations',
  orgId: number,
  { prefix, width }: { readonly prefix: string; readonly width: number },
): Promise<string> {
  for (;;) {
    const { rows } = await sql<{ lastNumber: number }>`
      insert into external_key_counters as c (org_id, prefix, last_number) values (${orgId}, ${prefix}, 1)
      on conflict (org_id, prefix) do update set last_number = c.last_number + 1
      returning last_number`.execute(db)
    const key = `${prefix}-${String(rows[0]?.lastNumber ?? 1).padStart(width, '0')}`
    if ((await findReference(db, table, orgId, { externalKey: key })) === null) return key
  }
}

/** `text` as a pattern of `like`: its own % and _ stand for themselves. */
export function containsPattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
}

/**
 * Above this a total is no longer counted: a person does not page through it, and counting hundreds of thousands of rows
 * for every page costs half a second where the condition is no plain column. The answer then is this number.
 */
export const totalCountMax = 10_000

/** The total that goes with a page: a page that is not full has the last row, and needs no counting. */
export async function totalOf(
  { limit, offset }: PageQuery<string>,
  rows: readonly unknown[],
  count: () => Promise<number>,
): Promise<number> {
  const isLast = rows.length < limit && (rows.length > 0 || offset === 0)
  return isLast ? offset + rows.length : count()
}

/** The same of history, which is counted up to `totalCountMax`. */
export async function boundedTotalOf(
  query: PageQuery<string>,
  rows: readonly unknown[],
  count: () => Promise<number>,
): Promise<number> {
  return Math.min(totalCountMax, await totalOf(query, rows, count))
}

/** How many rows of a history table match, up to `totalCountMax`. */
export async function boundedCount(
  db: Db,
  table: 'events' | 'deliveries' | 'asset_scans' | 'asset_locations',
  where: Expression<SqlBool>,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from (select 1 from ${sql.table(table)} where ${where} limit ${totalCountMax}) matching`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}
