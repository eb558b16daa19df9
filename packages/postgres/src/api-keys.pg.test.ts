import { scrypt } from 'node:crypto'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { apiKeys } from './api-keys.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return { ...crypto, scrypt: vi.fn(crypto.scrypt) }
})

let database: TestDatabase
let pg: Postgres
let orgId = 0

beforeAll(async () => {
  database = await createTestDatabase('keys', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

test('a key authenticates as its organization with its scopes; anything changed in it does not', async () => {
  const keys = apiKeys(pg)
  const { key, token } = await keys.create(orgId, { name: 'ci', scopes: ['assets:read'] })
  expect(token).toMatch(new RegExp(`^sk_${key.id}_[A-Za-z0-9_-]{43}$`))
  expect(await keys.authenticate(token)).toEqual({ orgId, apiKeyId: key.id, scopes: ['assets:read'] })
  const last = token.endsWith('A') ? 'B' : 'A'
  for (const wrong of [
    `${token.slice(0, -1)}${last}`,
    token.slice(0, -1),
    `${token}A`,
    `sk_${key.id + 1}${token.slice(token.lastIndexOf('_'))}`,
    '',
    'sk__',
    "sk_1_' or 1=1",
  ])
    expect(await keys.authenticate(wrong), wrong).toBeNull()
})

test('A1: the table holds no secret', async () => {
  const { token } = await apiKeys(pg).create(orgId, { name: 'x', scopes: [] })
  const { rows } = await sql<{
    text: string
  }>`select string_agg(k::text, ' ') as text from api_keys k`.execute(pg.db)
  expect(rows[0]?.text).not.toContain(token.slice(-43))
  expect(rows[0]?.text).toContain('scrypt$1024$8$1$')
})

test('a deleted key no longer works; with PostgreSQL away the answer is neither yes nor no', async () => {
  const { key, token } = await apiKeys(pg).create(orgId, { name: 'x', scopes: [] })
  expect(await apiKeys(pg).remove(orgId, key.id)).toBe(true)
  expect(await apiKeys(pg).authenticate(token)).toBeNull()
  expect(await apiKeys(pg).remove(orgId, key.id)).toBe(false)
  const away = openPostgres({ url: 'postgres://nobody@127.0.0.1:1/none', log: silentLog })
  await expect(apiKeys(away).authenticate(token)).rejects.toMatchObject({
    code: 'POSTGRES_UNAVAILABLE',
    retriable: true,
  })
  await away.close()
})

test('A2: a client is a key id with its secret or with the whole token; all else is null', async () => {
  const keys = apiKeys(pg)
  const { key, token, secret } = await keys.create(orgId, { name: 'client', scopes: ['assets:read'] })
  const other = await keys.create(orgId, { name: 'other', scopes: [] })
  const client = { orgId, apiKeyId: key.id, scopes: ['assets:read'] }
  expect(await keys.authenticateClient(`${key.id}`, secret)).toEqual(client)
  expect(await keys.authenticateClient(`${key.id}`, token)).toEqual(client)
  for (const [id, wrong] of [
    [`${key.id}`, other.secret],
    [`${key.id}`, other.token],
    [`${other.key.id}`, secret],
    [`${key.id}`, ''],
    [`0${key.id}`, secret],
    ['', token],
    ['', secret],
    [`${Number.MAX_SAFE_INTEGER}`, secret],
    ["1' or 1=1", secret],
  ] as const)
    expect(await keys.authenticateClient(id, wrong), `${id} ${wrong}`).toBeNull()
  await keys.remove(orgId, key.id)
  expect(await keys.authenticateClient(`${key.id}`, secret)).toBeNull()
})

test('A2: an id that does not exist costs the same derivation as a wrong secret', async () => {
  const keys = apiKeys(pg)
  const { key, secret } = await keys.create(orgId, { name: 'x', scopes: [] })
  const wrong = secret.startsWith('A') ? `B${secret.slice(1)}` : `A${secret.slice(1)}`
  for (const [id, given] of [
    [`${key.id}`, wrong],
    [`${Number.MAX_SAFE_INTEGER}`, wrong],
    ['nobody', 'x'],
  ] as const) {
    vi.mocked(scrypt).mockClear()
    await keys.authenticateClient(id, given)
    const costs = vi.mocked(scrypt).mock.calls.map(([, , bytes, cost]) => [bytes, cost])
    expect(costs, id).toEqual([[32, { N: 1024, r: 8, p: 1 }]])
  }
})

test('keys of another organization are neither seen nor removed', async () => {
  const other = (await organizations(pg).ensure('B')).id
  const { key } = await apiKeys(pg).create(orgId, { name: 'x', scopes: [] })
  expect(await apiKeys(pg).find(other, key.id)).toBeNull()
  expect(await apiKeys(pg).remove(other, key.id)).toBe(false)
  expect((await apiKeys(pg).list(other, { limit: 50, offset: 0 })).totalCount).toBe(0)
})
