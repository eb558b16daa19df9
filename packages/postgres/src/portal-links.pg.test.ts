import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKeys } from './api-keys.ts'
import { type Author, auditLog } from './audit-log.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { type PortalLink, type PortalLinks, portalLinks } from './portal-links.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

const minuteMs = 60_000
const scopes = ['webhooks:read', 'assets:read']
let database: TestDatabase
let pg: Postgres
let links: PortalLinks
let orgId = 0
let apiKeyId = 0

beforeAll(async () => {
  database = await createTestDatabase('portal_links', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 12 })
  links = portalLinks(pg)
  orgId = (await organizations(pg).ensure('A')).id
  apiKeyId = await keyOf(orgId)
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

async function keyOf(org: number): Promise<number> {
  return (await apiKeys(pg).create(org, { name: 'k', scopes })).key.id
}

interface Made {
  readonly row: PortalLink
  readonly token: string
}

async function made(given: { readonly key?: number; readonly own?: readonly string[] } = {}): Promise<Made> {
  const { key = apiKeyId, own = scopes } = given
  const created = await links.create(
    orgId,
    { apiKeyId: key, label: 'Ann', scopes: own, lifeMs: 15 * minuteMs },
    1_000,
  )
  if (created.kind !== 'created') throw new Error(created.kind)
  return created
}

async function used({ token }: Made): Promise<string> {
  const begun = await links.use(token)
  if (begun === null) throw new Error('it was good')
  return begun.sessionToken
}

test('L1: of many uses at once one wins, and none after it', async () => {
  const { token, row } = await made()
  const begun = await Promise.all(Array.from({ length: 8 }, () => links.use(token)))
  const won = begun.filter((each) => each !== null)
  expect(won).toHaveLength(1)
  expect(won[0]?.session).toMatchObject({ linkId: row.id, orgId, apiKeyId, scopes: scopes.toSorted() })
  expect(await links.use(token)).toBeNull()
  expect(await links.findSession(won[0]?.sessionToken ?? '')).toEqual(won[0]?.session)
})

test('L2: a link that is over gives no session, and a session ends after 8 hours, used or not', async () => {
  const late = await made()
  await sql`update portal_links set expires_at = now() where id = ${late.row.id}`.execute(pg.db)
  expect(await links.use(late.token)).toBeNull()
  const beganMs = Date.now()
  const one = await made()
  const begun = await links.use(one.token)
  const hours = ((begun?.session.expiresAt ?? 0) - beganMs) / 3_600_000
  expect(hours).toBeGreaterThan(7.99)
  expect(hours).toBeLessThan(8.01)
  // The link's own end does not end it.
  await sql`update portal_links set expires_at = now() where id = ${one.row.id}`.execute(pg.db)
  expect(await links.findSession(begun?.sessionToken ?? '')).not.toBeNull()
  await sql`update portal_links set session_expires_at = now() where id = ${one.row.id}`.execute(pg.db)
  expect(await links.findSession(begun?.sessionToken ?? '')).toBeNull()
})

test('L3: with the link, its key or the organization both end, at once', async () => {
  const revoked = [await made(), await made()] as const
  const session = await used(revoked[0])
  expect(await links.revoke(orgId + 1, revoked[0].row.id)).toBe(false)
  expect(await links.findSession(session)).not.toBeNull()
  for (const { row } of revoked) expect(await links.revoke(orgId, row.id)).toBe(true)
  expect(await links.findSession(session)).toBeNull()
  expect(await links.use(revoked[1].token)).toBeNull()
  expect(await links.revoke(orgId, revoked[0].row.id)).toBe(false)

  const key = await keyOf(orgId)
  const ofKey = [await made({ key }), await made({ key })] as const
  const sessionOfKey = await used(ofKey[0])
  await apiKeys(pg).remove(orgId, key)
  expect(await links.findSession(sessionOfKey)).toBeNull()
  expect(await links.use(ofKey[1].token)).toBeNull()

  const ofOrg = [await made(), await made()] as const
  const sessionOfOrg = await used(ofOrg[0])
  await sql`update organizations set deleted_at = now() where id = ${orgId}`.execute(pg.db)
  expect(await links.findSession(sessionOfOrg)).toBeNull()
  expect(await links.use(ofOrg[1].token)).toBeNull()
  await sql`update organizations set deleted_at = null where id = ${orgId}`.execute(pg.db)
})

test('L3: a scope that the key has not is not given, whatever the link says', async () => {
  const one = await made({ own: ['assets:read', 'keys:admin'] })
  expect((await links.use(one.token))?.session.scopes).toEqual(['assets:read'])
})

test('L4: no token is in the table, and there is a bound that holds also for two at once', async () => {
  const one = await made()
  const session = await used(one)
  const { rows } = await sql<{ text: string }>`select p::text as text from portal_links p`.execute(pg.db)
  for (const token of [one.token, session])
    for (const text of rows.map((row) => row.text)) expect(text).not.toContain(token.slice(3))
  const { totalCount } = await links.list(orgId, { limit: 1, offset: 0 })
  const link = { apiKeyId, label: null, scopes, lifeMs: minuteMs }
  const kinds = await Promise.all(
    Array.from({ length: 6 }, async () => (await links.create(orgId, link, totalCount + 2)).kind),
  )
  expect(kinds.toSorted()).toEqual(['created', 'created', 'too_many', 'too_many', 'too_many', 'too_many'])
})

test('L4: what is over goes, and is not listed before it has gone', async () => {
  const waiting = await made()
  const over = await made()
  await sql`update portal_links set expires_at = now() where id = ${over.row.id}`.execute(pg.db)
  const listed = (await links.list(orgId, { limit: 200, offset: 0 })).rows.map(({ id }) => id)
  expect(listed).toContain(waiting.row.id)
  expect(listed).not.toContain(over.row.id)
  expect(await links.revoke(orgId, over.row.id)).toBe(false)
  expect(await links.forget(100)).toBeGreaterThan(0)
  expect(await links.forget(100)).toBe(0)
  const { rows } = await sql`select from portal_links where id = ${over.row.id}`.execute(pg.db)
  expect(rows).toHaveLength(0)
  expect(await links.revoke(orgId, waiting.row.id)).toBe(true)
})

test('L5: made, used and revoked stand in the audit log; a use that lost does not', async () => {
  const by: Author<PortalLink> = {
    ...{ orgId, actor: { kind: 'api_key', id: apiKeyId }, requestId: 'r-1' },
    view: ({ id, label }) => ({ id, label }),
  }
  const created = await links.create(by, { apiKeyId, label: 'Bo', scopes, lifeMs: minuteMs }, 1_000)
  if (created.kind !== 'created') throw new Error(created.kind)
  const { id } = created.row
  await links.use(created.token, 'r-2')
  await links.use(created.token, 'r-3')
  await links.revoke({ ...by, requestId: 'r-4' }, id)
  const { rows } = await auditLog(pg).list(orgId, { limit: 10, ids: [String(id)] })
  expect(rows.toReversed()).toMatchObject([
    { operation: 'portal_link.created', actorKind: 'api_key', requestId: 'r-1', name: 'Bo' },
    { operation: 'portal_link.used', actorKind: 'portal_link', actorId: id, requestId: 'r-2' },
    { operation: 'portal_link.revoked', actorKind: 'api_key', requestId: 'r-4', after: null },
  ])
})

test('what is no token of ours is none', async () => {
  for (const token of ['', 'pl_', `pl_${'A'.repeat(43)}`, `ps_${'A'.repeat(43)}`, 'x'.repeat(512)]) {
    expect(await links.use(token)).toBeNull()
    expect(await links.findSession(token)).toBeNull()
  }
})
