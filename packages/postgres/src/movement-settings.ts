/**
 * Settings of movement where they are stored: on organizations, locations and scan points, in public form. Owns how a
 * patch is merged; which of them wins is decided elsewhere (`domain/setting`).
 *
 * A patch is merged by the statement that writes it, so that two at once both count.
 */
import type { ScanPointKind } from '@scanhook/domain/asset'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import { readStoredSettings } from '@scanhook/domain/setting/parse-settings'
import type { PublicValue, SettingName } from '@scanhook/domain/setting/setting-table'
import { type RawBuilder, sql } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import type { Postgres } from './open.ts'
import { announce } from './outbox.ts'
import { locationDepthMax } from './scan-lookup.ts'

/** In public form, valid; null takes this level's word back. */
export type SettingsPatch = { readonly [K in SettingName]?: PublicValue | null | undefined }

export interface ScanPointLevels {
  readonly kind: ScanPointKind
  readonly point: MovementOverrides
  /** The scan point's location first, then its ancestors. */
  readonly locations: readonly {
    readonly id: number
    readonly externalKey: string
    readonly overrides: MovementOverrides
  }[]
  readonly organization: MovementOverrides
}

export interface MovementSettingsStore {
  findOfOrganization(orgId: number): Promise<MovementOverrides | null>
  patchOrganization(by: Writer<MovementOverrides>, patch: SettingsPatch): Promise<MovementOverrides | null>
  findOfScanPoint(orgId: number, id: number): Promise<ScanPointLevels | null>
}

export function movementSettings(pg: Postgres): MovementSettingsStore {
  return {
    findOfOrganization: async (orgId) => {
      const row = await pg.db
        .selectFrom('organizations')
        .select('settings')
        .where('id', '=', orgId)
        .where('deletedAt', 'is', null)
        .executeTakeFirst()
      return row === undefined ? null : readStoredSettings(row.settings)
    },
    patchOrganization: (by, patch) =>
      pg.db.transaction().execute(async (db) => {
        const orgId = orgOf(by)
        const before = await db
          .selectFrom('organizations')
          .select(['name', 'settings'])
          .where('id', '=', orgId)
          .where('deletedAt', 'is', null)
          .forNoKeyUpdate()
          .executeTakeFirst()
        if (before === undefined) return null
        const row = await db
          .updateTable('organizations')
          .set({ settings: mergedSettings(patch), updatedAt: sql<string>`now()` })
          .where('id', '=', orgId)
          .where('deletedAt', 'is', null)
          .returning('settings')
          .executeTakeFirstOrThrow()
        await announce(db, [{ orgId, kind: 'organization', id: orgId, isDeleted: false, document: {} }])
        const after = readStoredSettings(row.settings)
        await record(db, by, {
          ...{ operation: 'organization.settings_updated', id: orgId, name: before.name },
          ...{ before: readStoredSettings(before.settings), after },
        })
        return after
      }),
    findOfScanPoint: (orgId, id) => findOfScanPoint(pg, orgId, id),
  }
}

/** What a column of settings becomes; undefined leaves it as it is, null empties it. */
export function mergedSettings(patch: SettingsPatch | null | undefined): RawBuilder<string> | undefined {
  if (patch === undefined) return undefined
  if (patch === null) return sql<string>`'{}'::json`
  return sql<string>`jsonb_strip_nulls(settings::jsonb || ${JSON.stringify(patch)}::jsonb)::json`
}

/** Of a new row. */
export function settingsText(patch: SettingsPatch | null | undefined): string {
  return JSON.stringify(Object.fromEntries(Object.entries(patch ?? {}).filter(([, value]) => value !== null)))
}

interface LevelRow {
  readonly kind: ScanPointKind
  readonly point: unknown
  readonly organization: unknown
  readonly locations: readonly {
    readonly id: number
    readonly externalKey: string
    readonly settings: unknown
  }[]
}

async function findOfScanPoint(pg: Postgres, orgId: number, id: number): Promise<ScanPointLevels | null> {
  const { rows } = await sql<LevelRow>`
    with recursive step as (
      select 1 as depth, l.id, l.parent_id, l.external_key, l.settings
      from scan_points p join locations l on l.org_id = p.org_id and l.id = p.location_id and l.deleted_at is null
      where p.org_id = ${orgId} and p.id = ${id}
      union all
      select step.depth + 1, l.id, l.parent_id, l.external_key, l.settings
      from step join locations l on l.org_id = ${orgId} and l.id = step.parent_id and l.deleted_at is null
      where step.depth < ${locationDepthMax})
    select p.kind, p.settings as point, o.settings as organization,
      coalesce((select json_agg(json_build_object('id', id, 'externalKey', external_key, 'settings', settings) order by depth)
        from step), '[]'::json) as locations
    from scan_points p join organizations o on o.id = p.org_id
    where p.org_id = ${orgId} and p.id = ${id} and p.deleted_at is null`.execute(pg.db)
  const [row] = rows
  if (row === undefined) return null
  return {
    kind: row.kind,
    point: readStoredSettings(row.point),
    locations: row.locations.map(({ id: of, externalKey, settings }) => ({
      id: of,
      externalKey,
      overrides: readStoredSettings(settings),
    })),
    organization: readStoredSettings(row.organization),
  }
}
