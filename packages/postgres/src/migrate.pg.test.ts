import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { createEmptyDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createEmptyDatabase('migrate', process.env['POSTGRES_URL'])
})
afterAll(() => database.drop())

test('B1: two runs at once apply every file once, and a third run nothing', async () => {
  const [one, other] = await Promise.all([migrate(database.url), migrate(database.url)])
  expect([one.applied.length, other.applied.length].sort()).toEqual([0, one.total])
  expect(await migrate(database.url)).toEqual({ applied: [], total: one.total })
})

test('B2: a file that changed after it was applied is an error and applies nothing', async () => {
  const first = { name: '9001-a.sql', text: 'create table trial (a int);' }
  await migrate(database.url, [first])
  const changed = [
    { ...first, text: 'create table trial (a bigint);' },
    { name: '9002-b.sql', text: 'create table second_trial (a int);' },
  ]
  await expect(migrate(database.url, changed)).rejects.toMatchObject({ code: 'POSTGRES_MIGRATION' })
  expect((await migrate(database.url, [first])).applied).toEqual([])
})

test('a file that fails leaves nothing behind, and the files before it stay', async () => {
  const good = { name: '9101-good.sql', text: 'create table good (a int);' }
  const bad = { name: '9102-bad.sql', text: 'create table half (a int); select no_such_function();' }
  await expect(migrate(database.url, [good, bad])).rejects.toMatchObject({ code: 'POSTGRES_MIGRATION' })
  const mended = { ...bad, text: 'create table half (a int);' }
  expect((await migrate(database.url, [good, mended])).applied).toEqual(['9102-bad.sql'])
})

test('an unreachable server is said as such', async () => {
  await expect(migrate('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    code: 'POSTGRES_UNAVAILABLE',
    retriable: true,
  })
})
