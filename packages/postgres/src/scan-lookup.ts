/**
 * What the producer asks for every batch of reads that its cache doesn't know: tag → asset, antenna → scan point with
 * its location and all ancestors, and what each level says about settings. One query per batch, however many keys it has.
 *
 * `lateral … offset 0` prescribes one index look-up per key. Left to itself PostgreSQL 18, on tables without statistics,
 * joined by a skip scan over all antennas of the organization: 24 s for 1,000 keys among 20,000 points. From there on
 * foreign keys lead, which carry the organization: a tag's asset and a point's location are of the tag's and the point's.
 */
import type { AssetRef, LocationRef, ScanPointKind, TagType } from '@scanhook/domain/asset'
import { assetId, locationId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import type { Place } from '@scanhook/domain/scan'
import { readStoredSettings } from '@scanhook/domain/setting/parse-settings'
import { sql } from 'kysely'
import type { Postgres } from './open.ts'

export interface TagKey {
  readonly orgId: number
  readonly matchKey: string
}

export interface PointKey {
  readonly orgId: number
  readonly deviceKey: string
  readonly antennaPort: number
}

export interface DeviceKey {
  readonly orgId: number
  readonly deviceKey: string
}

export interface ResolvedDevice {
  readonly id: number
}

export interface ResolvedTag {
  readonly asset: AssetRef
  readonly tagType: TagType
  readonly value: string
  /** The tag and its asset both are. */
  readonly isActive: boolean
}

export interface ResolvedPoint {
  readonly device: Place['device']
  readonly point: Place['point']
  /** The point's location first, then its ancestors; empty when it has none, or a deleted one. */
  readonly path: readonly LocationRef[]
  readonly overrides: LevelsOfPoint
  /** The scan point and its device both are. */
  readonly isActive: boolean
}

/** What each level says about settings, in order of precedence. */
export interface LevelsOfPoint {
  readonly point: MovementOverrides
  /** Of each step of the path, so the location's own first. */
  readonly locations: readonly MovementOverrides[]
  readonly organization: MovementOverrides
}

export interface ScanLookup {
  /** In the order of `keys`; null where no live tag has that key. */
  findTags(keys: readonly TagKey[]): Promise<readonly (ResolvedTag | null)[]>
  /** In the order of `keys`; null where no live scan point has that antenna. */
  findPoints(keys: readonly PointKey[]): Promise<readonly (ResolvedPoint | null)[]>
  /** In the order of `keys`; null where no live device has that key. Tells a reader nobody knows from an unknown antenna. */
  findDevices(keys: readonly DeviceKey[]): Promise<readonly (ResolvedDevice | null)[]>
}

/** Deeper trees than this are cut off at the top: a site, building, floor, zone, aisle, rack, shelf, bin are 8. */
export const locationDepthMax = 32

export function scanLookup(pg: Postgres): ScanLookup {
  return {
    findTags: async (keys) => (keys.length === 0 ? [] : findTags(pg, keys)),
    findPoints: async (keys) => (keys.length === 0 ? [] : findPoints(pg, keys)),
    findDevices: async (keys) => (keys.length === 0 ? [] : findDevices(pg, keys)),
  }
}

interface TagRow {
  readonly n: number
  readonly tagType: TagType
  readonly value: string
  readonly isActive: boolean
  readonly assetId: number
  readonly externalKey: string
  readonly name: string
}

async function findTags(pg: Postgres, keys: readonly TagKey[]): Promise<readonly (ResolvedTag | null)[]> {
  const { rows } = await sql<TagRow>`
    select k.n, t.tag_type, t.value, t.is_active and a.is_active as is_active, a.id as asset_id, a.external_key, a.name
    from unnest(${keys.map((key) => key.orgId)}::bigint[], ${keys.map((key) => key.matchKey)}::text[])
      with ordinality as k (org_id, match_key, n)
    cross join lateral (select * from tags
      where org_id = k.org_id and match_key = k.match_key and deleted_at is null offset 0) t
    join assets a on a.id = t.asset_id and a.deleted_at is null`.execute(pg.db)
  const found = new Map(rows.map((row) => [row.n, row]))
  return keys.map((_, index) => {
    const row = found.get(index + 1)
    if (row === undefined) return null
    return {
      asset: { id: assetId(row.assetId), externalKey: row.externalKey, name: row.name },
      tagType: row.tagType,
      value: row.value,
      isActive: row.isActive,
    }
  })
}

interface PointRow {
  readonly n: number
  readonly pointId: number
  readonly antennaPort: number
  readonly kind: ScanPointKind
  readonly isActive: boolean
  readonly deviceId: number
  readonly externalKey: string
  readonly name: string
  readonly type: string
  readonly path: readonly PathRow[] | null
  readonly pointSettings: unknown
  readonly orgSettings: unknown
}

interface PathRow {
  readonly id: number
  readonly externalKey: string
  readonly name: string
  readonly parentId: number | null
  readonly parentExternalKey: string | null
  readonly settings: unknown
}

async function findPoints(
  pg: Postgres,
  keys: readonly PointKey[],
): Promise<readonly (ResolvedPoint | null)[]> {
  const { rows } = await sql<PointRow>`
    with recursive hit as materialized (
      select k.n, p.org_id, p.id as point_id, p.antenna_port, p.kind, p.location_id,
        p.settings as point_settings, (select o.settings from organizations o where o.id = p.org_id) as org_settings, p.is_active and d.is_active as is_active,
        d.id as device_id, d.external_key, d.name, d.type
      from unnest(${keys.map((key) => key.orgId)}::bigint[], ${keys.map((key) => key.deviceKey)}::text[],
        ${keys.map((key) => key.antennaPort)}::integer[]) with ordinality as k (org_id, device_key, antenna_port, n)
      cross join lateral (select * from scan_devices
        where org_id = k.org_id and external_key = k.device_key and deleted_at is null offset 0) d
      cross join lateral (select * from scan_points
        where org_id = k.org_id and scan_device_id = d.id and antenna_port = k.antenna_port and deleted_at is null offset 0) p
    ), leaf as (select distinct org_id, location_id from hit where location_id is not null),
    step as (
      select leaf.location_id as leaf_id, 1 as depth, l.org_id, l.id, l.parent_id, l.external_key, l.name, l.settings
      from leaf join locations l on l.id = leaf.location_id and l.deleted_at is null
      union all
      select step.leaf_id, step.depth + 1, l.org_id, l.id, l.parent_id, l.external_key, l.name, l.settings
      from step join locations l on l.id = step.parent_id and l.deleted_at is null
      where step.depth < ${locationDepthMax}
    ), linked as (
      select *, lead(id) over up as up_id, lead(external_key) over up as up_key
      from step window up as (partition by org_id, leaf_id order by depth)
    ), path as (
      select org_id, leaf_id, json_agg(json_build_object('id', id, 'externalKey', external_key, 'name', name,
        'parentId', up_id, 'parentExternalKey', up_key, 'settings', settings) order by depth) as path
      from linked group by org_id, leaf_id
    )
    select hit.n, point_id, antenna_port, kind, is_active, device_id, external_key, name, type, path.path,
      point_settings, org_settings
    from hit left join path on path.org_id = hit.org_id and path.leaf_id = hit.location_id`.execute(pg.db)
  const found = new Map(rows.map((row) => [row.n, row]))
  return keys.map((_, index) => {
    const row = found.get(index + 1)
    return row === undefined ? null : resolvedPointOf(row)
  })
}

function resolvedPointOf(row: PointRow): ResolvedPoint {
  return {
    device: { id: scanDeviceId(row.deviceId), externalKey: row.externalKey, name: row.name, type: row.type },
    point: { id: scanPointId(row.pointId), antennaPort: row.antennaPort, kind: row.kind },
    isActive: row.isActive,
    overrides: {
      point: readStoredSettings(row.pointSettings),
      locations: (row.path ?? []).map((step) => readStoredSettings(step.settings)),
      organization: readStoredSettings(row.orgSettings),
    },
    path: (row.path ?? []).map((step) => ({
      id: locationId(step.id),
      externalKey: step.externalKey,
      name: step.name,
      parentId: step.parentId === null ? null : locationId(step.parentId),
      parentExternalKey: step.parentExternalKey,
    })),
  }
}

async function findDevices(
  pg: Postgres,
  keys: readonly DeviceKey[],
): Promise<readonly (ResolvedDevice | null)[]> {
  const { rows } = await sql<{ readonly n: number; readonly id: number }>`
    select k.n, d.id
    from unnest(${keys.map((key) => key.orgId)}::bigint[], ${keys.map((key) => key.deviceKey)}::text[])
      with ordinality as k (org_id, device_key, n)
    join scan_devices d on d.org_id = k.org_id and d.external_key = k.device_key and d.deleted_at is null`.execute(
    pg.db,
  )
  const found = new Map(rows.map(({ n, id }) => [n, { id }]))
  return keys.map((_, index) => found.get(index + 1) ?? null)
}
