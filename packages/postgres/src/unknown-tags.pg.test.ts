import { orgId } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assets } from './assets.ts'
import type { Changed } from './change.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { scanDevices } from './scan-devices.ts'
import { tags } from './tags.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { type UnknownTagCount, type UnknownTagQuery, unknownTags } from './unknown-tags.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('unknown', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})

afterAll(async () => {
  await pg.close()
  await database.drop()
})

const nowMs = 1_795_444_931_794
const all: UnknownTagQuery = { limit: 200, offset: 0, sort: [{ by: 'reads', direction: 'desc' }] }

async function newOrg(name: string): Promise<number> {
  return (await organizations(pg).ensure(name)).id
}

function count(org: number, matchKey: string, change: Partial<UnknownTagCount> = {}): UnknownTagCount {
  return {
    orgId: orgId(org),
    matchKey,
    value: `00${matchKey}`,
    tagType: 'rfid',
    reads: 1,
    firstSeenMs: nowMs,
    lastSeenMs: nowMs,
    lastDeviceKey: 'dock-3',
    lastAntennaPort: 1,
    rssiMaxCdbm: -6_000,
    ...change,
  }
}

function rowOf<T>(changed: Changed<T>): T {
  if (changed.kind !== 'changed') throw new Error(changed.kind)
  return changed.row
}

async function keysOf(org: number, query: Partial<UnknownTagQuery> = {}): Promise<readonly string[]> {
  return (await unknownTags(pg).list(org, { ...all, ...query })).rows.map(({ matchKey }) => matchKey)
}

test('counts add up, the rest is of the last read, whatever the order they come in', async () => {
  const org = await newOrg('adds')
  const device = rowOf(
    await scanDevices(pg).create(org, { externalKey: 'dock-4', name: 'Dock 4', type: 'x' }),
  )
  await unknownTags(pg).add([count(org, 'BEEF', { reads: 5, rssiMaxCdbm: null })])
  await unknownTags(pg).add([
    count(org, 'BEEF', { reads: 2, lastSeenMs: nowMs + 9_000, lastDeviceKey: 'dock-4', lastAntennaPort: 3 }),
  ])
  await unknownTags(pg).add([
    count(org, 'BEEF', {
      reads: 1,
      firstSeenMs: nowMs - 9_000,
      lastSeenMs: nowMs - 8_000,
      rssiMaxCdbm: -5_000,
    }),
  ])
  expect(await unknownTags(pg).list(org, all)).toEqual({
    totalCount: 1,
    rows: [
      {
        matchKey: 'BEEF',
        value: '00BEEF',
        tagType: 'rfid',
        reads: 8,
        firstSeenAt: nowMs - 9_000,
        lastSeenAt: nowMs + 9_000,
        lastDeviceKey: 'dock-4',
        lastDeviceId: device.id,
        lastDeviceName: 'Dock 4',
        lastAntennaPort: 3,
        rssiMaxCdbm: -5_000,
      },
    ],
  })
})

test('listed by reads or by time, filtered by reader and time, only the organization’s own', async () => {
  const org = await newOrg('lists')
  const other = await newOrg('others')
  await unknownTags(pg).add([
    count(org, 'A', { reads: 1, lastSeenMs: nowMs + 3_000 }),
    count(org, 'B', { reads: 9, lastSeenMs: nowMs, lastDeviceKey: 'dock-9' }),
    count(org, 'C', { reads: 5, lastSeenMs: nowMs + 1_000 }),
    count(other, 'D'),
  ])
  expect(await keysOf(org)).toEqual(['B', 'C', 'A'])
  expect(await keysOf(org, { sort: [{ by: 'last_seen_at', direction: 'desc' }] })).toEqual(['A', 'C', 'B'])
  expect(await keysOf(org, { deviceKeys: ['dock-9', 'dock-8'] })).toEqual(['B'])
  expect(await keysOf(org, { fromMs: nowMs + 1_000 })).toEqual(['C', 'A'])
  expect(await keysOf(org, { limit: 1, offset: 1 })).toEqual(['C'])
})

test('U1: registering a tag takes it off the list, and a count that comes later does not bring it back', async () => {
  const org = await newOrg('registers')
  await unknownTags(pg).add([count(org, 'A'), count(org, 'B')])
  const made = { tagType: 'rfid', value: '00A', matchKey: 'A' } as const
  const asset = rowOf(await assets(pg).create(org, { name: 'Pallet', tags: [made] }))
  expect(await keysOf(org)).toEqual(['B'])
  await unknownTags(pg).add([count(org, 'A')])
  expect(await keysOf(org)).toEqual(['B'])
  const { rows } = await sql`select 1 from unknown_tags where org_id = ${org} and match_key = 'A'`.execute(
    pg.db,
  )
  expect(rows).toEqual([])
  await tags(pg).remove(org, asset.id, asset.tags[0]?.id ?? 0)
  await unknownTags(pg).add([count(org, 'A')])
  expect(await keysOf(org)).toEqual(['A', 'B'])
})

test('U2: 10,000 rows at most: the most read ones, and the newest', async () => {
  const org = await newOrg('full')
  await sql`insert into unknown_tags select ${org}, 'K' || n, 'v', 'rfid', 10 + n, to_timestamp(${nowMs - 86_400_000}::float8 / 1000), to_timestamp(${nowMs - 86_400_000}::float8 / 1000), 'd', 1, null
    from generate_series(1, 10000) n`.execute(pg.db)
  const newcomers = Array.from({ length: 1_000 }, (_, index) => count(org, `N${index}`))
  await unknownTags(pg).add(newcomers)
  const found = await unknownTags(pg).list(org, all)
  expect(found.totalCount).toBe(10_000)
  expect(found.rows[0]?.matchKey).toBe('K10000')
  const byTime = await keysOf(org, { sort: [{ by: 'last_seen_at', direction: 'desc' }], offset: 900 })
  expect(byTime.filter((key) => key.startsWith('N'))).toHaveLength(100)
  expect(await keysOf(org, { offset: 8_999, limit: 1 })).toEqual(['K1001'])
})

test('U3: an organization that does not exist, a key that no tag can have: the others are counted', async () => {
  const org = await newOrg('good')
  await unknownTags(pg).add([
    count(999_999_999, 'A'),
    count(org, 'ß'.repeat(200).toUpperCase()),
    count(org, 'X\u0000'),
    count(org, 'X\uFFFD'),
    count(org, 'X\uD800'),
    count(org, 'GOOD', { value: 'a\u0000b', tagType: null }),
  ])
  expect(await keysOf(org)).toEqual(['GOOD', 'X\uFFFD'])
})

test('two producers that count the same tags in different orders do not stop each other', async () => {
  const org = await newOrg('two')
  const counts = Array.from({ length: 500 }, (_, index) => count(org, `T${index}`))
  await Promise.all(
    Array.from({ length: 8 }, (_, round) =>
      unknownTags(pg).add(round % 2 === 0 ? counts : counts.toReversed()),
    ),
  )
  const { rows } = await unknownTags(pg).list(org, all)
  expect(new Set(rows.map(({ reads }) => reads))).toEqual(new Set([8]))
})
