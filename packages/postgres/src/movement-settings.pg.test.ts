/** Settings of movement and fences, as they are stored, merged, announced and looked up. */
import type { Geofence } from '@scanhook/domain/geofence'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Changed } from './change.ts'
import { fenceLookup } from './fence-lookup.ts'
import { fencesMax, locations } from './locations.ts'
import { movementSettings } from './movement-settings.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { scanDevices } from './scan-devices.ts'
import { scanLookup } from './scan-lookup.ts'
import { scanPoints } from './scan-points.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let counter = 0

beforeAll(async () => {
  database = await createTestDatabase('settings', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

function rowOf<T>(changed: Changed<T>): T {
  if (changed.kind !== 'changed') throw new Error(`expected a change, got ${JSON.stringify(changed)}`)
  return changed.row
}

async function newOrg(): Promise<number> {
  counter++
  return (await organizations(pg).ensure(`org ${counter}`)).id
}

async function newPoint(org: number, location: number | null) {
  const device = rowOf(await scanDevices(pg).create(org, { externalKey: 'gw', name: 'Gateway', type: 'x' }))
  return rowOf(
    await scanPoints(pg).create(org, {
      scanDevice: { id: device.id },
      antennaPort: 1,
      ...(location === null ? {} : { location: { id: location } }),
    }),
  )
}

async function announced(): Promise<readonly string[]> {
  const { rows } = await sql<{ what: string }>`
    with gone as (delete from outbox returning *)
    select kind || ' ' || entity_id as what from gone order by position`.execute(pg.db)
  return rows.map(({ what }) => what)
}

describe('settings', () => {
  test('each level keeps its own words; a look-up brings all of them, point and leaf first', async () => {
    const org = await newOrg()
    const site = rowOf(await locations(pg).create(org, { name: 'Site', settings: { confirm_ms: 3_000 } }))
    const bay = rowOf(
      await locations(pg).create(org, {
        name: 'Bay',
        parent: { id: site.id },
        settings: { exit_timeout_seconds: 'off', reorder_ms: null },
      }),
    )
    const point = await newPoint(org, bay.id)
    rowOf(await scanPoints(pg).update(org, point.id, { settings: { switch_margin_db: 4.5 } }))
    await movementSettings(pg).patchOrganization(org, { hierarchy_events: 'leaf' })

    const [found] = await scanLookup(pg).findPoints([{ orgId: org, deviceKey: 'gw', antennaPort: 1 }])
    expect(found?.overrides).toEqual({
      point: { switchMarginCdbm: 450 },
      locations: [{ exitTimeoutMs: null }, { confirmMs: 3_000 }],
      organization: { hierarchyEvents: 'leaf' },
    })
    expect(await movementSettings(pg).findOfScanPoint(org, point.id)).toEqual({
      kind: 'zone',
      point: { switchMarginCdbm: 450 },
      locations: [
        { id: bay.id, externalKey: bay.externalKey, overrides: { exitTimeoutMs: null } },
        { id: site.id, externalKey: site.externalKey, overrides: { confirmMs: 3_000 } },
      ],
      organization: { hierarchyEvents: 'leaf' },
    })
    expect(await movementSettings(pg).findOfScanPoint(await newOrg(), point.id)).toBeNull()
  })

  test('a patch merges: what it names is set, null takes back, the rest stays; two at once both count', async () => {
    const org = await newOrg()
    const store = movementSettings(pg)
    await store.patchOrganization(org, { confirm_ms: 1, reorder_ms: 2 })
    expect(await store.patchOrganization(org, { confirm_ms: null, confirm_reads: 3 })).toEqual({
      reorderMs: 2,
      confirmReads: 3,
    })
    await Promise.all([
      store.patchOrganization(org, { smoothing_ms: 7 }),
      store.patchOrganization(org, { slot_fresh_ms: 2_000 }),
    ])
    expect(await store.findOfOrganization(org)).toEqual({
      reorderMs: 2,
      confirmReads: 3,
      smoothingMs: 7,
      slotFreshMs: 2_000,
    })
    const place = rowOf(await locations(pg).create(org, { name: 'x', settings: { confirm_ms: 9 } }))
    expect(rowOf(await locations(pg).update(org, place.id, { name: 'y' })).settings).toEqual({ confirmMs: 9 })
    expect(rowOf(await locations(pg).update(org, place.id, { settings: null })).settings).toEqual({})
  })

  test('every change is announced', async () => {
    const org = await newOrg()
    const place = rowOf(await locations(pg).create(org, { name: 'x' }))
    const point = await newPoint(org, place.id)
    await announced()
    await movementSettings(pg).patchOrganization(org, { confirm_ms: 1 })
    await locations(pg).update(org, place.id, { settings: { confirm_ms: 1 } })
    await scanPoints(pg).update(org, point.id, { settings: { confirm_ms: 1 } })
    expect(await announced()).toEqual([
      `organization ${org}`,
      `location ${place.id}`,
      `scan_point ${point.id}`,
    ])
  })
})

describe('fences', () => {
  const dock: Geofence = { type: 'circle', latitude: 52.5, longitude: 13.4, radiusM: 50 }
  const yard: Geofence = {
    type: 'polygon',
    points: [
      [52.4, 13.3],
      [52.4, 13.5],
      [52.6, 13.4],
    ],
  }

  test('they come with paths and settings, each within its organization', async () => {
    const org = await newOrg()
    const other = await newOrg()
    const country = rowOf(await locations(pg).create(org, { name: 'Country', externalKey: 'C' }))
    const site = rowOf(
      await locations(pg).create(org, {
        name: 'Site',
        externalKey: 'S',
        parent: { id: country.id },
        geofence: yard,
        settings: { confirm_ms: 5 },
      }),
    )
    const gate = rowOf(
      await locations(pg).create(org, {
        name: 'Gate',
        externalKey: 'G',
        parent: { id: site.id },
        geofence: dock,
      }),
    )
    const off = rowOf(await locations(pg).create(org, { name: 'Off', geofence: dock, isActive: false }))
    const gone = rowOf(await locations(pg).create(org, { name: 'Gone', geofence: dock }))
    await locations(pg).remove(org, gone.id)
    const theirs = rowOf(await locations(pg).create(other, { name: 'Theirs', geofence: dock }))
    const none = await newOrg()

    const [nothing, found, foreign] = await fenceLookup(pg).findFences(
      [none, org, other].map((orgId) => ({ orgId })),
    )
    const countryRef = {
      id: country.id,
      externalKey: 'C',
      name: 'Country',
      parentId: null,
      parentExternalKey: null,
    }
    const siteRef = {
      id: site.id,
      externalKey: 'S',
      name: 'Site',
      parentId: country.id,
      parentExternalKey: 'C',
    }
    const gateRef = { id: gate.id, externalKey: 'G', name: 'Gate', parentId: site.id, parentExternalKey: 'S' }
    expect(nothing).toEqual([])
    expect(found).toHaveLength(2)
    expect(found).toEqual(
      expect.arrayContaining([
        { geofence: yard, path: [siteRef, countryRef], overrides: [{ confirmMs: 5 }, {}] },
        { geofence: dock, path: [gateRef, siteRef, countryRef], overrides: [{}, { confirmMs: 5 }, {}] },
      ]),
    )
    expect(foreign?.map(({ path }) => path[0]?.id)).toEqual([theirs.id])
    expect((await locations(pg).find(org, off.id))?.geofence).toEqual(dock)
    expect(rowOf(await locations(pg).update(org, gate.id, { geofence: null })).geofence).toBeNull()
  })

  test('L3: one too many is refused, also when two come at once; the same one may be changed', async () => {
    const org = await newOrg()
    await sql`
      insert into locations (org_id, external_key, name, geofence)
      select ${org}, 'F-' || n, 'f', '{"type":"circle","latitude":0,"longitude":0,"radius_m":5}'::json
      from generate_series(1, ${fencesMax - 1}::integer) n`.execute(pg.db)
    const both = await Promise.all([
      locations(pg).create(org, { name: 'last', geofence: dock }),
      locations(pg).create(org, { name: 'too many', geofence: dock }),
    ])
    expect(both.map(({ kind }) => kind).sort()).toEqual(['changed', 'conflict'])
    const made = both.find((one) => one.kind === 'changed')
    if (made?.kind !== 'changed') throw new Error('one was made')
    expect((await locations(pg).update(org, made.row.id, { geofence: yard })).kind).toBe('changed')
    expect(await locations(pg).create(org, { name: 'x', geofence: dock })).toMatchObject({
      kind: 'conflict',
      field: 'geofence',
    })
    expect((await locations(pg).create(org, { name: 'without' })).kind).toBe('changed')
  })

  test('L3: so are too many points', async () => {
    const org = await newOrg()
    await sql`
      insert into locations (org_id, external_key, name, geofence)
      select ${org}, 'F-' || n, 'f', json_build_object('type', 'polygon', 'points',
        (select json_agg(json_build_array(p, p)) from generate_series(1, 100) p))
      from generate_series(1, 999) n`.execute(pg.db)
    const ring = Array.from({ length: 100 }, (_, n): readonly [number, number] => [Math.sin(n), Math.cos(n)])
    expect(
      (await locations(pg).create(org, { name: 'x', geofence: { type: 'polygon', points: ring } })).kind,
    ).toBe('changed')
    expect((await locations(pg).create(org, { name: 'y', geofence: dock })).kind).toBe('conflict')
  })
})

test('a tracker is a tag, and a word that no tag type is, is refused by the table', async () => {
  const org = await newOrg()
  const insert = (type: string) => sql`
    with made as (insert into assets (org_id, external_key, name) values (${org}, ${type}, 'a') returning id)
    insert into tags (org_id, asset_id, tag_type, value, match_key) select ${org}, id, ${type}, ${type}, ${type} from made`
  await insert('gps').execute(pg.db)
  await expect(insert('glonass').execute(pg.db)).rejects.toMatchObject({ code: 'POSTGRES_BAD_VALUE' })
})
