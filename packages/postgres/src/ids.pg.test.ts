import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres, type Postgres } from './open.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('ids', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

/** The network run backwards, written from its definition: if it finds every input again, no two inputs met. */
function unscramble(id: number): number {
  const half = 67_108_863n
  const roundKeys = [48271917n, 11938553n, 60233149n, 29875631n, 5217983n, 41160697n]
  let left = BigInt(id) >> 26n
  let right = BigInt(id) & half
  for (const key of roundKeys.toReversed()) {
    const mixed = (left ^ key) * 2654435761n
    const before = right ^ (((mixed >> 19n) ^ mixed) & half)
    right = left
    left = before
  }
  return Number((left << 26n) | right)
}

test('ids are a bijection of the sequence, at its ends and on a sample of the whole range', async () => {
  const { rows } = await sql<{ number: number; id: number }>`
    with number as (
      select n from generate_series(0::bigint, 20000) n
      union select 4503599627370495 - n from generate_series(0::bigint, 1000) n
      union select (random() * 4503599627370495)::bigint from generate_series(1, 20000))
    select n as number, scramble_id(n) as id from number`.execute(pg.db)
  expect(rows.length).toBeGreaterThan(40_000)
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
  expect(rows.every(({ id }) => id >= 0 && id < 2 ** 52)).toBe(true)
  expect(rows.find(({ number, id }) => unscramble(id) !== number)).toBeUndefined()
})

test('ids are opaque: neighbours differ in about half of their 52 bits', async () => {
  const { rows } = await sql<{ bits: number }>`
    select bit_count((scramble_id(n) # scramble_id(n + 1))::bit(64))::integer as bits from generate_series(1::bigint, 5000) n`.execute(
    pg.db,
  )
  const mean = rows.reduce((sum, row) => sum + row.bits, 0) / rows.length
  expect(mean).toBeGreaterThan(24)
  expect(mean).toBeLessThan(28)
})

test('one sequence serves all kinds of rows', async () => {
  const { rows } = await sql<{ id: number }>`
    with org as (insert into organizations (name) values ('a') returning id),
      place as (insert into locations (org_id, external_key, name) select id, 'L', 'l' from org returning id)
    select id from org union all select id from place`.execute(pg.db)
  const numbers = rows.map((row) => unscramble(row.id)).sort((one, other) => one - other)
  expect(numbers[1]).toBe((numbers[0] ?? 0) + 1)
})
