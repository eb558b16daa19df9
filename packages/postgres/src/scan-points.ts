/** Scan points: an antenna of a scan device, and the location it watches. */
import type { ScanPointKind } from '@scanhook/domain/asset'
import type { AuditOperation } from '@scanhook/domain/auditing/audit-entry'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import { readStoredSettings } from '@scanhook/domain/setting/parse-settings'
import { type Expression, type SqlBool, sql } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import {
  type Changed,
  catchConflict,
  findReference,
  markDeleted,
  type Page,
  type PageQuery,
  type Reference,
} from './change.ts'
import { mergedSettings, type SettingsPatch, settingsText } from './movement-settings.ts'
import type { Db, Postgres } from './open.ts'
import { announce } from './outbox.ts'
import { allOf, amongFilter, rowFilters } from './row-filters.ts'

export interface ScanPoint {
  readonly id: number
  readonly scanDeviceId: number
  readonly scanDeviceExternalKey: string
  readonly antennaPort: number
  readonly kind: ScanPointKind
  readonly name: string | null
  /** Null when it watches none, or a deleted one. */
  readonly locationId: number | null
  readonly locationExternalKey: string | null
  readonly isActive: boolean
  /** Its own; `movementSettings` finds what holds in the end. */
  readonly settings: MovementOverrides
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | null
}

export interface ScanPointChange {
  readonly kind?: ScanPointKind | undefined
  readonly name?: string | null | undefined
  readonly location?: Reference | null | undefined
  readonly isActive?: boolean | undefined
  /** Null takes all of them back. */
  readonly settings?: SettingsPatch | null | undefined
  /** Asked with the row locked, before anything is changed; refuses by throwing. */
  readonly judge?: ((current: ScanPoint) => void) | undefined
}

export interface ScanPointInput extends Omit<ScanPointChange, 'judge'> {
  readonly scanDevice: Reference
  readonly antennaPort: number
}

export const scanPointSortFields = [
  'scan_device_external_key',
  'antenna_port',
  'created_at',
  'updated_at',
] as const
export type ScanPointSortField = (typeof scanPointSortFields)[number]

export interface ScanPointQuery extends PageQuery<ScanPointSortField> {
  readonly ids?: readonly number[] | undefined
  /** Only rows with a higher id; with no sort, the next page of a walk. */
  readonly afterId?: number | undefined
  readonly scanDeviceIds?: readonly number[] | undefined
  readonly scanDeviceExternalKeys?: readonly string[] | undefined
  readonly locationIds?: readonly number[] | undefined
  readonly locationExternalKeys?: readonly string[] | undefined
  readonly kinds?: readonly ScanPointKind[] | undefined
  readonly isActive?: boolean | undefined
  readonly includeDeleted?: boolean | undefined
}

export interface ScanPoints {
  create(by: Writer<ScanPoint>, input: ScanPointInput): Promise<Changed<ScanPoint>>
  find(orgId: number, id: number): Promise<ScanPoint | null>
  list(orgId: number, query: ScanPointQuery): Promise<Page<ScanPoint>>
  update(by: Writer<ScanPoint>, id: number, change: ScanPointChange): Promise<Changed<ScanPoint>>
  remove(by: Writer<ScanPoint>, id: number): Promise<boolean>
}

const conflicts = {
  scan_points_antenna: ['antenna_port', 'the scan device has a scan point at this antenna already'],
} as const

export function scanPoints(pg: Postgres): ScanPoints {
  return {
    create: (by, input) => catchConflict(conflicts, () => create(pg, by, input)),
    find: (orgId, id) => findPoint(pg.db, orgId, id),
    list: (orgId, query) => list(pg, orgId, query),
    update: (by, id, change) => update(pg, by, id, change),
    remove: (by, id) => remove(pg, by, id),
  }
}

function selectPoints(db: Db, where: Expression<SqlBool>) {
  return db
    .selectFrom('scanPoints as p')
    .innerJoin('scanDevices as d', (join) =>
      join.onRef('d.orgId', '=', 'p.orgId').onRef('d.id', '=', 'p.scanDeviceId'),
    )
    .leftJoin('locations as l', (join) =>
      join.onRef('l.orgId', '=', 'p.orgId').onRef('l.id', '=', 'p.locationId').on('l.deletedAt', 'is', null),
    )
    .where(where)
}

const columns = [
  'p.id',
  'p.scanDeviceId',
  'd.externalKey as scanDeviceExternalKey',
  'p.antennaPort',
  'p.kind',
  'p.name',
  'l.id as locationId',
  'l.externalKey as locationExternalKey',
  'p.isActive',
  'p.settings',
  'p.createdAt',
  'p.updatedAt',
  'p.deletedAt',
] as const

async function findPoint(db: Db, orgId: number, id: number): Promise<ScanPoint | null> {
  const row = await selectPoints(
    db,
    sql<boolean>`p.org_id = ${orgId} and p.id = ${id} and p.deleted_at is null`,
  )
    .select(columns)
    .executeTakeFirst()
  return row === undefined ? null : pointOf(row)
}

interface PointRow extends Omit<ScanPoint, 'kind' | 'settings'> {
  readonly kind: string
  readonly settings: unknown
}

function pointOf(row: PointRow): ScanPoint {
  const kind = row.kind as ScanPointKind // the column's check admits nothing else
  return { ...row, kind, settings: readStoredSettings(row.settings) }
}

const sortColumns: Readonly<Record<ScanPointSortField, string>> = {
  scan_device_external_key: 'd.external_key',
  antenna_port: 'p.antenna_port',
  created_at: 'p.created_at',
  updated_at: 'p.updated_at',
}

async function list(pg: Postgres, orgId: number, query: ScanPointQuery): Promise<Page<ScanPoint>> {
  const matching = selectPoints(pg.db, filterOf(orgId, query))
  const { count } = await matching
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  let sorted = matching.select(columns).limit(query.limit).offset(query.offset)
  for (const { by, direction } of query.sort) sorted = sorted.orderBy(sql.ref(sortColumns[by]), direction)
  return { rows: (await sorted.orderBy('p.id').execute()).map(pointOf), totalCount: count }
}

function filterOf(orgId: number, query: ScanPointQuery): Expression<SqlBool> {
  return allOf([
    ...rowFilters('p', orgId, query),
    ...amongFilter('p.scan_device_id', 'bigint', query.scanDeviceIds),
    ...amongFilter('d.external_key', 'text', query.scanDeviceExternalKeys),
    ...amongFilter('l.id', 'bigint', query.locationIds),
    ...amongFilter('l.external_key', 'text', query.locationExternalKeys),
    ...amongFilter('p.kind', 'text', query.kinds),
  ])
}

type PlacedPoint =
  | { readonly kind: 'placed'; readonly locationId: number | null | undefined }
  | { readonly kind: 'missing_reference'; readonly field: string }

async function place(db: Db, orgId: number, location: Reference | null | undefined): Promise<PlacedPoint> {
  if (location === undefined || location === null) return { kind: 'placed', locationId: location }
  const locationId = await findReference(db, 'locations', orgId, location)
  if (locationId !== null) return { kind: 'placed', locationId }
  return {
    kind: 'missing_reference',
    field: location.id === undefined ? 'location_external_key' : 'location_id',
  }
}

function create(pg: Postgres, by: Writer<ScanPoint>, input: ScanPointInput): Promise<Changed<ScanPoint>> {
  const orgId = orgOf(by)
  const { scanDevice, antennaPort, kind = 'zone', name = null, isActive = true } = input
  return pg.db.transaction().execute(async (db) => {
    const scanDeviceId = await findReference(db, 'scan_devices', orgId, scanDevice)
    if (scanDeviceId === null)
      return {
        kind: 'missing_reference',
        field: scanDevice.id === undefined ? 'scan_device_external_key' : 'scan_device_id',
      }
    const placed = await place(db, orgId, input.location)
    if (placed.kind !== 'placed') return placed
    const { id } = await db
      .insertInto('scanPoints')
      .values({
        orgId,
        scanDeviceId,
        antennaPort,
        kind,
        name,
        isActive,
        locationId: placed.locationId ?? null,
        settings: settingsText(input.settings),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    return changed(db, by, id, { operation: 'scan_point.created', before: null })
  })
}

/** The living row, which nobody else changes until the end of the transaction. */
async function lockPoint(db: Db, orgId: number, id: number): Promise<ScanPoint | null> {
  await sql`
    select from scan_points where org_id = ${orgId} and id = ${id} and deleted_at is null for no key update`.execute(
    db,
  )
  return findPoint(db, orgId, id)
}

function update(
  pg: Postgres,
  by: Writer<ScanPoint>,
  id: number,
  change: ScanPointChange,
): Promise<Changed<ScanPoint>> {
  const orgId = orgOf(by)
  const { kind, name, isActive } = change
  return pg.db.transaction().execute(async (db) => {
    const placed = await place(db, orgId, change.location)
    if (placed.kind !== 'placed') return placed
    const before = await lockPoint(db, orgId, id)
    if (before === null) return { kind: 'not_found' }
    change.judge?.(before)
    await db
      .updateTable('scanPoints')
      .set({
        kind,
        name,
        isActive,
        locationId: placed.locationId,
        settings: mergedSettings(change.settings),
        updatedAt: sql<string>`now()`,
      })
      .where('orgId', '=', orgId)
      .where('id', '=', id)
      .execute()
    return changed(db, by, id, { operation: 'scan_point.updated', before })
  })
}

async function changed(
  db: Db,
  by: Writer<ScanPoint>,
  id: number,
  { operation, before }: { readonly operation: AuditOperation; readonly before: ScanPoint | null },
): Promise<Changed<ScanPoint>> {
  const orgId = orgOf(by)
  const row = await findPoint(db, orgId, id)
  if (row === null) return { kind: 'not_found' }
  await announcePoint(db, orgId, row, false)
  await record(db, by, { operation, id, name: row.name, before, after: row })
  return { kind: 'changed', row }
}

function remove(pg: Postgres, by: Writer<ScanPoint>, id: number): Promise<boolean> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const row = await lockPoint(db, orgId, id)
    if (row === null || !(await markDeleted(db, 'scan_points', orgId, id))) return false
    await announcePoint(db, orgId, row, true)
    await record(db, by, { operation: 'scan_point.deleted', id, name: row.name, before: row, after: null })
    return true
  })
}

async function announcePoint(db: Db, orgId: number, row: ScanPoint, isDeleted: boolean): Promise<void> {
  const document = { device_external_key: row.scanDeviceExternalKey, antenna_port: row.antennaPort }
  await announce(db, [{ orgId, kind: 'scan_point', id: row.id, isDeleted, document }])
}
