/**
 * Locations: named places in a tree. Every query is bounded by the organization.
 *
 * Invariants
 *   L1. The tree has no circle: parents change one at a time per organization (advisory lock), and never to a descendant.
 *   L2. A location with live children can't be deleted; scan points that pointed to a deleted one point nowhere.
 *   L3. An organization has at most so many fences, with so many points together: whoever sets one waits for its turn
 *       (advisory lock) and counts.
 */
import type { AuditOperation } from '@scanhook/domain/auditing/audit-entry'
import { readStoredGeofence } from '@scanhook/domain/fencing/parse-geofence'
import { renderGeofence } from '@scanhook/domain/fencing/render-geofence'
import type { Geofence } from '@scanhook/domain/geofence'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import { readStoredSettings } from '@scanhook/domain/setting/parse-settings'
import { type Expression, type SqlBool, sql } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import {
  type Changed,
  catchConflict,
  containsPattern,
  findReference,
  markDeleted,
  mintExternalKey,
  type Page,
  type PageQuery,
  type Reference,
} from './change.ts'
import { mergedSettings, type SettingsPatch, settingsText } from './movement-settings.ts'
import type { Db, Postgres } from './open.ts'
import { announce } from './outbox.ts'
import { allOf, amongFilter, rowFilters } from './row-filters.ts'
import { locationDepthMax } from './scan-lookup.ts'
import { isoOf, isoOrNull } from './tables.ts'

export interface Location {
  readonly id: number
  readonly externalKey: string
  readonly name: string
  readonly description: string | null
  readonly parentId: number | null
  readonly parentExternalKey: string | null
  readonly isActive: boolean
  readonly validFrom: number
  readonly validTo: number | null
  /** Its own, for the scan points here and in the locations below. */
  readonly settings: MovementOverrides
  readonly geofence: Geofence | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | null
}

export interface LocationChange {
  readonly name?: string | undefined
  readonly description?: string | null | undefined
  readonly isActive?: boolean | undefined
  readonly validFromMs?: number | undefined
  readonly validToMs?: number | null | undefined
  /** Null makes it a root; undefined leaves it. */
  readonly parent?: Reference | null | undefined
  /** Null takes all of them back. */
  readonly settings?: SettingsPatch | null | undefined
  /** A function decides by what is there, with the row locked, and may refuse by throwing. */
  readonly geofence?: Geofence | ((current: Geofence | null) => Geofence) | null | undefined
  /** Asked with the row locked, before anything is changed; refuses by throwing. */
  readonly judge?: ((current: Location) => void) | undefined
}

export interface LocationInput extends Omit<LocationChange, 'geofence' | 'judge'> {
  readonly geofence?: Geofence | null | undefined
  /** Minted (`LOC-001`) when absent. */
  readonly externalKey?: string | undefined
  readonly name: string
}

export const locationSortFields = ['external_key', 'name', 'created_at', 'updated_at'] as const
export type LocationSortField = (typeof locationSortFields)[number]

export interface LocationQuery extends PageQuery<LocationSortField> {
  readonly ids?: readonly number[] | undefined
  /** Only rows with a higher id; with no sort, the next page of a walk. */
  readonly afterId?: number | undefined
  readonly externalKeys?: readonly string[] | undefined
  readonly parentIds?: readonly number[] | undefined
  readonly parentExternalKeys?: readonly string[] | undefined
  readonly isActive?: boolean | undefined
  /** Those that the location lies in, or those that lie in it, at any depth. */
  readonly kin?: { readonly of: number; readonly are: 'ancestors' | 'descendants' } | undefined
  readonly q?: string | undefined
  readonly includeDeleted?: boolean | undefined
}

export interface Locations {
  create(by: Writer<Location>, input: LocationInput): Promise<Changed<Location>>
  find(orgId: number, id: number): Promise<Location | null>
  list(orgId: number, query: LocationQuery): Promise<Page<Location>>
  /** `conflict` on `parent_id` when the new parent lies below it, or too deep. */
  update(by: Writer<Location>, id: number, change: LocationChange): Promise<Changed<Location>>
  rename(by: Writer<Location>, id: number, externalKey: string): Promise<Changed<Location>>
  /** `conflict` on `id` while it has live children. */
  remove(by: Writer<Location>, id: number): Promise<Changed<null>>
}

const conflicts = {
  locations_external_key: ['external_key', 'another location of this organization has this external_key'],
} as const

export function locations(pg: Postgres): Locations {
  return {
    create: (by, input) => catchConflict(conflicts, () => create(pg, by, input)),
    find: (orgId, id) => findLocation(pg.db, orgId, id),
    list: (orgId, query) => list(pg, orgId, query),
    update: (by, id, change) => update(pg, by, id, change),
    rename: (by, id, externalKey) =>
      catchConflict(conflicts, () => pg.db.transaction().execute((db) => write(db, by, id, { externalKey }))),
    remove: (by, id) => remove(pg, by, id),
  }
}

function valuesOf(change: Omit<LocationChange, 'geofence' | 'judge'>, geofence: Geofence | null | undefined) {
  return {
    name: change.name,
    description: change.description,
    isActive: change.isActive,
    validFrom: change.validFromMs === undefined ? undefined : isoOf(change.validFromMs),
    validTo: change.validToMs === undefined ? undefined : isoOrNull(change.validToMs),
    geofence: geofence === undefined ? undefined : geofenceText(geofence),
  }
}

function selectLocations(db: Db) {
  return db
    .selectFrom('locations as l')
    .leftJoin('locations as up', (join) =>
      join.onRef('up.orgId', '=', 'l.orgId').onRef('up.id', '=', 'l.parentId').on('up.deletedAt', 'is', null),
    )
    .select([
      'l.id',
      'l.externalKey',
      'l.name',
      'l.description',
      'up.id as parentId',
      'up.externalKey as parentExternalKey',
      'l.isActive',
      'l.validFrom',
      'l.validTo',
      'l.settings',
      'l.geofence',
      'l.createdAt',
      'l.updatedAt',
      'l.deletedAt',
    ])
}

async function findLocation(db: Db, orgId: number, id: number): Promise<Location | null> {
  const row = await selectLocations(db)
    .where('l.orgId', '=', orgId)
    .where('l.id', '=', id)
    .where('l.deletedAt', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : locationOf(row)
}

interface LocationRow extends Omit<Location, 'settings' | 'geofence'> {
  readonly settings: unknown
  readonly geofence: unknown
}

function locationOf(row: LocationRow): Location {
  return {
    ...row,
    settings: readStoredSettings(row.settings),
    geofence: readStoredGeofence(row.geofence),
  }
}

function geofenceText(geofence: Geofence | null): string | null {
  return geofence === null ? null : JSON.stringify(renderGeofence(geofence))
}

async function list(pg: Postgres, orgId: number, query: LocationQuery): Promise<Page<Location>> {
  const { count } = await pg.db
    .selectFrom('locations as l')
    .leftJoin('locations as up', (join) =>
      join.onRef('up.orgId', '=', 'l.orgId').onRef('up.id', '=', 'l.parentId').on('up.deletedAt', 'is', null),
    )
    .where(filterOf(orgId, query))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  let sorted = selectLocations(pg.db).where(filterOf(orgId, query)).limit(query.limit).offset(query.offset)
  for (const { by, direction } of query.sort) sorted = sorted.orderBy(sql.ref(`l.${by}`), direction)
  return { rows: (await sorted.orderBy('l.id').execute()).map(locationOf), totalCount: count }
}

function filterOf(orgId: number, query: LocationQuery): Expression<SqlBool> {
  return allOf([
    ...rowFilters('l', orgId, query),
    ...amongFilter('l.external_key', 'text', query.externalKeys),
    ...amongFilter('up.id', 'bigint', query.parentIds),
    ...amongFilter('up.external_key', 'text', query.parentExternalKeys),
    ...(query.kin === undefined ? [] : [kinFilter(orgId, query.kin)]),
    ...(query.q === undefined ? [] : [textFilter(containsPattern(query.q))]),
  ])
}

/** Of live ones, along live ones. */
function kinFilter(orgId: number, { of, are }: NonNullable<LocationQuery['kin']>): Expression<SqlBool> {
  const link = are === 'ancestors' ? sql`next.id = kin.parent_id` : sql`next.parent_id = kin.id`
  return sql<boolean>`l.id <> ${of} and l.id in (
    with recursive kin as (
      select id, parent_id, 1 as depth from locations
      where org_id = ${orgId} and id = ${of} and deleted_at is null
      union all
      select next.id, next.parent_id, kin.depth + 1 from kin
      join locations next on next.org_id = ${orgId} and ${link} and next.deleted_at is null
      where kin.depth < ${locationDepthMax}
    ) select id from kin)`
}

function textFilter(pattern: string): Expression<SqlBool> {
  return sql<boolean>`(l.name ilike ${pattern} or l.external_key ilike ${pattern} or l.description ilike ${pattern})`
}

/** L1: everything that changes the tree of one organization waits here for its turn. */
async function lockTree(db: Db, orgId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('scanhook locations'), hashtext(${String(orgId)}))`.execute(
    db,
  )
}

type Placed =
  | { readonly kind: 'placed'; readonly parentId: number | null | undefined }
  | Exclude<Changed<never>, { kind: 'changed' }>

/** Where the new parent is, checked: it exists, does not lie under `id`, and is not too deep already. */
async function place(
  db: Db,
  orgId: number,
  id: number | null,
  parent: Reference | null | undefined,
): Promise<Placed> {
  if (parent === undefined || parent === null) return { kind: 'placed', parentId: parent }
  const field = parent.id === undefined ? 'parent_external_key' : 'parent_id'
  await lockTree(db, orgId)
  const parentId = await findReference(db, 'locations', orgId, parent)
  if (parentId === null) return { kind: 'missing_reference', field }
  const { rows } = await sql<{ id: number }>`
    with recursive up as (
      select id, parent_id, 1 as depth from locations where org_id = ${orgId} and id = ${parentId}
      union all
      select l.id, l.parent_id, up.depth + 1 from up join locations l on l.org_id = ${orgId} and l.id = up.parent_id
      where up.depth <= ${locationDepthMax})
    select id from up`.execute(db)
  if (rows.some((row) => row.id === id))
    return {
      kind: 'conflict',
      field,
      message: 'a location cannot lie inside itself or inside one of its descendants',
    }
  if (rows.length >= locationDepthMax)
    return { kind: 'conflict', field, message: `a tree of locations has at most ${locationDepthMax} levels` }
  return { kind: 'placed', parentId }
}

/**
 * A fix looks at all fences of its organization (20 µs for so many), and the producer reads them anew after every change
 * of a location: some 100 ms of its time at these bounds.
 */
export const fencesMax = 10_000
export const fencePointsMax = 100_000

/** Fences are counted and set by one at a time. May be taken again by who has it. */
async function lockFences(db: Db, orgId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('scanhook geofences'), hashtext(${String(orgId)}))`.execute(
    db,
  )
}

/** L3; null when the fence may be set. */
async function refuseFence(
  db: Db,
  orgId: number,
  { id, geofence }: { readonly id: number | null; readonly geofence: Geofence | null | undefined },
): Promise<Extract<Changed<never>, { kind: 'conflict' }> | null> {
  if (geofence === undefined || geofence === null) return null
  await lockFences(db, orgId)
  const { rows } = await sql<{ count: number; points: number }>`
    select count(*), coalesce(sum(geofence_points), 0)::bigint as points from locations
    where org_id = ${orgId} and geofence is not null and deleted_at is null
      and id is distinct from ${id}::bigint`.execute(db)
  const { count, points } = rows[0] ?? { count: 0, points: 0 }
  const own = geofence.type === 'polygon' ? geofence.points.length : 1
  if (count + 1 <= fencesMax && points + own <= fencePointsMax) return null
  const message = `an organization has at most ${fencesMax} geofences with ${fencePointsMax} points together`
  return { kind: 'conflict', field: 'geofence', message }
}

function create(pg: Postgres, by: Writer<Location>, input: LocationInput): Promise<Changed<Location>> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const placed = await place(db, orgId, null, input.parent)
    if (placed.kind !== 'placed') return placed
    const refused = await refuseFence(db, orgId, { id: null, geofence: input.geofence })
    if (refused !== null) return refused
    const externalKey =
      input.externalKey ?? (await mintExternalKey(db, 'locations', orgId, { prefix: 'LOC', width: 3 }))
    const { id } = await db
      .insertInto('locations')
      .values({
        ...valuesOf(input, input.geofence),
        orgId,
        externalKey,
        name: input.name,
        description: input.description ?? null,
        parentId: placed.parentId ?? null,
        settings: settingsText(input.settings),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    return changed(db, by, id, { operation: 'location.created', before: null })
  })
}

function update(
  pg: Postgres,
  by: Writer<Location>,
  id: number,
  change: LocationChange,
): Promise<Changed<Location>> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const placed = await place(db, orgId, id, change.parent)
    if (placed.kind !== 'placed') return placed
    // Tree, fences, row: everybody who needs several of these locks takes them in this order.
    if (change.geofence !== undefined && change.geofence !== null) await lockFences(db, orgId)
    const before = await lockLocation(db, orgId, id)
    if (before === null) return { kind: 'not_found' }
    change.judge?.(before)
    const geofence =
      typeof change.geofence === 'function' ? change.geofence(before.geofence) : change.geofence
    const refused = await refuseFence(db, orgId, { id, geofence })
    if (refused !== null) return refused
    const settings = mergedSettings(change.settings)
    return write(db, by, id, { ...valuesOf(change, geofence), settings, parentId: placed.parentId })
  })
}

async function write(db: Db, by: Writer<Location>, id: number, values: object): Promise<Changed<Location>> {
  const orgId = orgOf(by)
  const before = await lockLocation(db, orgId, id)
  if (before === null) return { kind: 'not_found' }
  await db
    .updateTable('locations')
    .set({ ...values, updatedAt: sql<string>`now()` })
    .where('orgId', '=', orgId)
    .where('id', '=', id)
    .execute()
  const operation = 'externalKey' in values ? 'location.renamed' : 'location.updated'
  return changed(db, by, id, { operation, before })
}

/** The living row, which nobody else changes until the end of the transaction. */
async function lockLocation(db: Db, orgId: number, id: number): Promise<Location | null> {
  await sql`
    select from locations where org_id = ${orgId} and id = ${id} and deleted_at is null for no key update`.execute(
    db,
  )
  return findLocation(db, orgId, id)
}

async function changed(
  db: Db,
  by: Writer<Location>,
  id: number,
  { operation, before }: { readonly operation: AuditOperation; readonly before: Location | null },
): Promise<Changed<Location>> {
  const orgId = orgOf(by)
  await announce(db, [{ orgId, kind: 'location', id, isDeleted: false, document: {} }])
  const row = await findLocation(db, orgId, id)
  if (row === null) return { kind: 'not_found' }
  await record(db, by, { operation, id, name: before?.externalKey ?? row.externalKey, before, after: row })
  return { kind: 'changed', row }
}

function remove(pg: Postgres, by: Writer<Location>, id: number): Promise<Changed<null>> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    await lockTree(db, orgId)
    const child = await db
      .selectFrom('locations')
      .select('id')
      .where('orgId', '=', orgId)
      .where('parentId', '=', id)
      .where('deletedAt', 'is', null)
      .executeTakeFirst()
    if (child !== undefined)
      return {
        kind: 'conflict',
        field: 'id',
        message: 'the location has locations inside it; move or delete them first',
      }
    const before = await lockLocation(db, orgId, id)
    if (before === null || !(await markDeleted(db, 'locations', orgId, id))) return { kind: 'not_found' }
    await announce(db, [{ orgId, kind: 'location', id, isDeleted: true, document: {} }])
    await record(db, by, {
      ...{ operation: 'location.deleted', id, name: before.externalKey },
      ...{ before, after: null },
    })
    return { kind: 'changed', row: null }
  })
}
