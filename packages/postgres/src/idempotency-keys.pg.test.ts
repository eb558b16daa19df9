import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type IdempotencyKeys, idempotencyKeys } from './idempotency-keys.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let keys: IdempotencyKeys
let orgId = 0

/** Enough to tell what was sealed from what was not. */
const seal = {
  seal: (text: string) => Buffer.from(text).toString('base64'),
  open: (text: string) => Buffer.from(text, 'base64').toString(),
}

beforeAll(async () => {
  database = await createTestDatabase('idempotency', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  keys = idempotencyKeys(pg, seal)
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const fingerprint = 'f'.repeat(43)
const other = 'g'.repeat(43)
const answer = { status: 201, headers: { location: '/x' }, body: '{"data":{"secret":"whsec_1"}}' }
const age = (key: string, interval: string) =>
  sql`update idempotency_keys set created_at = created_at - ${interval}::interval,
    claimed_at = claimed_at - ${interval}::interval where key = ${key}`.execute(pg.db)

test('Y1: of twenty claims at once one is given', async () => {
  const claims = await Promise.all(
    Array.from({ length: 20 }, () => keys.claim({ orgId, key: 'one' }, fingerprint)),
  )
  expect(claims.filter(({ kind }) => kind === 'claimed')).toHaveLength(1)
  expect(claims.filter(({ kind }) => kind === 'under_way')).toHaveLength(19)
})

test('Y2: what was released is free at once, what was left alone after its lease, and to the same request only', async () => {
  const of = { orgId, key: 'two' }
  await keys.claim(of, fingerprint)
  await keys.release(of)
  expect(await keys.claim(of, fingerprint)).toEqual({ kind: 'claimed' })
  await age('two', '59 seconds')
  expect(await keys.claim(of, fingerprint)).toEqual({ kind: 'under_way' })
  await age('two', '2 seconds')
  expect(await keys.claim(of, other)).toEqual({ kind: 'different' })
  expect(await keys.claim(of, fingerprint)).toEqual({ kind: 'claimed' })
})

test('Y3: an answer is kept for a day, sealed, and then the key is as new', async () => {
  const of = { orgId, key: 'three' }
  await keys.claim(of, fingerprint)
  await keys.keep(of, answer)
  const { rows } = await sql<{
    answer: string
  }>`select answer from idempotency_keys where key = 'three'`.execute(pg.db)
  expect(rows[0]?.answer).not.toContain('whsec_')
  await age('three', '23 hours 59 minutes')
  expect(await keys.claim(of, fingerprint)).toEqual({ kind: 'kept', answer })
  expect(await keys.claim(of, other)).toEqual({ kind: 'different' })
  // A release that comes late takes nothing back.
  await keys.release(of)
  expect(await keys.claim(of, fingerprint)).toEqual({ kind: 'kept', answer })
  await age('three', '2 minutes')
  expect(await keys.claim(of, other)).toEqual({ kind: 'claimed' })
})

test('Y3: what is over is forgotten, a bounded number at a time', async () => {
  for (const key of ['x1', 'x2', 'x3', 'young']) {
    await keys.claim({ orgId, key }, fingerprint)
    if (key !== 'young') await age(key, '25 hours')
  }
  expect(await keys.forget(2)).toBe(2)
  expect(await keys.forget(2)).toBe(1)
  expect(await keys.claim({ orgId, key: 'young' }, fingerprint)).toEqual({ kind: 'under_way' })
})
