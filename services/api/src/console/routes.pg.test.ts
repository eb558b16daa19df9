/** The console's files and sessions as a browser meets them: over HTTP, on a real PostgreSQL, through two replicas of the API. */
import { request } from 'node:http'
import { openHttp } from '@scanhook/http/app'
import { tokenAuthentication } from '@scanhook/http/token-authentication'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assets } from '@scanhook/postgres/assets'
import { auditLog } from '@scanhook/postgres/audit-log'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { portalLinks } from '@scanhook/postgres/portal-links'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addAssetRoutes } from '../assets/routes.ts'
import { addAuditLogRoute } from '../audit-log/routes.ts'
import { addPortalRoutes } from '../portal/routes.ts'
import type { Api } from '../server.ts'
import { addConsoleRoutes } from './routes.ts'

let database: TestDatabase
let pg: Postgres
const opened: Api[] = []
let urls: readonly [string, string] = ['', '']
let key = ''
let keyId = 0
let orgId = 0

const files = new Map([
  ['index.html', { contentType: 'text/html; charset=utf-8', content: Buffer.from('<!doctype html>') }],
  ['icon.svg', { contentType: 'image/svg+xml', content: Buffer.from('<svg/>') }],
  ['static/index-abc.js', { contentType: 'text/javascript; charset=utf-8', content: Buffer.from('1') }],
])

async function openReplica(): Promise<string> {
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
    rateLimit: { perMinute: 100_000, burst: 100_000 },
    log: silentLog,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
  })
  addAssetRoutes(api, assets(pg))
  addAuditLogRoute(api, auditLog(pg))
  addPortalRoutes(api, links)
  const { authenticate: authenticateKey } = apiKeys(pg)
  addConsoleRoutes(api, { files, links, authenticateKey, nowMs: systemClock.nowMs })
  opened.push(api)
  return api.listen()
}

beforeAll(async () => {
  database = await createTestDatabase('console', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('A')).id
  const scopes = ['keys:admin', 'assets:read', 'assets:write']
  const made = await apiKeys(pg).create(orgId, { name: 'admin', scopes })
  key = made.token
  keyId = made.key.id
  urls = [await openReplica(), await openReplica()]
})

afterAll(async () => {
  await Promise.all(opened.map((api) => api.close()))
  await pg?.close()
  await database?.drop()
})

const page = { 'x-scanhook-console': '1', 'sec-fetch-site': 'same-origin' }

interface Asked {
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

async function ask(method: string, path: string, { cookie, headers = page, body }: Asked = {}, replica = 0) {
  const response = await fetch(`${urls[replica]}${path}`, {
    method,
    headers: {
      ...headers,
      ...(cookie === undefined ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const setCookie = response.headers.get('set-cookie') ?? ''
  return {
    status: response.status,
    text,
    setCookie,
    cookie: setCookie.split(';')[0] ?? '',
    headers: response.headers,
  }
}

const signIn = (body: unknown, headers: Readonly<Record<string, string>> = page) =>
  ask('POST', '/console/session', { body, headers })

test('N1: the page and its files come with a policy without inline code; only hashed names are kept for ever', async () => {
  const index = await ask('GET', '/console', { headers: {} })
  expect(index).toMatchObject({ status: 200, text: '<!doctype html>' })
  const policy = index.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  for (const each of [
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "connect-src 'self'",
  ])
    expect(policy).toContain(each)
  expect(index.headers.get('referrer-policy')).toBe('no-referrer')
  expect(index.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(index.headers.get('cache-control')).toBe('no-cache')
  expect(index.headers.get('x-content-type-options')).toBe('nosniff')
  const script = await ask('GET', '/console/static/index-abc.js', { headers: {} })
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect((await ask('GET', '/console/icon.svg', { headers: {} })).headers.get('cache-control')).toBe(
    'no-cache',
  )
  // A screen's address is the page; a script of an older release is none.
  expect((await ask('GET', '/console/webhooks/12', { headers: {} })).text).toBe('<!doctype html>')
  const filtered = await ask('GET', '/console/webhooks/12?tab=signing&q=a&q=b', { headers: {} })
  expect(filtered).toMatchObject({ status: 200, text: '<!doctype html>' })
  expect((await ask('GET', '/console?state=dead', { headers: {} })).status).toBe(200)
  expect((await ask('GET', '/console/assets/12', { headers: {} })).text).toBe('<!doctype html>')
  expect((await ask('GET', '/console/static/index-old.js', { headers: {} })).status).toBe(404)
  expect((await ask('GET', '/console/..%2f..%2fpackage.json', { headers: {} })).text).toBe('<!doctype html>')
})

test('N2: a link is exchanged once; its token and the session are in no body, and every refusal is the same', async () => {
  const link = await ask('POST', '/api/v1/portal-links', {
    headers: { authorization: `Bearer ${key}` },
    body: { scopes: ['assets:read'] },
  })
  const { token } = JSON.parse(link.text).data
  const begun = await signIn({ credential: token })
  expect(begun.status).toBe(201)
  expect(begun.text).not.toMatch(/p[sl]_/)
  expect(begun.setCookie).toMatch(
    /^scanhook-session=ps_[\w-]{43}; Path=\/; Max-Age=(28800|2879\d); HttpOnly; SameSite=Strict$/,
  )
  expect(begun.headers.get('cache-control')).toBe('no-store')
  const assetsSeen = await ask('GET', '/api/v1/assets', { cookie: begun.cookie }, 1)
  expect(assetsSeen.status).toBe(200)
  const forbidden = { cookie: begun.cookie, body: { name: 'A' } }
  expect((await ask('POST', '/api/v1/assets', forbidden)).status).toBe(403)
  const refusals = [
    await signIn({ credential: token }),
    await signIn({ credential: 'pl_invented' }),
    await signIn({ credential: 'sk_1_invented' }),
    await signIn({ credential: 'invented' }),
    await signIn({ credential: begun.cookie.split('=')[1] }),
  ]
  const details = refusals.map(({ status, text }) => [status, JSON.parse(text).error.detail])
  expect(new Set(details.map((each) => JSON.stringify(each))).size).toBe(1)
  expect(details[0]).toEqual([401, 'the link or the key is not valid'])
  expect((await signIn({ token })).status).toBe(400)
})

test('N2: of many that exchange one link at once, at both replicas, one gets a session', async () => {
  const link = await ask('POST', '/api/v1/portal-links', {
    headers: { authorization: `Bearer ${key}` },
    body: { scopes: ['assets:read'] },
  })
  const { token } = JSON.parse(link.text).data
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      ask('POST', '/console/session', { body: { credential: token } }, index % 2),
    ),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 401)])
  const cookies = answers.map(({ cookie }) => cookie).filter((cookie) => cookie !== '')
  expect(cookies).toHaveLength(1)
  expect((await ask('GET', '/api/v1/assets', { cookie: cookies[0] ?? '' }, 1)).status).toBe(200)
})

test('S3: behind TLS the cookie is of its own host alone, and travels on TLS alone', async () => {
  // As a proxy that ends TLS passes it on; `fetch` sets no Host.
  const answer = await new Promise<{ readonly status: number; readonly setCookie: string }>(
    (resolve, reject) => {
      const asked = request(`${urls[0]}/console/session`, {
        method: 'POST',
        headers: { ...page, host: 'hooks.example.com', 'content-type': 'application/json' },
      })
      asked.on('response', (response) => {
        response.resume()
        resolve({ status: response.statusCode ?? 0, setCookie: String(response.headers['set-cookie']) })
      })
      asked.on('error', reject)
      asked.end(JSON.stringify({ credential: key }))
    },
  )
  expect(answer.status).toBe(201)
  expect(answer.setCookie).toMatch(
    /^__Host-scanhook-session=ps_[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
  )
})

test('N3: who signs out is out at every replica at once; it and the sign-in stand in the audit log', async () => {
  const begun = await signIn({ credential: key })
  const session = { cookie: begun.cookie }
  const who = await ask('GET', '/console/session', session, 1)
  expect(JSON.parse(who.text).data).toMatchObject({
    organization_id: orgId,
    scopes: ['assets:read', 'assets:write', 'keys:admin'],
  })
  const out = await ask('DELETE', '/console/session', session)
  expect(out).toMatchObject({ status: 204, cookie: 'scanhook-session=' })
  expect(out.setCookie).toContain('Max-Age=0')
  for (const replica of [0, 1])
    expect((await ask('GET', '/console/session', session, replica)).status).toBe(401)
  const log = await ask('GET', '/api/v1/audit-log?limit=3', { headers: { authorization: `Bearer ${key}` } })
  const entries: readonly { operation: string; actor: { kind: string } }[] = JSON.parse(log.text).data
  expect(entries.map(({ operation, actor }) => [operation, actor.kind])).toEqual([
    ['portal_link.revoked', 'portal_link'],
    ['portal_link.used', 'portal_link'],
    ['portal_link.created', 'api_key'],
  ])
})

test('N3: who signs in anew in the same browser leaves no session behind, also one of another organization', async () => {
  const { id } = await organizations(pg).ensure('B')
  const { token } = await apiKeys(pg).create(id, { name: 'theirs', scopes: ['assets:read'] })
  const { cookie: mine } = await signIn({ credential: key })
  const refused = await ask('POST', '/console/session', { cookie: mine, body: { credential: 'pl_none' } })
  expect(refused.status).toBe(401)
  expect((await ask('GET', '/console/session', { cookie: mine })).status).toBe(200)
  const begun = await ask('POST', '/console/session', { cookie: mine, body: { credential: token } })
  expect(begun.status).toBe(201)
  for (const replica of [0, 1])
    expect((await ask('GET', '/console/session', { cookie: mine }, replica)).status).toBe(401)
  const now = await ask('GET', '/console/session', { cookie: begun.cookie })
  expect(JSON.parse(now.text).data).toMatchObject({ organization_id: id })
})

test('N3: a session ends with the key that it was signed in with', async () => {
  const { token: other, key: made } = await apiKeys(pg).create(orgId, {
    name: 'other',
    scopes: ['assets:read'],
  })
  const { cookie } = await signIn({ credential: other })
  expect((await ask('GET', '/api/v1/assets', { cookie })).status).toBe(200)
  await apiKeys(pg).remove(orgId, made.id)
  expect((await ask('GET', '/api/v1/assets', { cookie })).status).toBe(401)
  expect(keyId).not.toBe(made.id)
})

test('N4: another site signs nobody in, and does nothing with the session of who is', async () => {
  const foreign = [
    { 'sec-fetch-site': 'cross-site' },
    { 'x-scanhook-console': '1', 'sec-fetch-site': 'cross-site' },
    { 'x-scanhook-console': '1', origin: 'https://other.example' },
    { 'x-scanhook-console': '1' },
  ]
  for (const headers of foreign) expect((await signIn({ credential: key }, headers)).status).toBe(403)
  const { cookie } = await signIn({ credential: key })
  for (const headers of foreign)
    expect((await ask('POST', '/api/v1/assets', { cookie, headers, body: { name: 'A' } })).status).toBe(403)
  expect((await ask('POST', '/api/v1/assets', { cookie, body: { name: 'A' } })).status).toBe(201)
  // Machines are not asked where they come from.
  const machine = { headers: { authorization: `Bearer ${key}`, cookie }, body: { name: 'B' } }
  expect((await ask('POST', '/api/v1/assets', machine)).status).toBe(201)
})

test('two organizations do not see each other through their sessions', async () => {
  const other = (await organizations(pg).ensure('B')).id
  const { token: otherKey } = await apiKeys(pg).create(other, { name: 'b', scopes: ['assets:read'] })
  const { cookie } = await signIn({ credential: otherKey })
  expect(JSON.parse((await ask('GET', '/console/session', { cookie })).text).data.organization_id).toBe(other)
  expect(JSON.parse((await ask('GET', '/api/v1/assets', { cookie })).text).data).toEqual([])
})
