/** Links into the console as people meet them: over HTTP, on a real PostgreSQL, through two replicas of the API. */
import { scopes } from '@scanhook/domain/scope'
import { openHttp } from '@scanhook/http/app'
import type { RateLimit } from '@scanhook/http/rate-limit'
import { tokenAuthentication } from '@scanhook/http/token-authentication'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assets } from '@scanhook/postgres/assets'
import { auditLog } from '@scanhook/postgres/audit-log'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { portalLinks } from '@scanhook/postgres/portal-links'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { type ApiCall, apiCaller } from '@scanhook/testkit/api-caller'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addApiKeyRoutes } from '../api-keys/routes.ts'
import { addAssetRoutes } from '../assets/routes.ts'
import { addAuditLogRoute } from '../audit-log/routes.ts'
import { addOrganizationRoutes } from '../organization/routes.ts'
import type { Api } from '../server.ts'
import { addPortalRoutes } from './routes.ts'

interface Answer {
  readonly data: {
    readonly id: number
    readonly key: string
    readonly token: string
    readonly scopes: readonly string[]
    readonly portal_link_id: number
    readonly expires_at: string
    readonly used_at: string | null
    readonly length: number
  }
  readonly error: { readonly type: string; readonly detail: string; readonly fields: readonly unknown[] }
}
type Call = ApiCall<Answer>

let database: TestDatabase
let pg: Postgres
const opened: Api[] = []
const lines: string[] = []
let ports: readonly [number, number] = [0, 0]
let admin: Call
let adminKey = ''

async function openReplica(rateLimit: RateLimit = { perMinute: 100_000, burst: 100_000 }): Promise<number> {
  const log = openLog({ name: 'api', level: 'debug', write: (line) => lines.push(line) })
  const links = portalLinks(pg)
  const api = openHttp({
    host: '127.0.0.1',
    port: 0,
    authenticate: tokenAuthentication({
      authenticateKey: apiKeys(pg).authenticate,
      tokens: { verify: async () => null },
      findLive: async () => null,
      findSession: links.findSession,
      clock: systemClock,
    }),
    rateLimit,
    log,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
  })
  addOrganizationRoutes(api, organizations(pg), { isOperator: () => false })
  addApiKeyRoutes(api, apiKeys(pg))
  addAssetRoutes(api, assets(pg))
  addAuditLogRoute(api, auditLog(pg))
  addPortalRoutes(api, links)
  opened.push(api)
  return Number(new URL(await api.listen()).port)
}

beforeAll(async () => {
  database = await createTestDatabase('portal', process.env['POSTGRES_URL'])
  const log = openLog({ name: 'x', level: 'fatal', write: () => undefined })
  pg = openPostgres({ url: database.url, log })
  const { id } = await organizations(pg).ensure('A')
  ports = [await openReplica(), await openReplica()]
  adminKey = (await apiKeys(pg).create(id, { name: 'admin', scopes })).token
  admin = as(adminKey)
})
afterAll(async () => {
  for (const api of opened) await api.close()
  await pg?.close()
  await database?.drop()
})

function as(token: string, port = ports[0]): Call {
  return apiCaller<Answer>(port, token)
}

const nobody = (): Call => as('nobody')

async function session(body: object = {}) {
  const link = (await admin('POST', '/portal-links', body)).body.data
  const begun = await nobody()('POST', '/portal-sessions', { token: link.token })
  expect(begun.status).toBe(201)
  return { link, token: begun.body.data.token, begun }
}

test('a link becomes a session, which may what the link says, and whose changes bear the link', async () => {
  const { link, token, begun } = await session({ label: 'Ann', scopes: ['assets:read', 'assets:write'] })
  expect(begun.body.data).toMatchObject({
    portal_link_id: link.id,
    scopes: ['assets:read', 'assets:write'],
  })
  const ann = as(token)
  const made = await ann('POST', '/assets', { name: 'by Ann' })
  expect(made.status).toBe(201)
  expect((await ann('GET', '/api-keys')).status).toBe(403)
  const { data } = (await admin('GET', `/audit-log?resource_kind=asset&resource_id=${made.body.data.id}`))
    .body
  expect(data).toMatchObject([
    { operation: 'asset.created', actor: { kind: 'portal_link', id: link.id }, after: { name: 'by Ann' } },
  ])
})

test('P1: a link has no scope that its maker lacks, and keys:admin only where it was asked for', async () => {
  const { key } = (await admin('POST', '/api-keys', { name: 'k', scopes: ['keys:admin', 'assets:read'] }))
    .body.data
  const refused = await as(key)('POST', '/portal-links', { scopes: ['assets:read', 'assets:write'] })
  expect(refused.status).toBe(400)
  expect(refused.body.error.fields).toMatchObject([{ field: 'scopes.1', code: 'invalid_value' }])
  expect((await as(key)('POST', '/portal-links', {})).body.data.scopes).toEqual(['assets:read'])
  const asked = await as(key)('POST', '/portal-links', { scopes: ['keys:admin'] })
  expect(asked.body.data.scopes).toEqual(['keys:admin'])
})

test('P1: a session makes no links, whatever it may', async () => {
  const { token } = await session({ scopes: ['keys:admin'] })
  const { status, body } = await as(token)('POST', '/portal-links', {})
  expect([status, body.error.type]).toEqual([403, 'forbidden'])
  expect((await as(token)('GET', '/portal-links')).status).toBe(200)
})

test('P2: invented, malformed, used, revoked or over, and a session for a link: one and the same 401', async () => {
  const made = async () => (await admin('POST', '/portal-links', { expires_in_seconds: 1 })).body.data
  const revoked = await made()
  await admin('DELETE', `/portal-links/${revoked.id}`)
  const { link: used, token } = await session()
  const over = await made()
  const key = (await admin('POST', '/api-keys', { name: 'k', scopes: ['keys:admin'] })).body.data
  const ofGoneKey = (await as(key.key)('POST', '/portal-links', {})).body.data
  await admin('DELETE', `/api-keys/${key.id}`)
  await waitFor(async () => !(await isListed(over.id)))
  const answers = []
  for (const wrong of [
    ...[`pl_${'A'.repeat(43)}`, 'x', `${used.token}x`, used.token],
    ...[revoked.token, over.token, ofGoneKey.token, token],
  ]) {
    const { status, headers, body } = await nobody()('POST', '/portal-sessions', { token: wrong })
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
    answers.push(JSON.stringify([status, { ...body.error, request_id: '' }]))
  }
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toContain('[401,{"type":"unauthorized"')
})

async function isListed(id: number): Promise<boolean> {
  const { data } = (await admin('GET', '/portal-links?limit=200')).body
  return (data as unknown as readonly { id: number }[]).some((each) => each.id === id)
}

/** A link's shortest life is a second; the database says when it is over. */
async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 20_000, interval: 50 }).toBe(true)
}

test('revoking a link ends its session with the next request, at every replica', async () => {
  const { link, token } = await session()
  const sessions = [as(token, ports[0]), as(token, ports[1])] as const
  for (const each of sessions) expect((await each('GET', '/orgs/me')).status).toBe(200)
  expect((await admin('DELETE', `/portal-links/${link.id}`)).status).toBe(204)
  for (const each of sessions) expect((await each('GET', '/orgs/me')).status).toBe(401)
  expect((await admin('DELETE', `/portal-links/${link.id}`)).status).toBe(404)
})

test('P3: a token is in one answer, which nobody keeps; neither list nor log has it', async () => {
  const made = await admin('POST', '/portal-links', { label: 'Bo' })
  const { token } = made.body.data
  const begun = await nobody()('POST', '/portal-sessions', { token })
  for (const { headers } of [made, begun]) expect(headers.get('cache-control')).toBe('no-store')
  const listed = await admin('GET', '/portal-links?limit=200')
  const everything = JSON.stringify([listed.body, lines])
  for (const secret of [token, begun.body.data.token]) expect(everything).not.toContain(secret.slice(3))
  expect(listed.body).toMatchObject({ offset: 0, limit: 200, total_count: listed.body.data.length })
})

test('a session has a bucket of its own: it and its key do not hold each other up', async () => {
  const port = await openReplica({ perMinute: 1, burst: 1 })
  const key = (await admin('POST', '/api-keys', { name: 'k', scopes: ['keys:admin'] })).body.data.key
  const { token } = (await as(key)('POST', '/portal-links', {})).body.data
  const ofLink = (await nobody()('POST', '/portal-sessions', { token })).body.data.token
  expect((await as(key, port)('GET', '/orgs/me')).status).toBe(200)
  expect((await as(key, port)('GET', '/orgs/me')).status).toBe(429)
  expect((await as(ofLink, port)('GET', '/orgs/me')).status).toBe(200)
  expect((await as(ofLink, port)('GET', '/orgs/me')).status).toBe(429)
})

test.each([
  [{ expires_in_seconds: 3_601 }, 'too_large'],
  [{ expires_in_seconds: 0 }, 'too_small'],
  [{ scopes: [] }, 'too_short'],
])('%o is refused: %s', async (body, code) => {
  const answer = await admin('POST', '/portal-links', body)
  expect(answer.status).toBe(400)
  expect(answer.body.error.fields).toMatchObject([{ code }])
})
