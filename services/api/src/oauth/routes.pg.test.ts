/** Access tokens as a client meets them: over HTTP, on a real PostgreSQL, through two replicas of the API. */
import { randomBytes } from 'node:crypto'
import { openAccessTokens } from '@scanhook/http/access-token'
import { openHttp } from '@scanhook/http/app'
import type { RateLimit } from '@scanhook/http/rate-limit'
import { tokenAuthentication } from '@scanhook/http/token-authentication'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { tokenChains } from '@scanhook/postgres/token-chains'
import { systemClock } from '@scanhook/runtime/clock'
import { openKeyRing } from '@scanhook/signing/seal'
import { type ApiAnswer, apiCaller } from '@scanhook/testkit/api-caller'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addApiKeyRoutes } from '../api-keys/routes.ts'
import { addOrganizationRoutes } from '../organization/routes.ts'
import type { Api } from '../server.ts'
import { addTokenRoute } from './routes.ts'

interface Answer {
  readonly access_token: string
  readonly refresh_token: string
  readonly data: {
    readonly id: number
    readonly api_key_id: number
    readonly client_id: string
    readonly client_secret: string
    readonly key: string
    readonly scopes: readonly string[]
  }
  readonly error: {
    readonly type: string
    readonly detail: string
    readonly fields: readonly { readonly field: string; readonly code: string; readonly message: string }[]
  }
}
interface Client {
  readonly client_id: string
  readonly client_secret: string
  readonly key: string
  readonly id: number
}
/** One process of the API, whose clock a test may put forward. */
interface Replica {
  readonly api: Api
  readonly port: number
  aheadMs: number
  /** A PostgreSQL that does not answer the question of who is asking. */
  isStoreAway: boolean
}

const secretKeys = `k1:${randomBytes(32).toString('base64')}`
const plenty: RateLimit = { perMinute: 100_000, burst: 100_000 }
let database: TestDatabase
let pg: Postgres
let one: Replica
let two: Replica
let admin = ''
let orgId = 0
const opened: Replica[] = []
const lines: string[] = []

async function openReplica(rateLimit = plenty): Promise<Replica> {
  const log = openLog({ name: 'api', level: 'debug', write: (line) => lines.push(line) })
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + replica.aheadMs }
  const tokens = openAccessTokens(openKeyRing(secretKeys).deriveKeys('access token'))
  const chains = tokenChains(pg)
  const api = openHttp({
    host: '127.0.0.1',
    port: 0,
    authenticate: tokenAuthentication({
      authenticateKey: apiKeys(pg).authenticate,
      tokens,
      findLive: async (chain) => {
        if (replica.isStoreAway) throw Object.assign(new Error('away'), { retriable: true })
        return chains.findLive(chain)
      },
      clock,
    }),
    rateLimit,
    log,
    metrics: openMetrics(),
    clock,
    random: Math.random,
  })
  const replica = { api, port: 0, aheadMs: 0, isStoreAway: false }
  addOrganizationRoutes(api, organizations(pg), { isOperator: () => false })
  addApiKeyRoutes(api, apiKeys(pg))
  addTokenRoute(api, { keys: apiKeys(pg), chains, tokens, clock, log })
  replica.port = Number(new URL(await api.listen()).port)
  opened.push(replica)
  return replica
}

beforeAll(async () => {
  database = await createTestDatabase('oauth', process.env['POSTGRES_URL'])
  pg = openPostgres({
    url: database.url,
    log: openLog({ name: 'x', level: 'fatal', write: () => undefined }),
  })
  orgId = (await organizations(pg).ensure('A')).id
  admin = (await apiKeys(pg).create(orgId, { name: 'admin', scopes: ['keys:admin', 'assets:read'] })).token
  one = await openReplica()
  two = await openReplica()
})
afterAll(async () => {
  for (const { api } of opened) await api.close()
  await pg?.close()
  await database?.drop()
})

async function newClient(scopes: readonly string[] = ['assets:read']): Promise<Client> {
  const made = await apiCaller<Answer>(one.port, admin)('POST', '/api-keys', { name: 'ci', scopes })
  expect(made.status).toBe(201)
  return made.body.data
}
async function ask(body: unknown, replica = one): Promise<ApiAnswer<Answer>> {
  return apiCaller<Answer>(replica.port, 'none')('POST', '/oauth/token', body)
}
async function getTokens({ client_id, client_secret }: Client): Promise<Answer> {
  const { status, body } = await ask({ grant_type: 'client_credentials', client_id, client_secret })
  expect(status).toBe(200)
  return body
}
const refresh = (refresh_token: string, more: object = {}): Promise<ApiAnswer<Answer>> =>
  ask({ grant_type: 'refresh_token', refresh_token, ...more })
async function statusOf(token: string, replica = one): Promise<number> {
  return (await apiCaller<Answer>(replica.port, token)('GET', '/orgs/me')).status
}

const answerShape = {
  access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  refresh_token: expect.stringMatching(/^rt_[\w-]{43}_[\w-]{43}$/),
  token_type: 'Bearer',
  expires_in: 900,
}

test('O2: a client gets exactly TrakRF’s answer, which nobody keeps, and its token works in every replica', async () => {
  const client = await newClient()
  const { client_id, client_secret, key } = client
  const answer = await ask({ grant_type: 'client_credentials', client_id, client_secret })
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(answer.body).toEqual(answerShape)
  for (const { port } of [one, two]) {
    const { status, body } = await apiCaller<Answer>(port, answer.body.access_token)('GET', '/orgs/me')
    expect([status, body.data]).toMatchObject([
      200,
      { id: orgId, api_key_id: client.id, scopes: ['assets:read'] },
    ])
  }
  expect((await ask({ grant_type: 'client_credentials', client_id, client_secret: key })).status).toBe(200)
  expect(await statusOf(key)).toBe(200)
})

test('an OAuth library may send a form, and the client in the Basic header', async () => {
  const { client_id, client_secret } = await newClient()
  const post = async (
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<unknown[]> => {
    const response = await fetch(`http://127.0.0.1:${one.port}/api/v1/oauth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(fields),
    })
    return [response.status, await response.json()]
  }
  const grant_type = 'client_credentials'
  const basicOf = (secret: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}`,
  })
  expect(await post({ grant_type, client_id, client_secret })).toEqual([200, answerShape])
  expect(await post({ grant_type }, basicOf(client_secret))).toEqual([200, answerShape])
  expect((await post({ grant_type }, basicOf('wrong')))[0]).toBe(401)
  expect((await post({ grant_type, client_secret }))[1]).toMatchObject({
    error: { fields: [{ field: 'client_id', code: 'required' }] },
  })
})

test('a token gives the scopes of its key and no more', async () => {
  const [narrow, wide] = [await newClient(), await newClient(['keys:admin'])]
  for (const [client, expected] of [
    [narrow, 403],
    [wide, 200],
  ] as const) {
    const { access_token } = await getTokens(client)
    expect((await apiCaller(one.port, access_token)('GET', '/api-keys')).status).toBe(expected)
  }
})

test('a refresh token gives the next pair, with and without the client', async () => {
  const client = await newClient()
  const { client_id, client_secret } = client
  const first = await getTokens(client)
  const second = await refresh(first.refresh_token)
  expect([second.status, second.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(second.body).toEqual(answerShape)
  const third = await refresh(second.body.refresh_token, { client_id, client_secret })
  expect(third.status).toBe(200)
  for (const { access_token } of [first, second.body, third.body])
    expect(await statusOf(access_token)).toBe(200)
  expect(new Set([first, second.body, third.body].map((body) => body.refresh_token)).size).toBe(3)
})

test('a used refresh token ends the chain: the living one at once, access tokens within 30 s', async () => {
  const first = await getTokens(await newClient())
  const { body: second } = await refresh(first.refresh_token)
  expect([await statusOf(second.access_token), await statusOf(first.access_token)]).toEqual([200, 200])
  expect((await refresh(first.refresh_token)).status).toBe(401)
  expect((await refresh(second.refresh_token)).status).toBe(401)
  expect(await statusOf(second.access_token, two)).toBe(401) // which has not seen it before
  one.aheadMs += 30_001
  expect([await statusOf(second.access_token), await statusOf(first.access_token)]).toEqual([401, 401])
  expect(lines.filter((line) => line.includes('"token.replayed"'))).toHaveLength(1)
})

test('a withdrawn key takes its access tokens with it within 30 s, and its refresh token', async () => {
  const client = await newClient()
  const { access_token, refresh_token } = await getTokens(client)
  expect(await statusOf(access_token)).toBe(200)
  expect((await apiCaller(one.port, admin)('DELETE', `/api-keys/${client.id}`)).status).toBe(204)
  one.aheadMs += 30_001
  expect(await statusOf(access_token)).toBe(401)
  expect((await refresh(refresh_token)).status).toBe(401)
})

test('an access token ends after 15 minutes, also while the store is away', async () => {
  const replica = await openReplica()
  const { body } = await ask({ grant_type: 'client_credentials', ...pick(await newClient()) }, replica)
  replica.aheadMs = 880_000
  expect(await statusOf(body.access_token, replica)).toBe(200)
  replica.isStoreAway = true
  replica.aheadMs = 898_000
  expect(await statusOf(body.access_token, replica)).toBe(200)
  replica.aheadMs = 900_000
  expect(await statusOf(body.access_token, replica)).toBe(401)
  replica.aheadMs = 0
  expect(await statusOf(body.access_token, await openReplica())).toBe(200)
})

test('O1: every wrong credential is the same 401', async () => {
  const [client, other] = [await newClient(), await newClient()]
  const used = (await getTokens(client)).refresh_token
  await refresh(used)
  const { client_id, client_secret } = client
  const living = (await getTokens(other)).refresh_token
  const grant_type = 'client_credentials'
  const answers = [
    await ask({ grant_type, client_id, client_secret: other.client_secret }),
    await ask({ grant_type, client_id, client_secret: other.key }),
    await ask({ grant_type, client_id: `${Number.MAX_SAFE_INTEGER}`, client_secret }),
    await ask({ grant_type, client_id: "' or 1=1", client_secret: 'x' }),
    await refresh(used),
    await refresh('rt_x'),
    await refresh(`rt_${'A'.repeat(43)}_${'A'.repeat(43)}`),
    await refresh(living, { client_id, client_secret: 'wrong' }),
    await refresh(living, { client_id, client_secret }),
  ]
  for (const { status, headers, body } of answers) {
    expect([status, headers.get('www-authenticate'), body.error]).toMatchObject([
      401,
      'Bearer realm="scanhook-api"',
      { type: 'unauthorized', detail: 'the credentials are not valid', fields: [] },
    ])
  }
})

test.each([
  [{ grant_type: 'password' }, [['grant_type', 'invalid_value']]],
  [{}, [['grant_type', 'required']]],
  [
    { grant_type: 'client_credentials' },
    [
      ['client_id', 'required'],
      ['client_secret', 'required'],
    ],
  ],
  [{ grant_type: 'refresh_token' }, [['refresh_token', 'required']]],
  [{ grant_type: 'refresh_token', refresh_token: 'x', scope: 'y' }, [['scope', 'unknown_field']]],
  [{ grant_type: 'client_credentials', client_id: 1, client_secret: 'x' }, [['client_id', 'invalid_value']]],
  [
    { grant_type: 'client_credentials', client_id: '1', client_secret: 'x'.repeat(513) },
    [['client_secret', 'too_long']],
  ],
])('%j is a validation error: %j', async (body, expected) => {
  const answer = await ask(body)
  expect([answer.status, answer.body.error.type]).toEqual([400, 'validation_error'])
  expect(answer.body.error.fields.map(({ field, code }) => [field, code])).toEqual(expected)
})

test('who guesses is limited by address, whatever it calls itself', async () => {
  const replica = await openReplica({ perMinute: 1, burst: 3 })
  const guess = (n: number): Promise<ApiAnswer<Answer>> =>
    apiCaller<Answer>(replica.port, `bearer-${n}`)('POST', '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: `${n}`,
      client_secret: 'x',
    })
  const statuses: number[] = []
  for (let n = 1; n <= 5; n++) statuses.push((await guess(n)).status)
  expect(statuses).toEqual([401, 401, 401, 429, 429])
  expect((await guess(6)).headers.get('retry-after')).toMatch(/^\d+$/)
})

test('O2: nothing of a token or a secret is in the log', async () => {
  const client = await newClient()
  const first = await getTokens(client)
  await refresh(first.refresh_token)
  await refresh(first.refresh_token)
  await statusOf(first.access_token)
  const log = lines.join('')
  expect(log).toContain('/api/v1/oauth/token')
  for (const secret of [client.client_secret, first.access_token, first.refresh_token.slice(3, 46)])
    expect(log).not.toContain(secret)
})

function pick({ client_id, client_secret }: Client): Pick<Client, 'client_id' | 'client_secret'> {
  return { client_id, client_secret }
}
