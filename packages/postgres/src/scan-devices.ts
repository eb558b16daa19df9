/** Scan devices: readers and gateways, by the name that upstream gives them. */

import type { AuditOperation } from '@scanhook/domain/auditing/audit-entry'
import { type Expression, type SqlBool, sql } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import { type Changed, catchConflict, containsPattern, type Page, type PageQuery } from './change.ts'
import type { Db, Postgres } from './open.ts'
import { announce } from './outbox.ts'
import { allOf, amongFilter, rowFilters } from './row-filters.ts'

export interface ScanDevice {
  readonly id: number
  readonly externalKey: string
  readonly name: string
  readonly type: string
  readonly description: string | null
  readonly isActive: boolean
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | null
}

export interface ScanDeviceChange {
  readonly name?: string | undefined
  readonly type?: string | undefined
  readonly description?: string | null | undefined
  readonly isActive?: boolean | undefined
  /** Asked with the row locked, before anything is changed; refuses by throwing. */
  readonly judge?: ((current: ScanDevice) => void) | undefined
}

export interface ScanDeviceInput extends Omit<ScanDeviceChange, 'judge'> {
  readonly externalKey: string
  readonly name: string
  readonly type: string
}

export const scanDeviceSortFields = ['external_key', 'name', 'type', 'created_at', 'updated_at'] as const
export type ScanDeviceSortField = (typeof scanDeviceSortFields)[number]

export interface ScanDeviceQuery extends PageQuery<ScanDeviceSortField> {
  readonly ids?: readonly number[] | undefined
  /** Only rows with a higher id; with no sort, the next page of a walk. */
  readonly afterId?: number | undefined
  readonly externalKeys?: readonly string[] | undefined
  readonly types?: readonly string[] | undefined
  readonly isActive?: boolean | undefined
  readonly q?: string | undefined
  readonly includeDeleted?: boolean | undefined
}

export interface ScanDevices {
  create(by: Writer<ScanDevice>, input: ScanDeviceInput): Promise<Changed<ScanDevice>>
  find(orgId: number, id: number): Promise<ScanDevice | null>
  list(orgId: number, query: ScanDeviceQuery): Promise<Page<ScanDevice>>
  update(by: Writer<ScanDevice>, id: number, change: ScanDeviceChange): Promise<Changed<ScanDevice>>
  /** Its scan points go with it. False when there is no such live device. */
  remove(by: Writer<ScanDevice>, id: number): Promise<boolean>
}

const columns = [
  'id',
  'externalKey',
  'name',
  'type',
  'description',
  'isActive',
  'createdAt',
  'updatedAt',
  'deletedAt',
] as const

const conflicts = {
  scan_devices_external_key: [
    'external_key',
    'another scan device of this organization has this external_key',
  ],
} as const

export function scanDevices(pg: Postgres): ScanDevices {
  return {
    create: (by, input) => catchConflict(conflicts, () => create(pg, by, input)),
    find: async (orgId, id) => (await liveDevice(pg.db, orgId, id).executeTakeFirst()) ?? null,
    list: (orgId, query) => list(pg, orgId, query),
    update: (by, id, change) => update(pg, by, id, change),
    remove: (by, id) => remove(pg, by, id),
  }
}

function liveDevice(db: Db, orgId: number, id: number) {
  return db
    .selectFrom('scanDevices')
    .select(columns)
    .where('orgId', '=', orgId)
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
}

function create(pg: Postgres, by: Writer<ScanDevice>, input: ScanDeviceInput): Promise<Changed<ScanDevice>> {
  const orgId = orgOf(by)
  const { externalKey, name, type, description = null, isActive = true } = input
  return pg.db.transaction().execute(async (db) => {
    const row = await db
      .insertInto('scanDevices')
      .values({ orgId, externalKey, name, type, description, isActive })
      .returning(columns)
      .executeTakeFirstOrThrow()
    await announceDevice(db, orgId, row, false)
    await recordDevice(db, by, 'scan_device.created', null, row)
    return { kind: 'changed', row }
  })
}

async function list(pg: Postgres, orgId: number, query: ScanDeviceQuery): Promise<Page<ScanDevice>> {
  const matching = pg.db.selectFrom('scanDevices').where(filterOf(orgId, query))
  const { count } = await matching
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  let sorted = matching.select(columns).limit(query.limit).offset(query.offset)
  for (const { by, direction } of query.sort)
    sorted = sorted.orderBy(sql.ref(`scan_devices.${by}`), direction)
  return { rows: await sorted.orderBy('scanDevices.id').execute(), totalCount: count }
}

function filterOf(orgId: number, query: ScanDeviceQuery): Expression<SqlBool> {
  return allOf([
    ...rowFilters('scan_devices', orgId, query),
    ...amongFilter('scan_devices.external_key', 'text', query.externalKeys),
    ...amongFilter('scan_devices.type', 'text', query.types),
    ...(query.q === undefined ? [] : [textFilter(containsPattern(query.q))]),
  ])
}

function textFilter(pattern: string): Expression<SqlBool> {
  return sql<boolean>`(name ilike ${pattern} or external_key ilike ${pattern} or description ilike ${pattern})`
}

function recordDevice(
  db: Db,
  by: Writer<ScanDevice>,
  operation: AuditOperation,
  before: ScanDevice | null,
  after: ScanDevice,
): Promise<void> {
  const { id, externalKey: name } = after
  return record(db, by, { operation, id, name, before, after })
}

function update(
  pg: Postgres,
  by: Writer<ScanDevice>,
  id: number,
  change: ScanDeviceChange,
): Promise<Changed<ScanDevice>> {
  const orgId = orgOf(by)
  const { name, type, description, isActive } = change
  return pg.db.transaction().execute(async (db) => {
    const before = await liveDevice(db, orgId, id).forNoKeyUpdate().executeTakeFirst()
    if (before === undefined) return { kind: 'not_found' }
    change.judge?.(before)
    const row = await db
      .updateTable('scanDevices')
      .set({ name, type, description, isActive, updatedAt: sql<string>`now()` })
      .where('orgId', '=', orgId)
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returning(columns)
      .executeTakeFirstOrThrow()
    await announceDevice(db, orgId, row, false)
    await recordDevice(db, by, 'scan_device.updated', before, row)
    return { kind: 'changed', row }
  })
}

function remove(pg: Postgres, by: Writer<ScanDevice>, id: number): Promise<boolean> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const before = await liveDevice(db, orgId, id).forNoKeyUpdate().executeTakeFirst()
    if (before === undefined) return false
    const row = await db
      .updateTable('scanDevices')
      .set({ deletedAt: sql<string>`now()`, updatedAt: sql<string>`now()` })
      .where('orgId', '=', orgId)
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returning(columns)
      .executeTakeFirstOrThrow()
    await announceDevice(db, orgId, row, true)
    const points = await db
      .updateTable('scanPoints')
      .set({ deletedAt: sql<string>`now()`, updatedAt: sql<string>`now()` })
      .where('orgId', '=', orgId)
      .where('scanDeviceId', '=', id)
      .where('deletedAt', 'is', null)
      .returning(['id', 'antennaPort'])
      .execute()
    await announce(
      db,
      points.map((point) => ({
        orgId,
        kind: 'scan_point',
        id: point.id,
        isDeleted: true,
        document: { device_external_key: row.externalKey, antenna_port: point.antennaPort },
      })),
    )
    const pointIds = points.map((point) => point.id)
    await record(db, by, {
      ...{ operation: 'scan_device.deleted', id, name: before.externalKey },
      ...{ before, after: null, alongside: { scan_point_ids: pointIds } },
    })
    return true
  })
}

async function announceDevice(db: Db, orgId: number, row: ScanDevice, isDeleted: boolean): Promise<void> {
  await announce(db, [
    { orgId, kind: 'scan_device', id: row.id, isDeleted, document: { external_key: row.externalKey } },
  ])
}
