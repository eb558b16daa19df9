import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asset, assets } from './assets.ts'
import type { Changed } from './change.ts'
import { locations } from './locations.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { scanDevices } from './scan-devices.ts'
import { scanLookup } from './scan-lookup.ts'
import { scanPoints } from './scan-points.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgA = 0
let orgB = 0

beforeAll(async () => {
  database = await createTestDatabase('lookup', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  // One test is about tables without statistics: the server's own analysis, which comes when it likes, would give it some.
  for (const table of ['assets', 'tags', 'locations', 'scan_devices', 'scan_points'])
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = false)`.execute(pg.db)
  orgA = (await organizations(pg).ensure('A')).id
  orgB = (await organizations(pg).ensure('B')).id
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

function rowOf<T>(changed: Changed<T>): T {
  if (changed.kind !== 'changed') throw new Error(`expected a change, got ${JSON.stringify(changed)}`)
  return changed.row
}

async function assetWithTag(org: number, name: string, matchKey: string): Promise<Asset> {
  const tags = [{ tagType: 'rfid', value: `value ${matchKey}`, matchKey } as const]
  return rowOf(await assets(pg).create(org, { name, tags }))
}

test('tags are found in the order of the keys, each within its own organization', async () => {
  const inA = await assetWithTag(orgA, 'Forklift', 'E280')
  const inB = await assetWithTag(orgB, 'Pallet', 'E280')
  const found = await scanLookup(pg).findTags([
    { orgId: orgB, matchKey: 'E280' },
    { orgId: orgA, matchKey: 'NONE' },
    { orgId: orgA, matchKey: 'E280' },
    { orgId: orgA, matchKey: 'E280' },
  ])
  expect(found.map((tag) => tag?.asset.id ?? null)).toEqual([inB.id, null, inA.id, inA.id])
  expect(found[2]).toEqual({
    asset: { id: inA.id, externalKey: 'ASSET-0001', name: 'Forklift' },
    tagType: 'rfid',
    value: 'value E280',
    isActive: true,
  })
})

test('an inactive asset is found as inactive, a deleted one is not found', async () => {
  const asset = await assetWithTag(orgA, 'Crate', 'C1')
  await assets(pg).update(orgA, asset.id, { isActive: false })
  expect((await scanLookup(pg).findTags([{ orgId: orgA, matchKey: 'C1' }]))[0]).toMatchObject({
    isActive: false,
  })
  await assets(pg).remove(orgA, asset.id)
  expect(await scanLookup(pg).findTags([{ orgId: orgA, matchKey: 'C1' }])).toEqual([null])
})

test('a scan point brings its location and all ancestors, leaf first, with both forms of the parent', async () => {
  const site = rowOf(await locations(pg).create(orgA, { name: 'Site', externalKey: 'SITE' }))
  const hall = rowOf(
    await locations(pg).create(orgA, { name: 'Hall', externalKey: 'HALL', parent: { id: site.id } }),
  )
  const bay = rowOf(await locations(pg).create(orgA, { name: 'Bay', parent: { externalKey: 'HALL' } }))
  const device = rowOf(
    await scanDevices(pg).create(orgA, { externalKey: 'gw:01', name: 'Gateway', type: 'gl_s10' }),
  )
  const point = rowOf(
    await scanPoints(pg).create(orgA, {
      scanDevice: { id: device.id },
      antennaPort: 2,
      location: { id: bay.id },
    }),
  )
  const bare = rowOf(
    await scanPoints(pg).create(orgA, { scanDevice: { externalKey: 'gw:01' }, antennaPort: 3 }),
  )

  const [found, other, foreign, without] = await scanLookup(pg).findPoints([
    { orgId: orgA, deviceKey: 'gw:01', antennaPort: 2 },
    { orgId: orgA, deviceKey: 'gw:01', antennaPort: 9 },
    { orgId: orgB, deviceKey: 'gw:01', antennaPort: 2 },
    { orgId: orgA, deviceKey: 'gw:01', antennaPort: 3 },
  ])
  expect(found).toEqual({
    device: { id: device.id, externalKey: 'gw:01', name: 'Gateway', type: 'gl_s10' },
    point: { id: point.id, antennaPort: 2, kind: 'zone' },
    isActive: true,
    overrides: { point: {}, locations: [{}, {}, {}], organization: {} },
    path: [
      { id: bay.id, externalKey: 'LOC-001', name: 'Bay', parentId: hall.id, parentExternalKey: 'HALL' },
      { id: hall.id, externalKey: 'HALL', name: 'Hall', parentId: site.id, parentExternalKey: 'SITE' },
      { id: site.id, externalKey: 'SITE', name: 'Site', parentId: null, parentExternalKey: null },
    ],
  })
  expect(other).toBeNull()
  expect(foreign).toBeNull()
  expect(without).toMatchObject({ point: { id: bare.id }, path: [] })
})

test('L1: a location cannot be moved below itself, also when two moves meet', async () => {
  const store = locations(pg)
  // Many pairs, because without the lock two moves meet only now and then.
  for (let pair = 0; pair < 25; pair++) {
    const one = rowOf(await store.create(orgA, { name: 'one' }))
    const two = rowOf(await store.create(orgA, { name: 'two' }))
    const both = await Promise.all([
      store.update(orgA, one.id, { parent: { id: two.id } }),
      store.update(orgA, two.id, { parent: { id: one.id } }),
    ])
    expect(both.map((outcome) => outcome.kind).sort()).toEqual(['changed', 'conflict'])
    expect(await store.update(orgA, one.id, { parent: { id: one.id } })).toMatchObject({ kind: 'conflict' })
  }
})

test('L2: a location with children stays; a deleted one leaves its scan points without a place', async () => {
  const outer = rowOf(await locations(pg).create(orgA, { name: 'outer' }))
  const inner = rowOf(await locations(pg).create(orgA, { name: 'inner', parent: { id: outer.id } }))
  await scanDevices(pg).create(orgA, { externalKey: 'gw:02', name: 'Gateway 2', type: 'gl_s10' })
  await scanPoints(pg).create(orgA, {
    scanDevice: { externalKey: 'gw:02' },
    antennaPort: 1,
    location: { id: inner.id },
  })
  expect(await locations(pg).remove(orgA, outer.id)).toMatchObject({ kind: 'conflict' })
  expect(await locations(pg).remove(orgA, inner.id)).toEqual({ kind: 'changed', row: null })
  const [found] = await scanLookup(pg).findPoints([{ orgId: orgA, deviceKey: 'gw:02', antennaPort: 1 }])
  expect(found?.path).toEqual([])
})

test('references into another organization are missing references', async () => {
  const foreign = rowOf(await locations(pg).create(orgB, { name: 'B’s place' }))
  expect(await locations(pg).create(orgA, { name: 'x', parent: { id: foreign.id } })).toEqual({
    kind: 'missing_reference',
    field: 'parent_id',
  })
  await scanDevices(pg).create(orgA, { externalKey: 'gw:03', name: 'Gateway 3', type: 'gl_s10' })
  expect(
    await scanPoints(pg).create(orgA, {
      scanDevice: { externalKey: 'gw:03' },
      antennaPort: 1,
      location: { id: foreign.id },
    }),
  ).toEqual({ kind: 'missing_reference', field: 'location_id' })
})

test('a look-up touches a row or so per key, also on tables that were just filled and have no statistics', async () => {
  const org = (await organizations(pg).ensure('large')).id
  await sql`
    with made as (insert into assets (org_id, external_key, name) select ${org}, 'A-' || n, 'a' from generate_series(1, 20000) n
      returning id, external_key)
    insert into tags (org_id, asset_id, tag_type, value, match_key)
      select ${org}, id, 'rfid', external_key, substr(external_key, 3) from made`.execute(pg.db)
  await sql`
    with device as (insert into scan_devices (org_id, external_key, name, type)
        select ${org}, 'D-' || n, 'd', 'x' from generate_series(1, 5000) n returning id),
      place as (insert into locations (org_id, external_key, name) values (${org}, 'HALL', 'Hall') returning id)
    insert into scan_points (org_id, scan_device_id, location_id) select ${org}, device.id, place.id from device, place`.execute(
    pg.db,
  )
  const keyCount = 200
  const numbers = Array.from({ length: keyCount }, (_, index) => index * 7 + 1)
  await pg.db.transaction().execute(async (db) => {
    const lookup = scanLookup({ ...pg, db })
    // The view shows what this backend has not handed over yet, earlier transactions of the last second included.
    const before = await touchedRows(db)
    expect(await lookup.findTags(numbers.map((n) => ({ orgId: org, matchKey: `${n}` })))).not.toContain(null)
    const points = numbers.map((n) => ({ orgId: org, deviceKey: `D-${n}`, antennaPort: 1 }))
    expect(await lookup.findPoints(points)).not.toContain(null)
    const after = await touchedRows(db)
    expect(after.size).toBe(5)
    for (const [name, touched] of after)
      expect([name, touched - (before.get(name) ?? 0) <= keyCount]).toEqual([name, true])
  })
})

async function touchedRows(db: Postgres['db']): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ name: string; touched: number }>`
    select relname as name, idx_tup_fetch + seq_tup_read as touched from pg_stat_xact_user_tables
    where relname in ('tags', 'assets', 'scan_devices', 'scan_points', 'locations')`.execute(db)
  return new Map(rows.map(({ name, touched }) => [name, touched]))
}
