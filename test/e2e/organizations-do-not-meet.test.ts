/**
 * Every operation of the OpenAPI document, asked by whom it must refuse.
 *
 *   T1. What belongs to another organization is answered exactly as what never existed, and nothing of it is told.
 *   T2. Without its scope an operation is refused, with every other one.
 *   T3. Without a key, or with one that is none, everything is refused.
 */
import { openClient } from '@scanhook/client/open-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, openApiWorld } from '../conformance/open-api-world.ts'
import { bodyOf, type Ids, type Operation, pathOf, readOperations } from '../conformance/operations.ts'
import { type ApiAnswer, type ApiClient, apiClient } from '../harness/api-client.ts'
import { runStep } from '../harness/world.ts'

const operations = readOperations()
const closed = operations.filter(({ isPublic }) => !isPublic)
const scopes = [...new Set(operations.flatMap((operation) => operation.scopes))]

/** Ids that nobody has. */
const nobodys: Ids = {
  asset_id: 1_234_567,
  tag_id: 1_234_568,
  location_id: 1_234_569,
  scan_device_id: 1_234_570,
  scan_point_id: 1_234_571,
  webhook_id: 1_234_572,
  api_key_id: 1_234_573,
  job_id: 1_234_574,
  portal_link_id: 1_234_575,
  event_id: '00000000-0000-4000-8000-000000000000',
  delivery_id: '00000000-0000-4000-8000-000000000001',
  check_id: '00000000-0000-4000-8000-000000000002',
  name: 'nobody',
}

let it: ApiWorld
let other: ApiClient
/** What the first organization has. */
let theirs: Ids

beforeAll(async () => {
  it = await openApiWorld()
  const seeded = await runStep('services/setup/src/seed-main.ts', ['--org', 'Other', '--json'], it.world.env)
  other = apiClient(it.api.url, (JSON.parse(seeded) as { api_key: string }).api_key)
  theirs = await it.existing()
})
afterAll(() => it?.close())

const ask = (client: ApiClient, operation: Operation, ids: Ids, query = ''): Promise<ApiAnswer> =>
  client.call(
    operation.method,
    `${pathOf(operation, ids)}${query}`,
    bodyOf(operation),
    operation.contentType ?? undefined,
  )

/** What may differ between two refusals: the request's own id and path. */
function comparable({ status, body }: ApiAnswer): unknown {
  const { error, ...rest } = body as { error?: Record<string, unknown> }
  return { status, ...rest, error: error && { ...error, request_id: '', instance: '' } }
}

/** Nobody listens in this world, and a stream that is let in does not end: whose it is, is tested as R4 of the relay. */
const followListener = 'followListener'

/** What they name is made by asking for it. */
const making = ['setEventCursor']

test.each(
  operations
    .filter(({ id, parameters }) => parameters.length > 0 && !making.includes(id))
    .map((one) => [one.id, one] as const),
)('T1: %s of another organization is a 404 like any other', async (_, operation) => {
  const foreign = await ask(other, operation, theirs)
  expect(foreign.status, JSON.stringify(foreign.body)).toBe(404)
  expect(comparable(foreign)).toEqual(comparable(await ask(other, operation, nobodys)))
  // The right one would be let in, so it is not the request that is wrong.
  if (operation.method === 'GET' && operation.id !== followListener)
    expect((await ask(it.api, operation, theirs)).status).toBe(200)
})

/** The catalogue is everybody's; figures of the installation are nobody's here, and streams do not end (live.pg.test.ts). */
const ofOperators = [
  ...['getPipeline', 'getThroughput', 'getBreakers', 'getTenants', 'getSchemaSubjects', 'listPoison'],
]
const streams = ['streamEvents', 'streamDeliveries', 'streamAttempts']
const notListed = ['listEventTypes', ...streams, ...ofOperators]

test.each(
  operations
    .filter(
      ({ id, method, parameters }) => method === 'GET' && parameters.length === 0 && !notListed.includes(id),
    )
    .map((one) => [one.id, one] as const),
)('T1: %s shows nothing of another organization, and counts nothing of it', async (id, operation) => {
  const { status, body } = await ask(other, operation, {})
  expect(status).toBe(200)
  const text = JSON.stringify(body)
  for (const theirName of it.names) expect(text).not.toContain(theirName)
  // They have a key, and that it was made stands in their log.
  if (id === 'listApiKeys' || id === 'listAuditLog' || !Array.isArray(body['data'])) return
  expect(body['data']).toEqual([])
  expect(body['total_count'] ?? 0).toBe(0)
})

test('T1: figures of the installation are told to no organization that is not named as its operator', async () => {
  const asked = operations.filter(({ path }) => path.startsWith('/api/v1/operator/'))
  expect(asked.map(({ id }) => id).sort()).toEqual([...ofOperators, 'replayPoison'].sort())
  for (const operation of asked) {
    const { status, body } = await ask(other, operation, {})
    expect([operation.id, status, 'data' in body]).toEqual([operation.id, 403, false])
  }
})

const filters: Readonly<Record<string, readonly string[]>> = {
  listAssets: ['id'],
  listLocations: ['id', 'parent_id'],
  listScanDevices: ['id'],
  listScanPoints: ['id', 'scan_device_id', 'location_id'],
  listWebhooks: ['id'],
  listDeliveries: ['webhook_id', 'event_id'],
  listAttempts: ['webhook_id', 'event_id', 'delivery_id'],
  listUsage: ['webhook_id'],
  listEvents: ['asset_id'],
  listJobs: ['webhook_id'],
  listAssetLocations: ['asset_id', 'location_id'],
}
const own: Readonly<Record<string, string>> = {
  listAssets: 'asset_id',
  listLocations: 'location_id',
  listScanDevices: 'scan_device_id',
  listScanPoints: 'scan_point_id',
  listWebhooks: 'webhook_id',
}

test.each(Object.entries(filters))(
  'T1: %s finds nothing by ids of another organization',
  async (id, names) => {
    const operation = operations.find((one) => one.id === id)
    if (operation === undefined) throw new Error(`there is no ${id}`)
    for (const name of names) {
      const value = theirs[name === 'id' ? (own[id] ?? '') : name === 'parent_id' ? 'location_id' : name]
      const { status, body } = await ask(other, operation, {}, `?${name}=${value}`)
      expect(status).toBe(200)
      expect(body['data']).toEqual([])
    }
  },
)

test.each([
  ['/api/v1/locations', { name: 'x', parent_id: 'location_id' }],
  ['/api/v1/scan-points', { scan_device_id: 'scan_device_id' }],
  ['/api/v1/jobs', { kind: 'all', since: '2026-01-01T00:00:00Z', webhook_id: 'webhook_id' }],
] as const)('T1: what is made at %s can not point to another organization', async (path, body) => {
  const withIds = (ids: Ids) =>
    Object.fromEntries(Object.entries(body).map(([key, value]) => [key, ids[value] ?? value]))
  const foreign = await other.call('POST', path, withIds(theirs))
  expect([400, 404]).toContain(foreign.status)
  expect(comparable(foreign)).toEqual(comparable(await other.call('POST', path, withIds(nobodys))))
})

test('T1: a record that is validated for another organization tells nothing of what that one has', async () => {
  const [tag] = await it.api.data<readonly { value: string }[]>(
    'GET',
    `/api/v1/assets/${theirs['asset_id']}/tags`,
  )
  const draft = (org: number) => ({
    topic: 'reads',
    key: 'gw-DOCK',
    headers: { 'scanhook-org': String(org) },
    value: { id: 'draft', device: 'gw-DOCK', tag: { value: tag?.value } },
  })
  const ask = async (client: ApiClient): Promise<unknown> =>
    (await client.data('POST', '/api/v1/validate', draft(it.world.orgId))) as unknown
  expect(await ask(it.api)).toMatchObject({ ok: true, outcomes: [{ becomes: 'scan' }], warnings: [] })
  const foreign = await ask(other)
  expect(foreign).toMatchObject({ ok: true, outcomes: [], warnings: [{ code: 'other_organization' }] })
  for (const theirName of it.names) expect(JSON.stringify(foreign)).not.toContain(theirName)
})

test('T2: without its scope an operation is refused, with every other scope there is', async () => {
  const keys = new Map<string, ApiClient>()
  for (const scope of scopes) {
    const wanted = scopes.filter((one) => one !== scope)
    const { key } = await it.api.data<{ key: string }>('POST', '/api/v1/api-keys', {
      name: `all but ${scope}`,
      scopes: wanted,
    })
    keys.set(scope, apiClient(it.api.url, key))
  }
  for (const operation of closed) {
    const [scope] = operation.scopes
    if (scope === undefined) continue
    const answer = await ask(keys.get(scope) ?? it.api, operation, theirs)
    expect(answer.status, operation.id).toBe(403)
    expect(answer.body, operation.id).toMatchObject({ error: { type: 'forbidden' } })
  }
})

test.each([
  ['none at all', ''],
  ['one of the right form', `sk_1_${'A'.repeat(43)}`],
  ['the right one with another end', null],
  ['a token without a signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'],
])('T3: every operation but public ones refuses a key that is %s', async (_, given) => {
  const key = given ?? `${it.world.apiKey.slice(0, -1)}${it.world.apiKey.endsWith('A') ? 'B' : 'A'}`
  const client = apiClient(it.api.url, key)
  for (const operation of closed) {
    const answer = await ask(client, operation, theirs)
    expect(answer.status, operation.id).toBe(401)
    expect(answer.headers.get('www-authenticate'), operation.id).toMatch(/^Bearer/)
  }
})

test('the generated client sends what the API takes, and knows what it answers', async () => {
  const client = openClient({ url: it.api.url, key: it.world.apiKey })
  const made = await client.POST('/api/v1/assets', { body: { name: 'By the client', tags: [] } })
  const id = made.data?.data.id ?? 0
  const { data } = await client.GET('/api/v1/assets', { params: { query: { id: [id, 1], limit: 1 } } })
  expect(data).toMatchObject({ data: [{ id, name: 'By the client' }], limit: 1, total_count: 1 })
  const { error, response } = await client.PATCH('/api/v1/assets/{asset_id}', {
    params: { path: { asset_id: id } },
    body: { name: '' },
  })
  expect(response.status).toBe(400)
  expect(error?.error.fields).toMatchObject([{ field: 'name', code: 'too_short' }])
})
