/**
 * Where assets are: one row each, folded from its events by the recorder, read by the API.
 *
 * Invariants
 *   J1. Each group of columns is decided by the event with the highest sequence among those that concern it; one of a
 *       lower sequence never overwrites. So events may come twice and in any batches, and the row comes out the same.
 *   J2. `last_seen_at` never goes back.
 *   J3. A mere sighting moves `last_seen_at` only, only of a row that exists, and not of an asset that has left.
 */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { boundedCount, boundedTotalOf, containsPattern, type Page, type PageQuery } from './change.ts'
import { type Column, unnested } from './insert-rows.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, amongFilter, isValidLocation } from './row-filters.ts'

/** What some events of an asset say together. A sequence of 0: none of them was of that kind. */
export interface AssetLocationRow {
  readonly orgId: number
  readonly assetId: number
  readonly lastSeenMs: number
  readonly locationId: number | null
  readonly locatedAtMs: number | null
  readonly locatedSequence: number
  readonly leftAtMs: number | null
  readonly leftSequence: number
  /** Of the last scan at a point without a location. */
  readonly nowhereSequence: number
  /** The first scan with a location after that one. */
  readonly resumedAtMs: number | null
  readonly resumedSequence: number
}

export interface Sighting {
  readonly orgId: number
  readonly assetId: number
  readonly lastSeenMs: number
}

export interface StoredAssetLocation {
  readonly assetId: number
  readonly assetExternalKey: string
  readonly assetName: string
  /** Of the location as it is now; null as well when that is deleted or out of validity. */
  readonly locationId: number | null
  readonly locationExternalKey: string | null
  readonly locationName: string | null
  readonly lastSeenAt: number
  readonly assetDeletedAt: number | null
  /** Since when it is, or was, there as far as scans show; null where that is not known. */
  readonly dwellStartedAt: number | null
  readonly isPresent: boolean
}

export const assetLocationSortFields = [
  'asset_last_seen',
  'asset_external_key',
  'location_external_key',
] as const
export type AssetLocationSortField = (typeof assetLocationSortFields)[number]

export interface AssetLocationQuery extends PageQuery<AssetLocationSortField> {
  readonly assetIds?: readonly number[] | undefined
  readonly assetExternalKeys?: readonly string[] | undefined
  readonly locationIds?: readonly number[] | undefined
  readonly locationExternalKeys?: readonly string[] | undefined
  /** Substring of the asset's name, key or an active tag's value, whatever the case. */
  readonly q?: string | undefined
  readonly includeDeleted?: boolean | undefined
}

export interface AssetLocations {
  list(orgId: number, query: AssetLocationQuery): Promise<Page<StoredAssetLocation>>
}

const merged: readonly Column<AssetLocationRow>[] = [
  { name: 'org_id', type: 'bigint', of: (row) => row.orgId },
  { name: 'asset_id', type: 'bigint', of: (row) => row.assetId },
  { name: 'last_seen_at', type: 'instant', of: (row) => row.lastSeenMs },
  { name: 'location_id', type: 'bigint', of: (row) => row.locationId },
  { name: 'located_at', type: 'instant', of: (row) => row.locatedAtMs },
  { name: 'located_sequence', type: 'bigint', of: (row) => row.locatedSequence },
  { name: 'left_at', type: 'instant', of: (row) => row.leftAtMs },
  { name: 'left_sequence', type: 'bigint', of: (row) => row.leftSequence },
  { name: 'nowhere_sequence', type: 'bigint', of: (row) => row.nowhereSequence },
  { name: 'resumed_at', type: 'instant', of: (row) => row.resumedAtMs },
  { name: 'resumed_sequence', type: 'bigint', of: (row) => row.resumedSequence },
]

const decidedBy = (sequence: string, columns: readonly string[]): string =>
  [...columns, sequence]
    .map(
      (column) =>
        `${column} = case when excluded.${sequence} > asset_locations.${sequence} then excluded.${column} else asset_locations.${column} end`,
    )
    .join(', ')

/** Merges them into the table. At most one row per asset in `rows`; sorted here, so that two writers never deadlock. */
export async function mergeAssetLocations(db: Db, rows: readonly AssetLocationRow[]): Promise<void> {
  if (rows.length === 0) return
  const { names, values, source } = unnested(merged, rows.toSorted(compareAssets))
  await sql`
    insert into asset_locations (${names}, asset_deleted_at)
    select ${values}, (select a.deleted_at from assets a where a.org_id = r.org_id and a.id = r.asset_id) from ${source}
    on conflict (org_id, asset_id) do update set
      last_seen_at = greatest(asset_locations.last_seen_at, excluded.last_seen_at),
      ${sql.raw(decidedBy('located_sequence', ['location_id', 'located_at']))},
      ${sql.raw(decidedBy('left_sequence', ['left_at']))},
      resumed_at = ${resumed('resumed_at')}, resumed_sequence = ${resumed('resumed_sequence')},
      nowhere_sequence = greatest(asset_locations.nowhere_sequence, excluded.nowhere_sequence),
      asset_deleted_at = coalesce(asset_locations.asset_deleted_at, excluded.asset_deleted_at)`.execute(db)
}

/** The first scan with a location after the last one without: the row's own, unless the batch brings a later gap. */
function resumed(column: 'resumed_at' | 'resumed_sequence'): RawBuilder<unknown> {
  return sql.raw(`case
    when excluded.nowhere_sequence > asset_locations.nowhere_sequence then excluded.${column}
    when asset_locations.resumed_sequence > 0 then asset_locations.${column}
    when excluded.resumed_sequence > asset_locations.nowhere_sequence then excluded.${column}
    else asset_locations.${column} end`)
}

/** J3. Locks the rows in the order of keys first, so that it never deadlocks with a merge. Gives the number of rows moved. */
export async function moveLastSeen(db: Db, sightings: readonly Sighting[]): Promise<number> {
  if (sightings.length === 0) return 0
  const { source } = unnested<Sighting>(
    [
      { name: 'org_id', type: 'bigint', of: (row) => row.orgId },
      { name: 'asset_id', type: 'bigint', of: (row) => row.assetId },
      { name: 'last_seen', type: 'instant', of: (row) => row.lastSeenMs },
    ],
    sightings,
  )
  const { numAffectedRows } = await sql`
    update asset_locations set last_seen_at = newer.last_seen_at
    from (select asset_locations.org_id, asset_locations.asset_id, to_timestamp(r.last_seen / 1000)::timestamptz(3) as last_seen_at
      from ${source} join asset_locations on asset_locations.org_id = r.org_id and asset_locations.asset_id = r.asset_id
      where asset_locations.left_sequence <= asset_locations.located_sequence
        and asset_locations.last_seen_at < to_timestamp(r.last_seen / 1000)::timestamptz(3)
      order by asset_locations.org_id, asset_locations.asset_id
      for no key update of asset_locations) newer
    where asset_locations.org_id = newer.org_id and asset_locations.asset_id = newer.asset_id`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** An asset was deleted, in the transaction that deletes it. */
export async function markLocationOfDeletedAsset(db: Db, orgId: number, assetId: number): Promise<void> {
  await sql`update asset_locations set asset_deleted_at = now() where org_id = ${orgId} and asset_id = ${assetId}`.execute(
    db,
  )
}

function compareAssets(one: AssetLocationRow, other: AssetLocationRow): number {
  return one.orgId - other.orgId || one.assetId - other.assetId
}

export function assetLocations(pg: Postgres): AssetLocations {
  return { list: (orgId, query) => list(pg.db, orgId, query) }
}

async function list(db: Db, orgId: number, query: AssetLocationQuery): Promise<Page<StoredAssetLocation>> {
  const locationIds = await locationIdsOf(db, orgId, query)
  const text = query.q === undefined ? nothingAsked : await textFilters(db, orgId, containsPattern(query.q))
  const others = [
    sql<boolean>`asset_locations.org_id = ${orgId}`,
    ...(query.includeDeleted === true ? [] : [sql<boolean>`asset_locations.asset_deleted_at is null`]),
    ...amongFilter('asset_locations.asset_id', 'bigint', await assetIdsOf(db, orgId, query)),
  ]
  const atLocations = amongFilter('asset_locations.location_id', 'bigint', locationIds)
  const rows = await readPage(db, query, {
    where: allOf([...others, ...text.page, ...atLocations]),
    eachOf: text === nothingAsked ? locationIds : undefined,
    whereElse: allOf(others),
  })
  const counted = allOf([...others, ...text.count, ...atLocations])
  return {
    rows,
    totalCount: await boundedTotalOf(query, rows, () => boundedCount(db, 'asset_locations', counted)),
  }
}

/** Keys become ids first: a few rows, found by their own index, instead of a join that the page must wait for. */
async function assetIdsOf(
  db: Db,
  orgId: number,
  { assetIds, assetExternalKeys, includeDeleted }: AssetLocationQuery,
): Promise<readonly number[] | undefined> {
  if (assetExternalKeys === undefined) return assetIds
  const { rows } = await sql<{ id: number }>`
    select id from assets where org_id = ${orgId} and external_key = any(${[...assetExternalKeys]}::text[])
      and (${includeDeleted === true} or deleted_at is null)`.execute(db)
  return rows.map((row) => row.id)
}

/** Only of locations that are shown: whoever asks for one gets rows that name it. */
async function locationIdsOf(
  db: Db,
  orgId: number,
  { locationIds, locationExternalKeys }: AssetLocationQuery,
): Promise<readonly number[] | undefined> {
  if (locationIds === undefined && locationExternalKeys === undefined) return undefined
  const among = allOf([
    ...amongFilter('l.id', 'bigint', locationIds),
    ...amongFilter('l.external_key', 'text', locationExternalKeys),
  ])
  const { rows } = await sql<{ id: number }>`
    select l.id from locations l where l.org_id = ${orgId} and ${isValidLocation('l')} and ${among}`.execute(
    db,
  )
  return rows.map((row) => row.id)
}

/** Up to so many matches are looked up one by one: 1,000 look-ups cost some milliseconds. */
const matchesMax = 1_000

interface TextFilters {
  readonly page: readonly Expression<SqlBool>[]
  readonly count: readonly Expression<SqlBool>[]
}
const nothingAsked: TextFilters = { page: [], count: [] }

/**
 * Few matches are found by trigrams and become ids. Many are rather met on the way down the order that was asked for,
 * one asset at a time, because a page of them is full soon; the count tests each match once, without that order.
 */
async function textFilters(db: Db, orgId: number, pattern: string): Promise<TextFilters> {
  const matching = sql`
    select a.id from assets a where a.org_id = ${orgId} and (a.name ilike ${pattern} or a.external_key ilike ${pattern})
    union all
    select t.asset_id from tags t where t.org_id = ${orgId} and t.deleted_at is null and t.is_active and t.value ilike ${pattern}`
  const { rows } = await sql<{ id: number }>`${matching} limit ${matchesMax + 1}`.execute(db)
  if (rows.length <= matchesMax) {
    const ids = amongFilter(
      'asset_locations.asset_id',
      'bigint',
      rows.map((row) => row.id),
    )
    return { page: ids, count: ids }
  }
  return {
    page: [
      sql<boolean>`((select a.name ilike ${pattern} or a.external_key ilike ${pattern} from assets a
          where a.id = asset_locations.asset_id)
        or exists (select 1 from tags t where t.asset_id = asset_locations.asset_id and t.deleted_at is null
          and t.is_active and t.value ilike ${pattern}))`,
    ],
    count: [sql<boolean>`asset_locations.asset_id in (${matching})`],
  }
}

const joined = sql`
  join assets a on a.org_id = asset_locations.org_id and a.id = asset_locations.asset_id
  left join locations l on l.org_id = asset_locations.org_id and l.id = asset_locations.location_id and ${isValidLocation('l')}`

const shown = sql`
  asset_locations.asset_id, a.external_key as asset_external_key, a.name as asset_name, l.id as location_id,
  l.external_key as location_external_key, l.name as location_name, asset_locations.last_seen_at, asset_locations.asset_deleted_at,
  case when asset_locations.located_sequence = 0 then null
    when asset_locations.left_sequence > asset_locations.located_sequence
      and asset_locations.last_seen_at > asset_locations.left_at then null
    when asset_locations.nowhere_sequence > asset_locations.located_sequence then asset_locations.resumed_at
    else asset_locations.located_at end as dwell_started_at,
  asset_locations.located_sequence > asset_locations.left_sequence as is_present`

const sortColumns: Readonly<Record<AssetLocationSortField, string>> = {
  asset_last_seen: 'asset_locations.last_seen_at',
  asset_external_key: 'a.external_key',
  location_external_key: 'l.external_key',
}

interface PageFilter {
  readonly where: Expression<SqlBool>
  /** Locations of which any will do, where nothing but `whereElse` is asked besides. */
  readonly eachOf: readonly number[] | undefined
  readonly whereElse: Expression<SqlBool>
}

/** By time alone, the page is cut out of the index before anything is joined: what is skipped costs no look-ups. */
async function readPage(
  db: Db,
  { sort, limit, offset, includeDeleted }: AssetLocationQuery,
  { where, eachOf, whereElse }: PageFilter,
): Promise<readonly StoredAssetLocation[]> {
  const order = orderOf(sort)
  const cut = sql`order by ${order} limit ${limit} offset ${offset}`
  const isByTime = sort.every(({ by }) => by === 'asset_last_seen')
  if (!isByTime) {
    // The second condition says nothing new; it opens the index of living assets' keys to the planner.
    const { rows } = await sql<StoredAssetLocation>`
      select ${shown} from asset_locations ${joined}
      where ${where} and (${sql.lit(includeDeleted === true)} or a.deleted_at is null) ${cut}`.execute(db)
    return rows
  }
  // Of several locations each gives its newest in the order of the index, and the newest of those are the page. As one
  // condition on all of them it would be a choice between sorting all and walking down everybody.
  const candidates =
    eachOf !== undefined && eachOf.length > 1
      ? sql`(select newest.* from unnest(${[...eachOf]}::bigint[]) place cross join lateral (
          select * from asset_locations where ${whereElse} and asset_locations.location_id = place
          order by ${order} limit ${limit + offset}) newest) asset_locations`
      : sql`asset_locations where ${where}`
  const { rows } = await sql<StoredAssetLocation>`
    select ${shown} from (select asset_locations.* from ${candidates} ${cut}) asset_locations ${joined}
    order by ${order}`.execute(db)
  return rows
}

/** Ties go by asset, in the direction of the first term: so one index serves both directions. */
function orderOf(sort: AssetLocationQuery['sort']): RawBuilder<unknown> {
  const direction = sort[0]?.direction ?? 'desc'
  const terms = sort.map(({ by, direction: each }) => sql.raw(`${sortColumns[by]} ${each}`))
  return sql.join([...terms, sql.raw(`asset_locations.asset_id ${direction}`)])
}
