/** The command as an operator runs it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { silentLog } from '@scanhook/observability/log'
import { auditLog } from '@scanhook/postgres/audit-log'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'

let database: TestDatabase
let pg: Postgres
let orgId = 0

beforeAll(async () => {
  database = await createTestDatabase('organizations_main', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 2 })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

function command(args: readonly string[], input = '') {
  const script = join(import.meta.dirname, 'organizations-main.ts')
  const env = { PATH: process.env['PATH'], POSTGRES_URL: database.url }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    env,
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('an export is lines of JSON on stdout, and has an entry', async () => {
  const { status, stdout } = command(['export', '--org', String(orgId)])
  expect(status).toBe(0)
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
    table: 'organizations',
    row: { name: 'A' },
  })
  expect((await auditLog(pg).list(orgId, { limit: 1 })).rows).toMatchObject([
    { operation: 'organization.exported', after: { organizations: 1 } },
  ])
})

test('an erasure takes its value from stdin and says what it did', () => {
  const args = ['erase', '--org', String(orgId), '--path', 'a.b', '--value', '-', '--json']
  const { status, stdout } = command(args, 'nobody@nowhere.test\n')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ events: 0, waiting: 0 })
})

test.each([
  [['erase', '--org', '12', '--asset', '1'], 1, 'there is no organization 12'],
  [['erase', '--org', '{org}', '--asset', '1'], 1, 'there is no such asset'],
  [['erase', '--org', '{org}', '--path', 'a', '--value', 'x'], 2, 'at least 3 characters'],
  [['erase', '--org', '{org}', '--path', 'a'], 2, 'organizations-main.ts export'],
  [
    ['erase', '--org', '{org}', '--asset', '1', '--path', 'a', '--value', 'abc'],
    2,
    'organizations-main.ts export',
  ],
  [['forget', '--org', '{org}'], 2, 'organizations-main.ts export'],
  [['export'], 2, 'organizations-main.ts export'],
])('%j ends with %i and says: %s', (args, status, said) => {
  const given = args.map((arg) => arg.replace('{org}', String(orgId)))
  const answer = command(given)
  expect(answer.stderr).toContain(said)
  expect(answer).toMatchObject({ status, stdout: '' })
})
