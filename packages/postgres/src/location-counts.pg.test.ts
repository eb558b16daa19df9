import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AssetLocationRow, mergeAssetLocations } from './asset-locations.ts'
import { assets } from './assets.ts'
import { type CountedLocation, locationCounts } from './location-counts.ts'
import { locations } from './locations.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('location_counts', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

const nowMs = Date.UTC(2026, 10, 20, 12)
const longAgoMs = nowMs - 3_600_000
const query = { sinceMs: nowMs - 300_000, limit: 100 }

async function newOrg(name: string): Promise<number> {
  return (await organizations(pg).ensure(name)).id
}

async function newLocation(org: number, name: string, parentId?: number): Promise<number> {
  const parent = parentId === undefined ? undefined : { id: parentId }
  const made = await locations(pg).create(org, { name, externalKey: name, parent })
  if (made.kind !== 'changed') throw new Error(made.kind)
  return made.row.id
}

async function newAsset(org: number, change: Partial<AssetLocationRow>): Promise<number> {
  const made = await assets(pg).create(org, { name: 'Forklift' })
  if (made.kind !== 'changed') throw new Error(made.kind)
  const nothing = { locationId: null, locatedAtMs: null, locatedSequence: 0, leftAtMs: null, leftSequence: 0 }
  const never = { nowhereSequence: 0, resumedAtMs: null, resumedSequence: 0 }
  await mergeAssetLocations(pg.db, [
    { orgId: org, assetId: made.row.id, lastSeenMs: nowMs, ...nothing, ...never, ...change },
  ])
  return made.row.id
}

const at = (locationId: number, locatedAtMs: number) => ({ locationId, locatedAtMs, locatedSequence: 1 })

function byKey(rows: readonly CountedLocation[]) {
  return Object.fromEntries(rows.map(({ externalKey, own, inside }) => [externalKey, { own, inside }]))
}

test('an asset counts where it is, and for every location around it; what came and left lately is told apart', async () => {
  const org = await newOrg('A')
  const site = await newLocation(org, 'SITE')
  const hall = await newLocation(org, 'HALL', site)
  const dock = await newLocation(org, 'DOCK', hall)
  await newLocation(org, 'YARD', site)
  await newAsset(org, at(dock, longAgoMs))
  await newAsset(org, at(dock, nowMs - 1_000))
  await newAsset(org, at(hall, longAgoMs))
  await newAsset(org, { ...at(dock, longAgoMs), leftAtMs: nowMs - 1_000, leftSequence: 2 })
  await newAsset(org, { ...at(dock, longAgoMs), leftAtMs: longAgoMs + 1, leftSequence: 2 })
  await newAsset(org, {})
  const gone = await newAsset(org, at(dock, nowMs))
  await assets(pg).remove(org, gone)

  const { rows, ...totals } = await locationCounts(pg).count(org, query)
  expect(byKey(rows)).toEqual({
    SITE: { own: { present: 0, arrived: 0, left: 0 }, inside: { present: 3, arrived: 1, left: 1 } },
    HALL: { own: { present: 1, arrived: 0, left: 0 }, inside: { present: 3, arrived: 1, left: 1 } },
    DOCK: { own: { present: 2, arrived: 1, left: 1 }, inside: { present: 2, arrived: 1, left: 1 } },
    YARD: { own: { present: 0, arrived: 0, left: 0 }, inside: { present: 0, arrived: 0, left: 0 } },
  })
  expect(rows.map(({ externalKey, parentId }) => [externalKey, parentId])).toEqual([
    ['SITE', null],
    ['HALL', site],
    ['DOCK', hall],
    ['YARD', site],
  ])
  expect(totals).toEqual({ locationCount: 4, presentCount: 3, absentCount: 3 })
})

test('a limit keeps the fullest, and the totals are of all', async () => {
  const org = await newOrg('B')
  const [full] = [await newLocation(org, 'FULL'), await newLocation(org, 'EMPTY')]
  await newAsset(org, at(full, nowMs))
  const counted = await locationCounts(pg).count(org, { ...query, limit: 1 })
  expect(counted).toMatchObject({ locationCount: 2, presentCount: 1, absentCount: 0 })
  expect(counted.rows.map(({ externalKey }) => externalKey)).toEqual(['FULL'])
})

test('what is out of its validity is no location, and another organization is never counted', async () => {
  const [org, other] = [await newOrg('C'), await newOrg('D')]
  const made = await locations(pg).create(org, {
    name: 'Ended',
    externalKey: 'ENDED',
    validToMs: longAgoMs,
    validFromMs: longAgoMs - 1,
  })
  if (made.kind !== 'changed') throw new Error(made.kind)
  await newAsset(org, at(made.row.id, nowMs))
  expect(await locationCounts(pg).count(org, query)).toEqual({
    rows: [],
    locationCount: 0,
    presentCount: 0,
    absentCount: 1,
  })
  expect(await locationCounts(pg).count(other, query)).toEqual({
    rows: [],
    locationCount: 0,
    presentCount: 0,
    absentCount: 0,
  })
})

test('a list that is cut has no location without those around it: among equals the outer one comes first', async () => {
  const org = await newOrg('E')
  const outer = await newLocation(org, 'Z')
  await newLocation(org, 'A', await newLocation(org, 'M', outer))
  for (const limit of [1, 2, 3]) {
    const { rows } = await locationCounts(pg).count(org, { ...query, limit })
    expect(rows.map(({ externalKey }) => externalKey)).toEqual(['Z', 'M', 'A'].slice(0, limit))
  }
})
