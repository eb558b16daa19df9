import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AssetLocationRow, assetLocations, type StoredAssetLocation } from './asset-locations.ts'
import { assetScans } from './asset-scans.ts'
import { assets } from './assets.ts'
import { type History, history } from './history.ts'
import { locations } from './locations.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let store: History
let org = 0
let [dock, bay] = [0, 0]

beforeAll(async () => {
  database = await createTestDatabase('asset_locations', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  store = history(pg)
  org = (await organizations(pg).ensure('A')).id
  dock = await newLocation('DOCK')
  bay = await newLocation('BAY')
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

async function newLocation(name: string): Promise<number> {
  const made = await locations(pg).create(org, { name, externalKey: name })
  if (made.kind !== 'changed') throw new Error(made.kind)
  return made.row.id
}

async function newAsset(): Promise<number> {
  const made = await assets(pg).create(org, { name: 'Forklift' })
  if (made.kind !== 'changed') throw new Error(made.kind)
  return made.row.id
}

const t0 = Date.UTC(2026, 10, 20, 12)

function row(assetId: number, change: Partial<AssetLocationRow>): AssetLocationRow {
  return {
    orgId: org,
    assetId,
    lastSeenMs: t0,
    locationId: null,
    locatedAtMs: null,
    locatedSequence: 0,
    leftAtMs: null,
    leftSequence: 0,
    nowhereSequence: 0,
    resumedAtMs: null,
    resumedSequence: 0,
    ...change,
  }
}

const located = (assetId: number, locationId: number, locatedSequence = 1, atMs = t0): AssetLocationRow =>
  row(assetId, { locationId, locatedSequence, locatedAtMs: atMs, lastSeenMs: atMs })

async function merge(...rows: readonly AssetLocationRow[]): Promise<void> {
  await store.recordEvents([], { scans: [], locations: rows }, t0)
}

async function stored(asset: number): Promise<StoredAssetLocation | undefined> {
  const query = { limit: 1, offset: 0, sort: [], assetIds: [asset], includeDeleted: true }
  return (await assetLocations(pg).list(org, query)).rows[0]
}

test('J1, J2: what has a lower sequence changes nothing, and the last sighting never goes back', async () => {
  const asset = await newAsset()
  await merge(located(asset, bay, 7, t0 + 60_000))
  await merge(located(asset, dock, 3, t0))
  expect(await stored(asset)).toMatchObject({
    locationId: bay,
    dwellStartedAt: t0 + 60_000,
    lastSeenAt: t0 + 60_000,
  })
  await merge(row(asset, { leftSequence: 6, leftAtMs: t0 }))
  expect(await stored(asset)).toMatchObject({ isPresent: true })
  await merge(row(asset, { leftSequence: 8, leftAtMs: t0 + 90_000, lastSeenMs: t0 + 90_000 }))
  await merge(located(asset, bay, 7, t0 + 60_000))
  expect(await stored(asset)).toMatchObject({ isPresent: false, locationId: bay, lastSeenAt: t0 + 90_000 })
})

test('J1: a dwell that ended begins with the first scan after the last one without location', async () => {
  const asset = await newAsset()
  await merge(located(asset, bay))
  await merge(row(asset, { nowhereSequence: 4 }))
  expect(await stored(asset)).toMatchObject({ locationId: bay, dwellStartedAt: null })
  await merge(row(asset, { resumedSequence: 3, resumedAtMs: t0 + 3_000 }))
  expect(await stored(asset)).toMatchObject({ dwellStartedAt: null })
  await merge(row(asset, { resumedSequence: 5, resumedAtMs: t0 + 5_000 }))
  await merge(row(asset, { resumedSequence: 6, resumedAtMs: t0 + 6_000 }))
  expect(await stored(asset)).toMatchObject({ dwellStartedAt: t0 + 5_000 })
  await merge(row(asset, { nowhereSequence: 2, resumedSequence: 3, resumedAtMs: t0 + 3_000 }))
  expect(await stored(asset)).toMatchObject({ dwellStartedAt: t0 + 5_000 })
})

test('J3: a sighting moves the last sighting of a known asset forward only, and not of one that left', async () => {
  const [present, unplaced, left, unknown] = [
    await newAsset(),
    await newAsset(),
    await newAsset(),
    await newAsset(),
  ]
  await merge(
    located(present, dock),
    row(unplaced, { nowhereSequence: 1 }),
    row(left, { locationId: dock, locatedSequence: 1, locatedAtMs: t0, leftSequence: 2, leftAtMs: t0 }),
  )
  const at = (lastSeenMs: number) =>
    [present, unplaced, left, unknown].map((assetId) => ({ orgId: org, assetId, lastSeenMs }))
  expect(await store.recordSightings(at(t0 + 5_017))).toBe(2)
  expect(await store.recordSightings(at(t0 + 5_017))).toBe(0)
  expect(await store.recordSightings(at(t0 + 4_000))).toBe(0)
  const rows = await Promise.all([present, unplaced, left, unknown].map(stored))
  expect(rows.map((each) => each?.lastSeenAt)).toEqual([t0 + 5_017, t0 + 5_017, t0, undefined])
  expect(rows[0]).toMatchObject({ locationId: dock, isPresent: true, dwellStartedAt: t0 })
})

test('an asset that was deleted, before its row was made or after, is not in the list', async () => {
  const [early, late] = [await newAsset(), await newAsset()]
  await merge(located(early, dock))
  await assets(pg).remove(org, early)
  await assets(pg).remove(org, late)
  await merge(located(late, dock))
  const query = { limit: 10, offset: 0, sort: [], assetIds: [early, late] }
  expect(await assetLocations(pg).list(org, query)).toEqual({ rows: [], totalCount: 0 })
  const all = await assetLocations(pg).list(org, { ...query, includeDeleted: true })
  expect(all.rows.map((each) => each.assetDeletedAt)).toEqual([expect.any(Number), expect.any(Number)])
  expect(await assetScans(pg).list(org, early, { limit: 10, offset: 0, sort: [] })).toBeNull()
})

test('a text that many assets have finds them in the order asked for, and counts them', async () => {
  const [first, other] = await Promise.all([newAsset(), newAsset()])
  const ids = (
    await pg.db
      .insertInto('assets')
      .values(
        Array.from({ length: 1_200 }, (_, index) => ({
          orgId: org,
          externalKey: `MANY-${index}`,
          name: 'Crate',
        })),
      )
      .returning('id')
      .execute()
  ).map(({ id }) => id)
  const [east, west] = [await newLocation('EAST'), await newLocation('WEST')]
  await merge(
    ...ids.map((id, index) => located(id, index % 2 === 0 ? east : west, 1, t0 + index)),
    located(first, east, 1, t0 + 5_000),
    located(other, west, 1, t0 + 6_000),
  )
  const query = {
    limit: 3,
    offset: 1,
    sort: [{ by: 'asset_last_seen', direction: 'desc' }],
    q: 'cRATe',
  } as const
  const page = await assetLocations(pg).list(org, query)
  expect(page.rows.map(({ lastSeenAt }) => lastSeenAt - t0)).toEqual([1_198, 1_197, 1_196])
  expect(page.totalCount).toBe(1_200)
  const atWest = await assetLocations(pg).list(org, { ...query, locationIds: [west] })
  expect(atWest.rows.map(({ lastSeenAt }) => lastSeenAt - t0)).toEqual([1_197, 1_195, 1_193])
  expect(atWest.totalCount).toBe(600)
  const atBoth = await assetLocations(pg).list(org, { ...query, q: undefined, locationIds: [west, east] })
  expect(atBoth.rows.map(({ lastSeenAt }) => lastSeenAt - t0)).toEqual([5_000, 1_199, 1_198])
})

test('merges and sightings of the same assets, side by side and in any order, do not block each other for good', async () => {
  const all = await Promise.all(Array.from({ length: 40 }, newAsset))
  await merge(...all.map((asset) => located(asset, dock)))
  const shuffled = (round: number) =>
    all.toSorted((one, other) => ((one * round) % 97) - ((other * round) % 97))
  await Promise.all(
    Array.from({ length: 60 }, (_, round) =>
      round % 2 === 0
        ? merge(...shuffled(round + 1).map((asset) => located(asset, dock)))
        : store.recordSightings(
            shuffled(round + 1).map((assetId) => ({ orgId: org, assetId, lastSeenMs: t0 + round * 1_000 })),
          ),
    ),
  )
  const rows = await Promise.all(all.map(stored))
  expect(new Set(rows.map((each) => each?.lastSeenAt))).toEqual(new Set([t0 + 59_000]))
})
