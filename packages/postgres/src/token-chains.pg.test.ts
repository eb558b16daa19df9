import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { apiKeys } from './api-keys.ts'
import { auditLog } from './audit-log.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { type LiveChain, type TokenChains, tokenChains } from './token-chains.ts'

let database: TestDatabase
let pg: Postgres
let chains: TokenChains
let orgId = 0
let apiKeyId = 0

beforeAll(async () => {
  database = await createTestDatabase('chains', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  chains = tokenChains(pg)
  orgId = (await organizations(pg).ensure('A')).id
})
beforeEach(async () => {
  apiKeyId = await newKey()
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

async function newKey(org = orgId): Promise<number> {
  return (await apiKeys(pg).create(org, { name: 'x', scopes: ['assets:read'] })).key.id
}
async function begin(key = apiKeyId): Promise<LiveChain> {
  const begun = await chains.begin(key)
  if (begun === null) throw new Error('no such key')
  return begun
}
const isLive = async ({ chainId, caller }: LiveChain): Promise<boolean> =>
  (await chains.findLive({ chainId, apiKeyId: caller.apiKeyId })) !== null
async function rowsOf(key = apiKeyId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from token_chains where api_key_id = ${key}`.execute(pg.db)
  return Number(rows[0]?.count)
}
const letExpire = ({ chainId }: LiveChain): Promise<unknown> =>
  sql`update token_chains set expires_at = now() where id = ${chainId}`.execute(pg.db)

test('a chain begins with a key, and each token gives the next', async () => {
  const first = await begin()
  const caller = { orgId, apiKeyId, scopes: ['assets:read'] }
  expect(first).toEqual({
    chainId: expect.any(Number),
    caller,
    refreshToken: expect.stringMatching(/^rt_[\w-]{43}_[\w-]{43}$/),
  })
  expect(await chains.findLive({ chainId: first.chainId, apiKeyId })).toEqual(caller)
  let { refreshToken } = first
  const seen = new Set([refreshToken])
  for (let use = 0; use < 3; use++) {
    const next = await chains.rotate(refreshToken, use === 1 ? apiKeyId : undefined)
    if (next.kind !== 'rotated') throw new Error(next.kind)
    expect(next).toMatchObject({ chainId: first.chainId, caller })
    refreshToken = next.refreshToken
    seen.add(refreshToken)
  }
  expect(seen.size).toBe(4)
})

test('C1, C2: a used token gives nothing, and ends the living one and the access tokens with it', async () => {
  const first = await begin()
  const bystander = await begin()
  const second = await chains.rotate(first.refreshToken)
  if (second.kind !== 'rotated') throw new Error(second.kind)
  const third = await chains.rotate(second.refreshToken)
  if (third.kind !== 'rotated') throw new Error(third.kind)
  expect(await isLive(first)).toBe(true)
  expect(await chains.rotate(first.refreshToken)).toEqual({
    kind: 'replayed',
    chainId: first.chainId,
    apiKeyId,
  })
  expect(await isLive(first)).toBe(false)
  expect(await chains.rotate(third.refreshToken)).toEqual({ kind: 'unknown' })
  expect(await isLive(bystander)).toBe(true)
})

test('C1: of eight uses at once one wins, and the chain is ended (C2)', async () => {
  for (let round = 0; round < 5; round++) {
    const { refreshToken, ...chain } = await begin()
    const uses = await Promise.all(Array.from({ length: 8 }, () => chains.rotate(refreshToken)))
    const kinds = uses.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'rotated')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'replayed')).toHaveLength(1)
    const won = uses.find((use) => use.kind === 'rotated')
    expect(await chains.rotate(won?.kind === 'rotated' ? won.refreshToken : '')).toEqual({ kind: 'unknown' })
    expect(await isLive({ ...chain, refreshToken })).toBe(false)
  }
})

test('C2: a token that comes with another client ends its chain, and gives that client nothing', async () => {
  const chain = await begin()
  expect(await chains.rotate(chain.refreshToken, await newKey())).toEqual({ kind: 'unknown' })
  expect(await isLive(chain)).toBe(false)
})

test('C2: what was never given ends nothing', async () => {
  const chain = await begin()
  const other = await begin()
  const [, chainPart = ''] = /^rt_(.{43})_/.exec(chain.refreshToken) ?? []
  for (const wrong of ['', 'rt_', chainPart, `rt_${chainPart}`, `rt_${'A'.repeat(43)}_${'A'.repeat(43)}`])
    expect(await chains.rotate(wrong)).toEqual({ kind: 'unknown' })
  expect([await isLive(chain), await isLive(other)]).toEqual([true, true])
})

test('C3: nothing after 30 days without a use; each use gives 30 more', async () => {
  const chain = await begin()
  const days = async (): Promise<number> => {
    const { rows } = await sql<{ days: number }>`
      select extract(epoch from expires_at - now())::float8 / 86400 as days
      from token_chains where id = ${chain.chainId}`.execute(pg.db)
    return Number(rows[0]?.days)
  }
  expect(await days()).toBeCloseTo(30, 1)
  await sql`update token_chains set expires_at = now() + interval '1 minute' where id = ${chain.chainId}`.execute(
    pg.db,
  )
  const next = await chains.rotate(chain.refreshToken)
  if (next.kind !== 'rotated') throw new Error(next.kind)
  expect(await days()).toBeCloseTo(30, 1)
  await letExpire(chain)
  expect(await chains.rotate(next.refreshToken)).toEqual({ kind: 'unknown' })
})

test('C3: nothing once the key or its organization is gone', async () => {
  const gone = (await organizations(pg).ensure('gone')).id
  const [ofKey, ofOrg] = [await begin(), await begin(await newKey(gone))]
  expect([await isLive(ofKey), await isLive(ofOrg)]).toEqual([true, true])
  await apiKeys(pg).remove(orgId, apiKeyId)
  await sql`update organizations set deleted_at = now() where id = ${gone}`.execute(pg.db)
  for (const chain of [ofKey, ofOrg]) {
    expect(await isLive(chain)).toBe(false)
    expect(await chains.rotate(chain.refreshToken)).toEqual({ kind: 'unknown' })
    expect(await chains.begin(chain.caller.apiKeyId)).toBeNull()
  }
})

test('C4: the table holds no token', async () => {
  const { refreshToken } = await begin()
  const { rows } = await sql<{ text: string }>`
    select string_agg(encode(chain_hash, 'escape') || encode(token_hash, 'escape') || c::text, ' ') as text
    from token_chains c`.execute(pg.db)
  for (const part of [refreshToken.slice(3, 46), refreshToken.slice(-43)]) {
    expect(rows[0]?.text).not.toContain(part)
    expect(rows[0]?.text).not.toContain(Buffer.from(part, 'base64url').toString('hex'))
  }
})

test('C4: too many chains of a key end those used longest ago, of no other key, also when they begin at once', async () => {
  const few = tokenChains(pg, 3)
  const other = await begin(await newKey())
  const all: LiveChain[] = []
  for (let index = 0; index < 3; index++) all.push(await begin())
  const [first, second] = all
  if (first === undefined || second === undefined) throw new Error('none')
  await sql`update token_chains set expires_at = expires_at - interval '1 day' where api_key_id = ${apiKeyId}`.execute(
    pg.db,
  )
  expect(await chains.rotate(first.refreshToken)).toMatchObject({ kind: 'rotated' })
  await few.begin(apiKeyId)
  expect(await rowsOf()).toBe(3)
  expect(await isLive(first)).toBe(true)
  await Promise.all(Array.from({ length: 12 }, () => few.begin(apiKeyId)))
  expect(await rowsOf()).toBe(3)
  expect(await isLive(other)).toBe(true)
})

test('C4: those who make room at once wait for each other, and never in a circle', async () => {
  const few = tokenChains(pg, 3)
  for (let round = 0; round < 15; round++) {
    const key = await newKey()
    // More than that would wait for connections.
    const begun = await Promise.all(Array.from({ length: 8 }, () => few.begin(key)))
    expect(begun.every((chain) => chain !== null)).toBe(true)
    expect(await rowsOf(key)).toBe(3)
  }
})

test('C4: expired rows are removed, a part at a time, and no others', async () => {
  const [one, two, living] = [await begin(), await begin(), await begin()]
  await chains.removeExpired(1000)
  await letExpire(one)
  await letExpire(two)
  expect(await chains.removeExpired(1)).toBe(1)
  expect(await chains.removeExpired(10)).toBe(1)
  expect(await chains.removeExpired(10)).toBe(0)
  expect(await rowsOf()).toBe(1)
  expect(await isLive(living)).toBe(true)
})

test('with PostgreSQL away the answer is neither yes nor no', async () => {
  const away = openPostgres({ url: 'postgres://nobody@127.0.0.1:1/none', log: silentLog })
  const { refreshToken, chainId } = await begin()
  for (const asked of [
    tokenChains(away).rotate(refreshToken),
    tokenChains(away).findLive({ chainId, apiKeyId }),
    tokenChains(away).begin(apiKeyId),
  ])
    await expect(asked).rejects.toMatchObject({ retriable: true })
  await away.close()
})

test('C5: a chain that begins, is replayed or has to make room stands in the audit log; one that goes on or expires does not', async () => {
  const few = tokenChains(pg, 2)
  const begun = []
  for (let index = 0; index < 3; index++) begun.push(await few.begin(apiKeyId, `begin-${index}`))
  const [oldest, second, third] = begun
  const next = await few.rotate(third?.refreshToken ?? '', undefined, 'goes-on')
  if (next.kind !== 'rotated') throw new Error(next.kind)
  await few.rotate(third?.refreshToken ?? '', undefined, 'replay')
  if (second !== undefined && second !== null) await letExpire(second)
  await few.removeExpired(100)
  const requestIds = ['begin-0', 'begin-1', 'begin-2', 'goes-on', 'replay']
  const { rows } = await auditLog(pg).list(orgId, { limit: 100, requestIds })
  const issued = (chain: LiveChain | null | undefined) => ({
    ...{ operation: 'token_chain.issued', id: String(chain?.chainId), actorKind: 'oauth_client' },
    actorId: apiKeyId,
  })
  const revoked = (chain: LiveChain | null | undefined, requestId: string) => ({
    ...{ operation: 'token_chain.revoked', id: String(chain?.chainId), actorKind: 'system', requestId },
    ...{ before: { api_key_id: apiKeyId }, after: null },
  })
  expect(rows.toReversed()).toMatchObject([
    ...[issued(oldest), issued(second), issued(third)],
    ...[revoked(oldest, 'begin-2'), revoked(third, 'replay')],
  ])
})
