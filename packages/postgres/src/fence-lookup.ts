/**
 * The fences of whole organizations, each with the path of its location, as the producer needs them to locate a fix.
 * One query per batch. Every location on a path is fetched once, however many fences lie below it.
 */
import type { LocationRef } from '@scanhook/domain/asset'
import { readStoredGeofence } from '@scanhook/domain/fencing/parse-geofence'
import type { Geofence } from '@scanhook/domain/geofence'
import { locationId } from '@scanhook/domain/ids'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import { readStoredSettings } from '@scanhook/domain/setting/parse-settings'
import { sql } from 'kysely'
import type { Postgres } from './open.ts'
import { locationDepthMax } from './scan-lookup.ts'

export interface OrgKey {
  readonly orgId: number
}

export interface FencedLocation {
  readonly geofence: Geofence
  /** The fenced location first, then its ancestors up to the root. */
  readonly path: readonly LocationRef[]
  /** What each step of the path says about settings. */
  readonly overrides: readonly MovementOverrides[]
}

export interface FenceLookup {
  /** In the order of `keys`; empty where an organization has none. Fences of inactive locations are not among them. */
  findFences(keys: readonly OrgKey[]): Promise<readonly (readonly FencedLocation[])[]>
}

export function fenceLookup(pg: Postgres): FenceLookup {
  return { findFences: async (keys) => (keys.length === 0 ? [] : findFences(pg, keys)) }
}

interface LocationRow {
  readonly orgId: number
  readonly id: number
  readonly parentId: number | null
  readonly externalKey: string
  readonly name: string
  readonly settings: unknown
  readonly geofence: unknown
}

async function findFences(
  pg: Postgres,
  keys: readonly OrgKey[],
): Promise<readonly (readonly FencedLocation[])[]> {
  // `lateral … offset 0` prescribes the index of fences, see scan-lookup.ts.
  const { rows } = await sql<LocationRow>`
    with recursive reached as (
      select f.id, f.parent_id
      from (select distinct org_id from unnest(${keys.map(({ orgId }) => orgId)}::bigint[]) as k (org_id)) k
      cross join lateral (select id, parent_id from locations
        where org_id = k.org_id and geofence is not null and deleted_at is null and is_active offset 0) f
      union
      select up.id, up.parent_id
      from reached join locations up on up.id = reached.parent_id and up.deleted_at is null
    )
    select l.org_id, l.id, l.parent_id, l.external_key, l.name, l.settings,
      case when l.is_active then l.geofence end as geofence
    from reached join locations l on l.id = reached.id`.execute(pg.db)
  const steps = new Map(rows.map((row) => [row.id, stepOf(row)]))
  for (const step of steps.values()) linkUp(steps, step)
  const fences = new Map<number, FencedLocation[]>(keys.map(({ orgId }) => [orgId, []]))
  for (const row of rows) {
    const geofence = readStoredGeofence(row.geofence)
    if (geofence !== null) fences.get(row.orgId)?.push({ geofence, ...pathOf(steps, row.id) })
  }
  return keys.map(({ orgId }) => fences.get(orgId) ?? [])
}

interface Step {
  readonly upId: number | null
  ref: LocationRef
  readonly overrides: MovementOverrides
}

function stepOf(row: LocationRow): Step {
  const { id, externalKey, name } = row
  return {
    upId: row.parentId,
    ref: { id: locationId(id), externalKey, name, parentId: null, parentExternalKey: null },
    overrides: readStoredSettings(row.settings),
  }
}

function linkUp(steps: ReadonlyMap<number, Step>, step: Step): void {
  const up = step.upId === null ? undefined : steps.get(step.upId)
  if (up === undefined) return
  step.ref = { ...step.ref, parentId: up.ref.id, parentExternalKey: up.ref.externalKey }
}

function pathOf(steps: ReadonlyMap<number, Step>, id: number): Omit<FencedLocation, 'geofence'> {
  const path: LocationRef[] = []
  const overrides: MovementOverrides[] = []
  let step = steps.get(id)
  while (step !== undefined && path.length < locationDepthMax) {
    path.push(step.ref)
    overrides.push(step.overrides)
    step = step.upId === null ? undefined : steps.get(step.upId)
  }
  return { path, overrides }
}
