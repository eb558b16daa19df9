/** Where assets were scanned: appended by the recorder, read by the API. A scan never changes. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { boundedCount, boundedTotalOf, type Page, type PageQuery } from './change.ts'
import { type Column, insertRows } from './insert-rows.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, isValidLocation } from './row-filters.ts'
import { isoOf } from './tables.ts'

export interface AssetScanRow {
  readonly orgId: number
  readonly assetId: number
  /** When the event occurred. */
  readonly observedAtMs: number
  readonly eventId: string
  readonly locationId: number | null
  readonly isLate: boolean
}

export interface StoredScan {
  readonly observedAt: number
  /** Null as well when the location is deleted or out of validity by now. */
  readonly locationId: number | null
  readonly locationExternalKey: string | null
  readonly locationName: string | null
  /** The latest instant before this one at which the asset was scanned, on this page or not; null on its earliest. */
  readonly previousObservedAt: number | null
}

export const scanSortFields = ['event_observed_at'] as const
export type ScanSortField = (typeof scanSortFields)[number]

export interface ScanQuery extends PageQuery<ScanSortField> {
  /** Both inclusive. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface AssetScans {
  /** Null when there is no such live asset. */
  list(orgId: number, assetId: number, query: ScanQuery): Promise<Page<StoredScan> | null>
}

const inserted: readonly Column<AssetScanRow>[] = [
  { name: 'org_id', type: 'bigint', of: (row) => row.orgId },
  { name: 'asset_id', type: 'bigint', of: (row) => row.assetId },
  { name: 'observed_at', type: 'instant', of: (row) => row.observedAtMs },
  { name: 'event_id', type: 'uuid', of: (row) => row.eventId },
  { name: 'location_id', type: 'bigint', of: (row) => row.locationId },
  { name: 'is_late', type: 'boolean', of: (row) => row.isLate },
]

/** Appends what is not there yet. Gives the number of new ones. */
export function appendAssetScans(db: Db, rows: readonly AssetScanRow[]): Promise<number> {
  return insertRows(db, 'asset_scans', inserted, rows, 'on conflict do nothing')
}

type PageRow = Omit<StoredScan, 'previousObservedAt'>

export function assetScans(pg: Postgres): AssetScans {
  return {
    list: async (orgId, assetId, query) => {
      const { rows: assets } = await sql`
        select 1 from assets where org_id = ${orgId} and id = ${assetId} and deleted_at is null`.execute(
        pg.db,
      )
      if (assets.length === 0) return null
      const ofAsset = [
        sql<boolean>`asset_scans.org_id = ${orgId}`,
        sql<boolean>`asset_scans.asset_id = ${assetId}`,
      ]
      const where = allOf([...ofAsset, ...spanFilter(query)])
      const rows = await readPage(pg.db, where, query)
      const before = await latestBefore(pg.db, allOf(ofAsset), rows)
      return {
        rows: rows.map((row) => ({ ...row, previousObservedAt: previousOf(row, rows, before) })),
        totalCount: await boundedTotalOf(query, rows, () => boundedCount(pg.db, 'asset_scans', where)),
      }
    },
  }
}

function spanFilter({ fromMs, toMs }: ScanQuery): Expression<SqlBool>[] {
  return [
    ...(fromMs === undefined ? [] : [sql<boolean>`asset_scans.observed_at >= ${isoOf(fromMs)}::timestamptz`]),
    ...(toMs === undefined ? [] : [sql<boolean>`asset_scans.observed_at <= ${isoOf(toMs)}::timestamptz`]),
  ]
}

/** What is skipped is skipped in the index; only the page itself is joined with its locations. */
async function readPage(
  db: Db,
  where: Expression<SqlBool>,
  { sort, limit, offset }: ScanQuery,
): Promise<readonly PageRow[]> {
  const direction = sql.raw(sort[0]?.direction ?? 'desc')
  const order = sql`observed_at ${direction}, asset_scans.location_id, asset_scans.event_id`
  const { rows } = await sql<PageRow>`
    select observed_at, l.id as location_id, l.external_key as location_external_key, l.name as location_name
    from (select org_id, observed_at, location_id, event_id from asset_scans where ${where}
      order by ${order} limit ${limit} offset ${offset}) asset_scans
    left join locations l on l.org_id = asset_scans.org_id and l.id = asset_scans.location_id and ${isValidLocation('l')}
    order by ${order}`.execute(db)
  return rows
}

/** The asset's latest scan before the earliest of the page: the filter's bounds do not end its history. */
async function latestBefore(
  db: Db,
  ofAsset: Expression<SqlBool>,
  page: readonly PageRow[],
): Promise<number | null> {
  if (page.length === 0) return null
  const earliest = Math.min(...page.map((row) => row.observedAt))
  const { rows } = await sql<{ observedAt: number }>`
    select observed_at from asset_scans where ${ofAsset} and observed_at < ${isoOf(earliest)}::timestamptz
    order by observed_at desc limit 1`.execute(db)
  return rows[0]?.observedAt ?? null
}

/** The latest instant on the page that is earlier; scans of one instant share theirs. */
function previousOf(row: PageRow, page: readonly PageRow[], before: number | null): number | null {
  return page.reduce<number | null>(
    (latest, { observedAt }) =>
      observedAt < row.observedAt && observedAt > (latest ?? -Infinity) ? observedAt : latest,
    before,
  )
}
