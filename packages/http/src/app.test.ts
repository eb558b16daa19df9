import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { systemClock } from '@scanhook/runtime/clock'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { listed, nothing, single } from './answers.ts'
import { ApiError } from './api-error.ts'
import { type HttpApp, type HttpOptions, openHttp } from './app.ts'
import type { Caller } from './authentication.ts'
import { pageParams } from './query.ts'

const apps = new Set<HttpApp<Caller>>()
afterEach(async () => {
  await Promise.all([...apps].map((app) => app.close()))
  apps.clear()
})

const callers: Readonly<Record<string, Caller>> = {
  reader: { orgId: 1, apiKeyId: 1, scopes: ['assets:read'] },
  writer: { orgId: 1, apiKeyId: 2, scopes: ['assets:read', 'assets:write'] },
}

function open(overrides: Partial<HttpOptions<Caller>> = {}): HttpApp<Caller> {
  const app = openHttp<Caller>({
    host: '127.0.0.1',
    port: 0,
    authenticate: async (token) => callers[token] ?? null,
    log: silentLog,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
    ...overrides,
  })
  apps.add(app)
  return app
}

const asset = z.object({ name: z.string().min(1) })

async function openAssets(overrides: Partial<HttpOptions<Caller>> = {}): Promise<string> {
  const app = open(overrides)
  app.route({
    method: 'GET',
    path: '/api/v1/assets',
    scope: 'assets:read',
    query: z.object(pageParams),
    handle: async ({ query }) =>
      listed({ data: [], limit: query.limit, offset: query.offset, totalCount: 0 }),
  })
  app.route({
    method: 'POST',
    path: '/api/v1/assets',
    scope: 'assets:write',
    body: asset,
    bodyMaxBytes: 1000,
    handle: async ({ body, caller }) => single({ name: body.name, org: caller.orgId }, 201),
  })
  app.route({
    method: 'PATCH',
    path: '/api/v1/assets/:asset_id',
    scope: 'assets:write',
    params: z.object({ asset_id: z.coerce.number<string>().int() }),
    body: asset.partial(),
    handle: async ({ params, body }) => single({ id: params.asset_id, ...body }),
  })
  app.route({
    method: 'DELETE',
    path: '/api/v1/assets/:asset_id',
    scope: null,
    handle: async () => nothing(),
  })
  app.route({
    method: 'GET',
    path: '/api/v1/assets/export',
    scope: null,
    handle: async () => nothing(),
  })
  app.route({
    method: 'GET',
    path: '/api/v1/broken/:how',
    scope: null,
    params: z.object({ how: z.string() }),
    handle: async ({ params }) => {
      if (params.how === 'away')
        throw Object.assign(new Error('POSTGRES_UNAVAILABLE: pw=hunter2'), { retriable: true })
      if (params.how === 'conflict') throw new ApiError('conflict', 'external_key is taken')
      throw new Error('hunter2')
    },
  })
  app.route({
    method: 'POST',
    path: '/api/v1/scans',
    scope: null,
    bodyKind: ['json', 'ndjson'],
    body: z.array(z.unknown()),
    bodyMaxBytes: 4 * 1024 * 1024,
    handle: async ({ bodyKind, text, body }) =>
      single({ bodyKind, lines: text.split('\n').length, body: body?.length ?? null }),
  })
  app.publicRoute({
    method: 'GET',
    path: '/',
    handle: async () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<p>hello' }),
  })
  return app.listen()
}

interface Sent {
  readonly method?: string
  readonly key?: string | null
  readonly type?: string | undefined
  readonly body?: string | Buffer
}

async function send(
  url: string,
  { method = 'GET', key = 'writer', type, body }: Sent = {},
): Promise<Response> {
  return fetch(url, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
  })
}

interface ErrorBody {
  readonly error: Record<string, unknown> & { readonly fields: readonly Record<string, unknown>[] }
}

async function errorOf(response: Response): Promise<ErrorBody['error']> {
  return ((await response.json()) as ErrorBody).error
}

const ulid = /^[0-9A-HJKMNP-TV-Z]{26}$/

test('answers are enveloped and carry request id and rate-limit headers', async () => {
  const url = await openAssets()
  const one = await send(`${url}/api/v1/assets`, {
    method: 'POST',
    type: 'application/json',
    body: '{"name":"a"}',
  })
  expect([one.status, await one.json()]).toEqual([201, { data: { name: 'a', org: 1 } }])
  expect(one.headers.get('x-request-id')).toMatch(ulid)
  expect(one.headers.get('ratelimit-policy')).toBe('60;w=60')
  expect(one.headers.get('x-ratelimit-limit')).toBe('120')
  expect(one.headers.get('x-ratelimit-remaining')).toBe('119')
  expect(Number(one.headers.get('x-ratelimit-reset'))).toBeGreaterThan(1_700_000_000)
  const list = await send(`${url}/api/v1/assets?limit=7`)
  expect(await list.json()).toEqual({ data: [], limit: 7, offset: 0, total_count: 0 })
  const gone = await send(`${url}/api/v1/assets/7`, { method: 'DELETE' })
  expect([gone.status, await gone.text()]).toEqual([204, ''])
})

test('a request id from outside is not taken over', async () => {
  const url = await openAssets()
  const answer = await fetch(`${url}/`, { headers: { 'x-request-id': 'mine' } })
  expect(answer.headers.get('x-request-id')).toMatch(ulid)
  expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['text/html', '<p>hello'])
})

const json = 'application/json'
const refusals: readonly [string, string, Sent, number, string, string][] = [
  ['no key', '/api/v1/assets', { key: null }, 401, 'unauthorized', 'send Authorization: Bearer <key>'],
  [
    'a wrong key',
    '/api/v1/assets',
    { key: 'nobody' },
    401,
    'unauthorized',
    'the key is not known, has expired or was revoked',
  ],
  [
    'a missing scope',
    '/api/v1/assets',
    { key: 'reader', method: 'POST', type: json, body: '{' },
    403,
    'forbidden',
    'this key lacks the scope assets:write',
  ],
  ['an unknown path', '/api/v1/nothing?x=1', {}, 404, 'not_found', 'there is nothing at /api/v1/nothing'],
  [
    'a wrong method',
    '/api/v1/assets/7',
    { method: 'PUT', type: json, body: '{}' },
    405,
    'method_not_allowed',
    'this path allows PATCH, DELETE',
  ],
  [
    'a wrong content type',
    '/api/v1/assets',
    { method: 'POST', type: 'text/plain', body: '{}' },
    415,
    'unsupported_media_type',
    'Content-Type must be application/json',
  ],
  [
    'no content type',
    '/api/v1/assets',
    { method: 'POST', body: '{}' },
    415,
    'unsupported_media_type',
    'Content-Type must be application/json',
  ],
  [
    'PATCH with plain JSON',
    '/api/v1/assets/7',
    { method: 'PATCH', type: json, body: '{}' },
    415,
    'unsupported_media_type',
    'Content-Type must be application/merge-patch+json',
  ],
  [
    'broken JSON',
    '/api/v1/assets',
    { method: 'POST', type: json, body: '{' },
    400,
    'bad_request',
    'the body is not valid JSON',
  ],
  [
    'an empty body',
    '/api/v1/assets',
    { method: 'POST', type: json, body: '' },
    400,
    'bad_request',
    'a JSON body is required',
  ],
  [
    'bytes that are no UTF-8',
    '/api/v1/assets',
    { method: 'POST', type: json, body: Buffer.from([0x22, 0xff, 0x22]) },
    400,
    'bad_request',
    'the body is not valid UTF-8',
  ],
  [
    'a large body',
    '/api/v1/assets',
    { method: 'POST', type: json, body: `"${'x'.repeat(2000)}"` },
    413,
    'bad_request',
    'the body is too large',
  ],
  [
    'an unknown body key',
    '/api/v1/assets',
    { method: 'POST', type: json, body: '{"name":"a","id":1}' },
    400,
    'validation_error',
    'id is not a known field',
  ],
  ['an unknown query key', '/api/v1/assets?page=2', {}, 400, 'validation_error', 'page is not a known field'],
  [
    'a query where none is known',
    '/api/v1/assets/7?force=1',
    { method: 'DELETE' },
    400,
    'validation_error',
    'force is not a known field',
  ],
  [
    'a body where none is known',
    '/api/v1/assets/7',
    { method: 'DELETE', type: json, body: '{"a":1}' },
    400,
    'validation_error',
    'a is not a known field',
  ],
  [
    'a list that is too long',
    '/api/v1/assets?limit=201',
    {},
    400,
    'validation_error',
    'limit must be at most 200',
  ],
  ['a conflict', '/api/v1/broken/conflict', {}, 409, 'conflict', 'external_key is taken'],
  [
    'a bug',
    '/api/v1/broken/bug',
    {},
    500,
    'internal_error',
    'something went wrong on our side; quote the request id',
  ],
  [
    'a dependency that is away',
    '/api/v1/broken/away',
    {},
    503,
    'internal_error',
    'something that this request needs is away right now; send it again',
  ],
  [
    'a path that can not be decoded',
    '/api/v1/assets/%ff',
    { method: 'DELETE' },
    400,
    'bad_request',
    'bad request',
  ],
]

test.each(refusals)(
  '%s is refused in the documented form',
  async (_name, path, sent, status, type, detail) => {
    const url = await openAssets()
    const response = await send(`${url}${path}`, sent)
    const error = await errorOf(response)
    expect(error).toMatchObject({
      status,
      type,
      detail,
      instance: path.split('?')[0],
      title: expect.any(String) as string,
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(error['request_id']).toBe(response.headers.get('x-request-id'))
    expect(error['request_id']).toMatch(ulid)
    expect(Array.isArray(error.fields)).toBe(true)
    if (path !== '/api/v1/assets/%ff') expect(response.headers.get('x-ratelimit-remaining')).toMatch(/^\d+$/)
  },
)

test('a path that stands for itself is no parameter of another one: another method is 405, whatever comes with it', async () => {
  const url = await openAssets()
  for (const method of ['PATCH', 'DELETE', 'QUERY']) {
    const answer = await send(`${url}/api/v1/assets/export`, { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  }
  expect((await send(`${url}/api/v1/assets/export`)).status).toBe(204)
  expect((await send(`${url}/api/v1/assets/7`, { method: 'DELETE' })).status).toBe(204)
})

test('a HEAD of a stream is answered at once, and nothing goes on being read for it', async () => {
  const app = open()
  const endless = new Readable({ read: () => undefined })
  const isClosed = once(endless, 'close')
  app.route({
    method: 'GET',
    path: '/api/v1/stream',
    scope: null,
    handle: async () => ({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: endless }),
  })
  const answer = await send(`${await app.listen()}/api/v1/stream`, { method: 'HEAD' })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  await isClosed
})

test('401, 405, 503 carry the headers that tell what to do', async () => {
  const url = await openAssets()
  expect((await send(`${url}/api/v1/assets`, { key: null })).headers.get('www-authenticate')).toBe(
    'Bearer realm="scanhook-api"',
  )
  expect((await send(`${url}/api/v1/assets`, { method: 'DELETE' })).headers.get('allow')).toBe(
    'GET, HEAD, POST',
  )
  expect((await send(`${url}/api/v1/broken/away`)).headers.get('retry-after')).toBe('5')
})

test('a field problem has field, code, message and params, null when there is nothing to add', async () => {
  const url = await openAssets()
  const error = await errorOf(
    await send(`${url}/api/v1/assets`, { method: 'POST', type: json, body: '{"name":7,"x":1}' }),
  )
  expect(error.fields).toEqual([
    {
      field: 'name',
      code: 'invalid_value',
      message: 'must be a string; received number',
      params: { expected_type: 'string' },
    },
    { field: 'x', code: 'unknown_field', message: 'is not a known field', params: null },
  ])
})

test('merge-patch is accepted with its content type, parameters and letter case aside', async () => {
  const url = await openAssets()
  const type = 'Application/Merge-Patch+JSON; charset="UTF-8"'
  const answer = await send(`${url}/api/v1/assets/7`, { method: 'PATCH', type, body: '{"name":"b"}' })
  expect(await answer.json()).toEqual({ data: { id: 7, name: 'b' } })
})

test('one route takes JSON and NDJSON, up to its own limit', async () => {
  const url = await openAssets()
  const lines = `${'x'.repeat(1023)}\n`.repeat(4095)
  const text = await send(`${url}/api/v1/scans`, {
    method: 'POST',
    type: 'application/x-ndjson',
    body: lines,
  })
  expect(await text.json()).toEqual({ data: { bodyKind: 'ndjson', lines: 4096, body: null } })
  const array = await send(`${url}/api/v1/scans`, { method: 'POST', type: json, body: '[1,2]' })
  expect(await array.json()).toEqual({ data: { bodyKind: 'json', lines: 1, body: 2 } })
  expect(
    (await send(`${url}/api/v1/scans`, { method: 'POST', type: json, body: `${lines}${lines}` })).status,
  ).toBe(413)
})

test('the rate limit is per key, with Retry-After, and strangers have one of their own', async () => {
  const url = await openAssets({ rateLimit: { perMinute: 60, burst: 2 } })
  const statuses = []
  for (let count = 0; count < 3; count += 1) statuses.push((await send(`${url}/api/v1/assets`)).status)
  expect(statuses).toEqual([200, 200, 429])
  const refused = await send(`${url}/api/v1/assets`)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(await errorOf(refused)).toMatchObject({
    type: 'rate_limited',
    title: 'Too many requests',
    status: 429,
  })
  expect((await send(`${url}/api/v1/assets`, { key: 'reader' })).status).toBe(200)
  const strangers = []
  for (let count = 0; count < 3; count += 1)
    strangers.push((await send(`${url}/api/v1/assets`, { key: 'x' })).status)
  expect(strangers).toEqual([401, 401, 429])
})

test('when keys can not be checked, unknown callers get 503 and known ones go on', async () => {
  let isAway = false
  let nowMs = Date.now()
  const url = await openAssets({
    clock: { ...systemClock, nowMs: () => nowMs },
    authenticate: async (token) => {
      if (isAway) throw Object.assign(new Error('POSTGRES_UNAVAILABLE'), { retriable: true })
      return callers[token] ?? null
    },
  })
  expect((await send(`${url}/api/v1/assets`)).status).toBe(200)
  isAway = true
  nowMs += 31_000
  expect((await send(`${url}/api/v1/assets`)).status).toBe(200)
  const refused = await send(`${url}/api/v1/assets`, { key: 'reader' })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  expect((await errorOf(refused))['type']).toBe('internal_error')
})

async function freePort(): Promise<number> {
  const app = open()
  const { port } = new URL(await app.listen())
  await app.close()
  return Number(port)
}

test('H1: two parts share one port; one that closes answers 503 until the last closes the socket', async () => {
  const port = await freePort()
  const [one, two] = [open({ port }), open({ port })]
  const route = (path: string): Parameters<typeof one.publicRoute>[0] => ({
    method: 'GET',
    path,
    handle: async () => single(path),
  })
  one.publicRoute(route('/one'))
  const url = await one.listen()
  expect((await send(`${url}/two`)).status).toBe(404)
  two.publicRoute(route('/two'))
  expect(await two.listen()).toBe(url)
  expect([(await send(`${url}/one`)).status, (await send(`${url}/two`)).status]).toEqual([200, 200])
  expect(() => two.publicRoute(route('/late'))).toThrow(/HTTP_LATE_ROUTE/)
  await one.close()
  const closing = await send(`${url}/one`)
  expect([closing.status, closing.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await send(`${url}/two`)).status).toBe(200)
  await two.close()
  await expect(send(`${url}/two`)).rejects.toThrow()
})

test('H2: closing waits for answers that are under way', async () => {
  const app = open()
  let release = (): void => undefined
  const entered = Promise.withResolvers<void>()
  app.publicRoute({
    method: 'GET',
    path: '/slow',
    handle: async () => {
      entered.resolve()
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return single('done')
    },
  })
  const url = await app.listen()
  const answer = send(`${url}/slow`)
  await entered.promise
  const closing = app.close()
  release()
  expect(await (await answer).json()).toEqual({ data: 'done' })
  await closing
})

test('H2: closing does not wait for a connection on which nothing was asked', async () => {
  const app = open()
  const { port } = new URL(await app.listen())
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  const ended = once(socket, 'close')
  await app.close()
  await ended
})

test('a port that is taken is said', async () => {
  const { port } = new URL(await openAssets())
  await expect(openAssets({ port: Number(port), host: '127.0.0.1' })).rejects.toThrow(/EADDRINUSE/)
})

test('what is no HTTP gets 400 and a closed socket', async () => {
  const { port } = new URL(await openAssets())
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'))
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/)
})

test('requests are counted by route, never by path', async () => {
  const metrics = openMetrics()
  const url = await openAssets({ metrics })
  await send(`${url}/api/v1/assets/7`, { method: 'DELETE' })
  await send(`${url}/anything`)
  const text = await metrics.text()
  expect(text).toContain(
    'scanhook_http_request_duration_seconds_count{method="DELETE",route="/api/v1/assets/:asset_id",status="2xx"} 1',
  )
  expect(text).toContain('route="unknown",status="4xx"} 1')
})

test('parts that are opened in one process listen only once each, and close twice without harm', async () => {
  const app = open()
  expect(await app.listen()).toBe(await app.listen())
  await app.close()
  await app.close()
})
