import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assets } from './assets.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { rehearse } from './rehearse.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let org = 0

beforeAll(async () => {
  database = await createTestDatabase('rehearse', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  org = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

const everything = { limit: 10, offset: 0, sort: [], includeDeleted: true }

test('W1: what a play writes it reads, and nobody else does, neither meanwhile nor after', async () => {
  const [inside, outside] = await rehearse(pg, async (rehearsed) => {
    await assets(rehearsed).create(org, { name: 'A', externalKey: 'A' })
    return [await assets(rehearsed).list(org, everything), await assets(pg).list(org, everything)]
  })
  expect([inside?.rows.length, outside?.rows.length]).toEqual([1, 0])
  expect((await assets(pg).list(org, everything)).rows).toEqual([])
})

test('W1: a play that throws leaves nothing either, and its error comes out', async () => {
  const broken = rehearse(pg, async (rehearsed) => {
    await assets(rehearsed).create(org, { name: 'A', externalKey: 'A' })
    throw new Error('broken')
  })
  await expect(broken).rejects.toThrow('broken')
  expect((await assets(pg).list(org, everything)).rows).toEqual([])
})

test('W2: a write that is refused takes back itself, and those before and after it count', async () => {
  const kinds = await rehearse(pg, async (rehearsed) => {
    const store = assets(rehearsed)
    const made = [
      await store.create(org, { name: 'A', externalKey: 'A' }),
      await store.create(org, { name: 'Again', externalKey: 'A' }),
      await store.create(org, { name: 'B', externalKey: 'B' }),
    ]
    expect((await store.list(org, everything)).rows.map(({ name }) => name)).toEqual(['A', 'B'])
    return made.map(({ kind }) => kind)
  })
  expect(kinds).toEqual(['changed', 'conflict', 'changed'])
})
