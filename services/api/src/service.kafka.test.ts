/** The control plane as a customer meets it: over HTTP, on real PostgreSQL, Kafka and registry. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Endpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId as orgIdOf } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { scopes } from '@scanhook/domain/scope'
import { openAccessTokens } from '@scanhook/http/access-token'
import type { KafkaTable } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { endpointLives } from '@scanhook/postgres/endpoint-lives'
import { history } from '@scanhook/postgres/history'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames, topicSpecs } from '@scanhook/schemas/topics'
import { openKeyRing } from '@scanhook/signing/seal'
import { type ApiCall, apiCaller } from '@scanhook/testkit/api-caller'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiService } from './service.ts'

const prefix = `api-test-${randomBytes(4).toString('hex')}.`
const topics = topicNames(prefix)
const secretKeys = `k1:${randomBytes(32).toString('base64')}`
// Below 32768, from where the kernel takes the ports of outgoing connections.
const port = 12_000 + (randomBytes(2).readUInt16BE() % 20_000)

/** What these tests read of a resource; each reads only what its resource has. */
interface Row {
  readonly id: number
  readonly name: string
  readonly external_key: string
  readonly parent_external_key: string | null
  readonly is_active: boolean
  readonly tags: readonly { readonly id: number }[]
  readonly key: string
  readonly client_id: string
  readonly client_secret: string
  readonly secret: string
  readonly headers: Readonly<Record<string, string>>
  readonly delivery_id: string
  readonly event_id: string
  readonly data_example: unknown
  readonly attempts: unknown
  readonly holds: unknown
  readonly planned_attempts: readonly unknown[]
  readonly gives_up_at: string | null
  readonly settings: Readonly<Record<string, unknown>>
  readonly geofence: unknown
  readonly effective: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
type Call = ApiCall<{
  /** One row or a list of them. */
  readonly data: Row & readonly Row[]
  readonly total_count: number
  readonly error: {
    readonly type: string
    readonly detail: string
    readonly fields: readonly { readonly field: string; readonly code: string; readonly message: string }[]
  }
}>

let folder: string
let database: TestDatabase
let pg: Postgres
let codecs: Codecs
let service: StartedService
let masterData: KafkaTable
let orgA = 0
let orgB = 0
let env: Record<string, string>
let tokenOfA = ''
let a: Call
let b: Call
const announced: MasterDataChange[] = []

const caller = (token: string): Call => apiCaller(port, token)

async function keyFor(orgId: number, wanted: readonly string[] = scopes): Promise<Call> {
  return caller((await apiKeys(pg).create(orgId, { name: 'test', scopes: wanted })).token)
}

function kafkaClient() {
  const { KAFKA_BROKERS = '' } = process.env
  return openKafka(
    {
      KAFKA_BROKERS: KAFKA_BROKERS.split(','),
      KAFKA_CLIENT_ID: 'api-test',
      KAFKA_SECURITY: 'plaintext',
      KAFKA_USERNAME: '',
      KAFKA_PASSWORD: '',
      TOPIC_PREFIX: prefix,
    },
    { log: silentLog, metrics: openMetrics() },
  )
}

beforeAll(async () => {
  const { KAFKA_BROKERS = '', REGISTRY_URL = '', POSTGRES_URL, REDIS_URL = '' } = process.env
  folder = await mkdtemp(join(tmpdir(), 'api-'))
  database = await createTestDatabase('api', POSTGRES_URL)
  pg = openPostgres({ url: database.url, log: silentLog })
  orgA = (await organizations(pg).ensure('A')).id
  orgB = (await organizations(pg).ensure('B')).id
  codecs = await openCodecs({
    registryUrl: REGISTRY_URL,
    cacheDir: folder,
    prefix,
    log: silentLog,
    mode: 'register',
  })
  const kafka = kafkaClient()
  const admin = await kafka.openAdmin()
  const wanted = new Set([topics.masterData, topics.deliveries])
  await admin.ensureTopics(
    topicSpecs(prefix, { partitions: 2, replicationFactor: 1 }).filter((spec) => wanted.has(spec.name)),
  )
  await admin.close()
  masterData = kafka.openTable({
    topic: topics.masterData,
    apply: (record) => announced.push(codecs.masterData.decode(record.value) as MasterDataChange),
    onFatal: () => undefined,
  })
  await masterData.start()
  env = {
    KAFKA_BROKERS,
    REGISTRY_URL,
    REDIS_URL,
    POSTGRES_URL: database.url,
    TOPIC_PREFIX: prefix,
    SCHEMA_CACHE_DIR: folder,
    SECRET_KEYS: secretKeys,
    API_PORT: `${port}`,
    API_RATE_LIMIT_PER_MINUTE: '100000',
    API_RATE_LIMIT_BURST: '100000',
    API_WEBHOOKS_MAX: '12',
    WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:9000',
    MOVEMENT_SETTINGS: '{"smoothing_ms": 1200}',
  }
  service = await startService(apiService, env)
  tokenOfA = (await apiKeys(pg).create(orgA, { name: 'test', scopes })).token
  a = caller(tokenOfA)
  b = await keyFor(orgB)
})
afterAll(async () => {
  await service?.stop()
  await masterData?.stop()
  await pg?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
let counter = 0
function unique(stem: string): string {
  counter++
  return `${stem}-${counter}`
}

describe('the caller', () => {
  test('learns who it is', async () => {
    const { status, body } = await a('GET', '/orgs/me')
    expect(status).toBe(200)
    expect(body).toEqual({
      data: {
        id: orgA,
        name: 'A',
        scopes,
        api_key_id: expect.any(Number),
        contact_emails: [],
        deliveries_per_second: null,
        log_days: null,
        is_operator: false,
      },
    })
  })

  test('says who is written to when something is wrong: ten addresses, none twice, none that is two', async () => {
    const contact_emails = ['ops@example.test', 'it@example.test']
    const changed = await b('PATCH', '/orgs/me', { contact_emails })
    expect([changed.status, changed.body.data]).toMatchObject([200, { id: orgB, contact_emails }])
    expect((await b('PATCH', '/orgs/me', changed.body.data)).status).toBe(200)
    expect((await b('GET', '/orgs/me')).body.data).toMatchObject({ contact_emails })
    expect((await a('GET', '/orgs/me')).body.data).toMatchObject({
      contact_emails: [],
      deliveries_per_second: null,
    })
    for (const [wrong, field] of [
      [['a@b.test, c@d.test'], 'contact_emails.0'],
      [['a@b.test\r\nBcc: c@d.test'], 'contact_emails.0'],
      [['A@b.test', 'a@b.test'], 'contact_emails'],
      [Array.from({ length: 11 }, (_, n) => `n${n}@b.test`), 'contact_emails'],
    ] as const) {
      const { status, body } = await b('PATCH', '/orgs/me', { contact_emails: wrong })
      expect([status, body.error.fields[0]?.field]).toEqual([400, field])
    }
    expect((await b('PATCH', '/orgs/me', { contact_emails: [], deliveries_per_second: null })).status).toBe(
      200,
    )
  })

  test('without the scope is refused, whatever the resource', async () => {
    const reader = await keyFor(orgA, ['assets:read'])
    expect((await reader('GET', '/assets')).status).toBe(200)
    const refused: readonly [string, string, unknown?][] = [
      ['POST', '/assets', { name: 'x' }],
      ['GET', '/locations'],
      ['GET', '/scan-devices'],
      ['GET', '/scan-points'],
      ['GET', '/orgs/me/settings'],
      ['PATCH', '/orgs/me/settings', { confirm_ms: 1 }],
      ['GET', '/webhooks'],
      ['GET', '/deliveries'],
      ['GET', '/attempts'],
      ['GET', '/events'],
      ['GET', '/api-keys'],
    ]
    for (const [method, path, body] of refused) {
      const answer = await reader(method, path, body)
      expect([path, answer.status, answer.body.error.type]).toEqual([path, 403, 'forbidden'])
    }
  })

  test('makes keys whose secret is shown once, never with more scopes than its own, and withdraws them', async () => {
    const made = await a('POST', '/api-keys', { name: 'ci', scopes: ['assets:read'] })
    expect(made.status).toBe(201)
    expect(made.body.data).toEqual({
      id: expect.any(Number),
      name: 'ci',
      scopes: ['assets:read'],
      created_at: expect.stringMatching(instant),
      key: expect.stringMatching(/^sk_\d+_[\w-]{43}$/),
      client_id: String(made.body.data.id),
      client_secret: made.body.data.key.slice(-43),
    })
    const { key, id } = made.body.data
    for (const shownOnce of ['key', 'client_secret'])
      expect((await a('GET', `/api-keys/${id}`)).body.data).not.toHaveProperty(shownOnce)
    expect(JSON.stringify((await a('GET', '/api-keys?limit=200')).body)).not.toContain(key.slice(-43))
    const narrow = await keyFor(orgA, ['keys:admin', 'assets:read'])
    const tooMuch = await narrow('POST', '/api-keys', { name: 'x', scopes: ['assets:read', 'assets:write'] })
    expect([tooMuch.status, tooMuch.body.error.fields[0]?.field]).toEqual([400, 'scopes.1'])
    expect((await a('DELETE', `/api-keys/${id}`)).status).toBe(204)
    expect((await caller(key)('GET', '/assets')).status).toBe(401)
    expect((await a('DELETE', `/api-keys/${id}`)).status).toBe(404)
  })
})

test('a client changes its key for an access token, which the API takes as it takes the key', async () => {
  const { data } = (await a('POST', '/api-keys', { name: 'client', scopes: ['assets:read'] })).body
  const { client_id, client_secret } = data
  const request = { grant_type: 'client_credentials', client_id, client_secret }
  const answer = await apiCaller<{ readonly access_token: string }>(port, '')('POST', '/oauth/token', request)
  expect(answer.status).toBe(200)
  // Another replica has nothing but the same SECRET_KEYS.
  const replica = openAccessTokens(openKeyRing(secretKeys).deriveKeys('access token'))
  expect(await replica.verify(answer.body.access_token, Date.now())).toMatchObject({ apiKeyId: data.id })
  const bearer = caller(answer.body.access_token)
  expect((await bearer('GET', '/orgs/me')).body.data).toMatchObject({ id: orgA, api_key_id: data.id })
  expect((await bearer('GET', '/assets')).status).toBe(200)
  expect((await bearer('GET', '/locations')).status).toBe(403)
})

describe('assets and tags', () => {
  test('an asset is answered with every field, nulls included, and a minted key', async () => {
    const { status, body } = await a('POST', '/assets', { name: 'Forklift' })
    expect(status).toBe(201)
    expect(body).toEqual({
      data: {
        id: expect.any(Number),
        external_key: expect.stringMatching(/^ASSET-\d{4}$/),
        name: 'Forklift',
        description: null,
        is_active: true,
        valid_from: expect.stringMatching(instant),
        valid_to: null,
        metadata: {},
        tags: [],
        created_at: expect.stringMatching(instant),
        updated_at: expect.stringMatching(instant),
        deleted_at: null,
      },
    })
    expect(Number.isSafeInteger(body.data.id)).toBe(true)
  })

  test('minting skips a key that somebody has taken', async () => {
    const org = (await organizations(pg).ensure('minting')).id
    const call = await keyFor(org)
    await call('POST', '/assets', { name: 'x', external_key: 'ASSET-0001' })
    expect((await call('POST', '/assets', { name: 'y' })).body.data.external_key).toBe('ASSET-0002')
  })

  test('wrong and unknown fields are all named', async () => {
    const { status, body } = await a('POST', '/assets', {
      name: '',
      external_key: 'a b',
      is_active: 'yes',
      nam: 1,
    })
    expect(status).toBe(400)
    expect(body.error).toMatchObject({
      type: 'validation_error',
      title: 'Validation failed',
      instance: '/api/v1/assets',
    })
    const codes = Object.fromEntries(body.error.fields.map((each) => [each.field, each.code]))
    expect(codes).toEqual({
      name: 'too_short',
      external_key: 'invalid_value',
      is_active: 'invalid_value',
      nam: 'unknown_field',
    })
  })

  test('PATCH is a merge patch: what is sent changes, null clears, a GET sent back changes nothing', async () => {
    const made = (
      await a('POST', '/assets', { name: 'x', description: 'd', valid_to: '2030-01-01T00:00:00Z' })
    ).body.data
    const path = `/assets/${made.id}`
    const json = await a('PATCH', path, { name: 'y' }, 'application/json')
    expect([json.status, json.body.error.type]).toEqual([415, 'unsupported_media_type'])
    const patched = (await a('PATCH', path, { description: null, valid_to: null })).body.data
    expect(patched).toMatchObject({ name: 'x', description: null, valid_to: null })
    await a('PATCH', path, { metadata: { erp: { id: 7, site: 'N' } } })
    const merged = await a('PATCH', path, { metadata: { erp: { site: null }, note: 'x' } })
    expect(merged.body.data).toMatchObject({ metadata: { erp: { id: 7 }, note: 'x' } })
    const back = await a('PATCH', path, merged.body.data)
    expect([back.status, { ...back.body.data, updated_at: null }]).toEqual([
      200,
      { ...merged.body.data, updated_at: null },
    ])
    for (const field of ['id', 'external_key', 'tags', 'created_at', 'deleted_at']) {
      const { status, body } = await a('PATCH', path, { [field]: 'other' })
      expect([field, status, body.error?.fields[0]?.code]).toEqual([field, 400, 'read_only'])
    }
    const renamed = await a('POST', `${path}/rename`, { external_key: unique('NEW') })
    expect(renamed.status).toBe(200)
  })

  test('a taken external_key is a conflict, also between a rename and a living one; a deleted one is free again', async () => {
    const key = unique('KEY')
    const first = (await a('POST', '/assets', { name: 'x', external_key: key })).body.data
    const again = await a('POST', '/assets', { name: 'y', external_key: key })
    expect([again.status, again.body.error.type, again.body.error.fields[0]?.field]).toEqual([
      409,
      'conflict',
      'external_key',
    ])
    expect((await a('DELETE', `/assets/${first.id}`)).status).toBe(204)
    expect((await a('GET', `/assets/${first.id}`)).status).toBe(404)
    expect((await a('POST', '/assets', { name: 'y', external_key: key })).status).toBe(201)
  })

  test('a tag finds one asset only, whatever its spelling; deleting its asset frees it', async () => {
    const one = (await a('POST', '/assets', { name: 'x' })).body.data
    const other = (await a('POST', '/assets', { name: 'y' })).body.data
    const made = await a('POST', `/assets/${one.id}/tags`, { tag_type: 'rfid', value: '00E2:80aa01' })
    expect([made.status, made.body.data]).toEqual([
      201,
      { id: expect.any(Number), tag_type: 'rfid', value: '00E2:80aa01', is_active: true },
    ])
    const taken = await a('POST', `/assets/${other.id}/tags`, { tag_type: 'ble', value: 'E280AA01' })
    expect([taken.status, taken.body.error.fields[0]?.field]).toEqual([409, 'value'])
    expect((await a('GET', `/assets/${one.id}`)).body.data.tags).toEqual([made.body.data])
    expect((await a('GET', `/assets/${one.id}/tags`)).body).toMatchObject({
      total_count: 1,
      limit: 50,
      offset: 0,
    })
    const off = await a('PATCH', `/assets/${one.id}/tags/${made.body.data.id}`, { is_active: false })
    expect(off.body.data.is_active).toBe(false)
    await a('DELETE', `/assets/${one.id}`)
    expect((await a('POST', `/assets/${other.id}/tags`, { tag_type: 'ble', value: 'E280AA01' })).status).toBe(
      201,
    )
    expect((await a('POST', `/assets/${one.id}/tags`, { tag_type: 'ble', value: 'AA' })).status).toBe(404)
    const blank = await a('POST', `/assets/${other.id}/tags`, { tag_type: 'barcode', value: ' ' })
    expect([blank.status, blank.body.error.fields[0]?.field]).toEqual([400, 'value'])
  })

  test('lists: filters repeat, q looks everywhere, sort is checked, pages are cut', async () => {
    const org = (await organizations(pg).ensure('lists')).id
    const call = await keyFor(org)
    for (const n of [1, 2, 3])
      await call('POST', '/assets', {
        name: `Thing ${4 - n}`,
        external_key: `T-${n}`,
        tags: [{ tag_type: 'ble', value: `CAFE0${n}` }],
      })
    const keys = async (query: string): Promise<string[]> =>
      (await call('GET', `/assets?${query}`)).body.data.map((each) => each.external_key)
    expect(await keys('')).toEqual(['T-1', 'T-2', 'T-3'])
    expect(await keys('sort=name')).toEqual(['T-3', 'T-2', 'T-1'])
    expect(await keys('sort=-external_key&limit=1&offset=1')).toEqual(['T-2'])
    expect(await keys('external_key=T-1&external_key=T-3')).toEqual(['T-1', 'T-3'])
    expect(await keys('q=cafe02')).toEqual(['T-2'])
    expect(await keys('q=%25')).toEqual([])
    expect((await call('GET', '/assets?limit=1')).body).toMatchObject({ limit: 1, offset: 0, total_count: 3 })
    expect((await call('GET', '/assets?offset=9')).body).toEqual({
      data: [],
      limit: 50,
      offset: 9,
      total_count: 3,
    })
    const wrong = await call('GET', '/assets?sort=colour')
    expect([wrong.status, wrong.body.error.detail]).toEqual([400, 'unknown sort field: colour'])
    expect((await call('GET', '/assets?limit=201')).body.error.fields[0]?.code).toBe('too_large')
    expect((await call('GET', '/assets?color=red')).body.error.fields[0]?.code).toBe('unknown_field')
  })
})

describe('locations, devices, points', () => {
  test('the tree can be gone through: ancestors, children, descendants, each without the location itself', async () => {
    const make = async (name: string, parent_id: number | null): Promise<number> =>
      (await a('POST', '/locations', { name, parent_id })).body.data.id
    const yard = await make('Kin yard', null)
    const hall = await make('Kin hall', yard)
    const aisle = await make('Kin aisle', hall)
    const other = await make('Kin other hall', yard)
    const namesOf = async (id: number, kin: string): Promise<readonly string[]> =>
      (await a('GET', `/locations/${id}/${kin}?sort=name`)).body.data.map(({ name }) => name)
    expect(await namesOf(aisle, 'ancestors')).toEqual(['Kin hall', 'Kin yard'])
    expect(await namesOf(yard, 'children')).toEqual(['Kin hall', 'Kin other hall'])
    expect(await namesOf(yard, 'descendants')).toEqual(['Kin aisle', 'Kin hall', 'Kin other hall'])
    expect(await namesOf(aisle, 'descendants')).toEqual([])
    await a('DELETE', `/locations/${aisle}`)
    expect(await namesOf(hall, 'children')).toEqual([])
    const page = (await a('GET', `/locations/${yard}/descendants?limit=1`)).body
    expect([page.data.length, page.total_count]).toEqual([1, 2])
    expect((await b('GET', `/locations/${yard}/descendants`)).status).toBe(404)
    for (const id of [hall, other, yard]) await a('DELETE', `/locations/${id}`)
  })

  test('a tree by either form of the parent; a circle and a parent elsewhere are refused', async () => {
    const site = (await a('POST', '/locations', { name: 'Site' })).body.data
    expect(site).toMatchObject({
      external_key: expect.stringMatching(/^LOC-\d{3}$/),
      parent_id: null,
      parent_external_key: null,
    })
    const bay = (await a('POST', '/locations', { name: 'Bay', parent_external_key: site.external_key })).body
      .data
    expect(bay).toMatchObject({ parent_id: site.id, parent_external_key: site.external_key })
    const circle = await a('PATCH', `/locations/${site.id}`, { parent_id: bay.id })
    expect([circle.status, circle.body.error.fields[0]?.field]).toEqual([409, 'parent_id'])
    const foreign = (await b('POST', '/locations', { name: 'B' })).body.data
    const elsewhere = await a('PATCH', `/locations/${bay.id}`, { parent_id: foreign.id })
    expect([elsewhere.status, elsewhere.body.error.fields[0]?.code]).toEqual([400, 'fk_not_found'])
    expect((await a('DELETE', `/locations/${site.id}`)).status).toBe(409)
    expect(
      (await a('PATCH', `/locations/${bay.id}`, { parent_id: null })).body.data.parent_external_key,
    ).toBeNull()
    expect((await a('DELETE', `/locations/${site.id}`)).status).toBe(204)
    const both = await a('GET', '/locations?parent_id=1&parent_external_key=x')
    expect([both.status, both.body.error.fields[0]?.code]).toEqual([400, 'ambiguous_fields'])
  })

  test('a scan point names its device and location in both forms, and follows a deleted location to null', async () => {
    const place = (await a('POST', '/locations', { name: 'Dock' })).body.data
    const device = (
      await a('POST', '/scan-devices', { external_key: unique('gw:aa'), name: 'Gateway', type: 'gl_s10' })
    ).body.data
    const made = await a('POST', '/scan-points', {
      scan_device_id: device.id,
      antenna_port: 2,
      location_id: place.id,
      kind: 'portal',
    })
    expect([made.status, made.body.data]).toEqual([
      201,
      {
        id: expect.any(Number),
        name: null,
        scan_device_id: device.id,
        scan_device_external_key: device.external_key,
        antenna_port: 2,
        kind: 'portal',
        location_id: place.id,
        location_external_key: place.external_key,
        is_active: true,
        settings: {},
        created_at: expect.stringMatching(instant),
        updated_at: expect.stringMatching(instant),
        deleted_at: null,
      },
    ])
    const again = await a('POST', '/scan-points', {
      scan_device_external_key: device.external_key,
      antenna_port: 2,
    })
    expect([again.status, again.body.error.fields[0]?.field]).toEqual([409, 'antenna_port'])
    const unplaced = await a('POST', '/scan-points', {
      scan_device_id: device.id,
      location_external_key: 'NOWHERE',
    })
    expect([unplaced.status, unplaced.body.error.fields[0]]).toMatchObject([
      400,
      { field: 'location_external_key', code: 'fk_not_found' },
    ])
    const path = `/scan-points/${made.body.data.id}`
    expect((await a('PATCH', path, made.body.data)).status).toBe(200)
    await a('DELETE', `/locations/${place.id}`)
    expect((await a('GET', path)).body.data).toMatchObject({ location_id: null, location_external_key: null })
    await a('DELETE', `/scan-devices/${device.id}`)
    expect((await a('GET', path)).status).toBe(404)
  })
})

describe('settings of movement', () => {
  async function watched() {
    const site = (await a('POST', '/locations', { name: 'Site' })).body.data
    const bay = (await a('POST', '/locations', { name: 'Bay', parent_id: site.id })).body.data
    const device = (
      await a('POST', '/scan-devices', { external_key: unique('gw'), name: 'Gateway', type: 'gl_s10' })
    ).body.data
    const point = (await a('POST', '/scan-points', { scan_device_id: device.id, location_id: bay.id })).body
      .data
    return { site, bay, point }
  }

  test('a scan point says what holds there, and whose word it is', async () => {
    const { site, bay, point } = await watched()
    await a('PATCH', '/orgs/me/settings', { confirm_ms: 4_000, reorder_ms: 100, late_limit_seconds: 60 })
    await a('PATCH', `/locations/${site.id}`, { settings: { confirm_ms: 3_000, reorder_ms: 200 } })
    await a('PATCH', `/locations/${bay.id}`, { settings: { confirm_ms: 2_000, exit_timeout_seconds: 'off' } })
    await a('PATCH', `/scan-points/${point.id}`, { settings: { confirm_ms: 1_000, rssi_floor_dbm: -72.25 } })
    const { status, body } = await a('GET', `/scan-points/${point.id}/settings`)
    const nowhere = { location_id: null, location_external_key: null }
    const ofBay = { location_id: bay.id, location_external_key: bay.external_key }
    const ofSite = { location_id: site.id, location_external_key: site.external_key }
    expect([status, body.data]).toMatchObject([
      200,
      {
        scan_point_id: point.id,
        kind: 'zone',
        overrides: { confirm_ms: 1_000, rssi_floor_dbm: -72.25 },
        effective: {
          confirm_ms: { value: 1_000, source: 'scan_point', ...nowhere },
          rssi_floor_dbm: { value: -72.25, source: 'scan_point', ...nowhere },
          exit_timeout_seconds: { value: 'off', source: 'location', ...ofBay },
          reorder_ms: { value: 200, source: 'location', ...ofSite },
          late_limit_seconds: { value: 60, source: 'organization', ...nowhere },
          smoothing_ms: { value: 1_200, source: 'system', ...nowhere },
          hierarchy_events: { value: 'path', source: 'default', ...nowhere },
        },
      },
    ])
    expect(Object.keys(body.data.effective)).toHaveLength(16)
    await a('PATCH', '/orgs/me/settings', { confirm_ms: null, reorder_ms: null, late_limit_seconds: null })
  })

  test('an organization’s are told for each kind of scan point; the answer may come back with a change', async () => {
    const before = (await a('GET', '/orgs/me/settings')).body.data
    expect(before).toMatchObject({ overrides: {} })
    expect(Object.keys(before.effective)).toEqual(['zone', 'portal', 'manual', 'gps'])
    expect(before.effective['portal']?.['exit_timeout_seconds']).toEqual({ value: 'off', source: 'default' })
    const changed = await a('PATCH', '/orgs/me/settings', { ...before, exit_timeout_seconds: 600 })
    expect([changed.status, changed.body.data]).toMatchObject([
      200,
      {
        overrides: { exit_timeout_seconds: 600 },
        effective: {
          portal: { exit_timeout_seconds: { value: 600, source: 'organization' } },
          gps: {
            smoothing_ms: { value: 1_200, source: 'system' },
            confirm_ms: { value: 60_000, source: 'default' },
          },
        },
      },
    ])
    const stale = await a('PATCH', '/orgs/me/settings', { ...before, exit_timeout_seconds: null })
    expect([stale.status, stale.body.error.fields[0]]).toMatchObject([
      400,
      { field: 'overrides', code: 'read_only' },
    ])
    expect((await a('PATCH', '/orgs/me/settings', { exit_timeout_seconds: null })).body.data).toEqual(before)
    expect((await b('GET', '/orgs/me/settings')).body.data).toEqual(before)
  })

  test('a PATCH merges within settings: what it names is set, null takes back, null for all takes all back', async () => {
    const { bay } = await watched()
    const path = `/locations/${bay.id}`
    const patch = async (settings: unknown) => (await a('PATCH', path, { settings })).body.data.settings
    expect(await patch({ confirm_ms: 1, reorder_ms: 2 })).toEqual({ confirm_ms: 1, reorder_ms: 2 })
    expect(await patch({ confirm_ms: null, confirm_reads: 3 })).toEqual({ confirm_reads: 3, reorder_ms: 2 })
    const row = (await a('GET', path)).body.data
    expect((await a('PATCH', path, row)).body.data.settings).toEqual(row.settings)
    expect(await patch(null)).toEqual({})
  })

  test('wrong settings are all named, with the rule, wherever they stand', async () => {
    const { bay, point } = await watched()
    const wrong = { confirm_ms: 60_001, switch_margin_db: '3', colour: 1 }
    for (const [method, path, body, prefix] of [
      ['POST', '/locations', { name: 'x', settings: wrong }, 'settings.'],
      ['PATCH', `/locations/${bay.id}`, { settings: wrong }, 'settings.'],
      ['PATCH', `/scan-points/${point.id}`, { settings: wrong }, 'settings.'],
      ['PATCH', '/orgs/me/settings', wrong, ''],
    ] as const) {
      const answer = await a(method, path, body)
      expect([path, answer.status, answer.body.error.fields]).toMatchObject([
        path,
        400,
        [
          {
            field: `${prefix}confirm_ms`,
            code: 'too_large',
            message: 'must be a whole number from 0 to 60000; received 60001',
          },
          { field: `${prefix}switch_margin_db`, code: 'invalid_value' },
          { field: `${prefix}colour`, code: 'unknown_field' },
        ],
      ])
    }
    expect((await a('PATCH', `/locations/${bay.id}`, { settings: [] })).body.error.fields[0]).toMatchObject({
      field: 'settings',
      code: 'invalid_value',
    })
  })
})

describe('geofences', () => {
  const circle = { type: 'circle', latitude: 52.5, longitude: 13.4, radius_m: 50 }
  const polygon = {
    type: 'polygon',
    points: [
      [0, 0],
      [0, 1],
      [1, 1],
    ],
  }

  test('a fence is set, merged, replaced by one of another type, and taken away', async () => {
    const made = (await a('POST', '/locations', { name: 'Yard', geofence: circle })).body.data
    const path = `/locations/${made.id}`
    const patch = async (geofence: unknown) => (await a('PATCH', path, { geofence })).body.data.geofence
    expect(made.geofence).toEqual(circle)
    expect(await patch({ radius_m: 75 })).toEqual({ ...circle, radius_m: 75 })
    expect(await patch(polygon)).toEqual(polygon)
    const row = (await a('GET', path)).body.data
    expect((await a('PATCH', path, row)).body.data.geofence).toEqual(polygon)
    expect(await patch(circle)).toEqual(circle)
    expect(await patch(null)).toBeNull()
    expect((await a('POST', '/locations', { name: 'No yard' })).body.data.geofence).toBeNull()
  })

  test('a wrong fence is refused with its fields', async () => {
    const { id } = (await a('POST', '/locations', { name: 'Yard', geofence: circle })).body.data
    const refused = async (method: string, path: string, geofence: unknown) => {
      const { status, body } = await a(method, path, { name: 'x', geofence })
      return [status, ...body.error.fields.map(({ field, code }) => `${field} ${code}`)]
    }
    expect(await refused('POST', '/locations', { ...circle, radius_m: 1, latitude: 'x' })).toEqual([
      400,
      'geofence.latitude invalid_value',
      'geofence.radius_m too_small',
    ])
    expect(await refused('POST', '/locations', 'here')).toEqual([400, 'geofence invalid_value'])
    expect(await refused('PATCH', `/locations/${id}`, { radius_m: 1e9 })).toEqual([
      400,
      'geofence.radius_m too_large',
    ])
    expect(await refused('PATCH', `/locations/${id}`, { type: 'polygon' })).toEqual([
      400,
      'geofence.points required',
    ])
    expect(await refused('PATCH', `/locations/${id}`, [])).toEqual([400, 'geofence invalid_value'])
  })

  test('a tracker is a tag', async () => {
    const tags = [{ tag_type: 'gps', value: '359586015829802' }]
    const { status, body } = await a('POST', '/assets', { name: 'Truck', tags })
    expect([status, body.data.tags]).toMatchObject([201, tags])
  })
})

const hook = { url: 'http://127.0.0.1:9000/hook', event_types: ['location.*'] }

async function announcementOf(
  id: number,
  isRight: (change: MasterDataChange) => boolean,
): Promise<MasterDataChange> {
  await expect
    .poll(() => announced.some((change) => change.id === id && isRight(change)), {
      timeout: 10_000,
      interval: 20,
    })
    .toBe(true)
  const found = announced.find((change) => change.id === id && isRight(change))
  if (found === undefined) throw new Error('not announced')
  return found
}

describe('webhooks', () => {
  test('K4: a webhook made again under its Idempotency-Key is made once; its secret is told again, and kept sealed', async () => {
    const post = (body: unknown) =>
      fetch(`http://127.0.0.1:${port}/api/v1/webhooks`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${tokenOfA}`,
          'content-type': 'application/json',
          'idempotency-key': 'make-erp-1',
        },
        body: JSON.stringify(body),
      })
    const made = await post({ ...hook, name: 'once' })
    const again = await post({ ...hook, name: 'once' })
    expect([made.status, again.status]).toEqual([201, 201])
    expect([made, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
    const text = await made.text()
    expect(await again.text()).toBe(text)
    expect(text).toMatch(/"secret":"whsec_[A-Za-z0-9+/]{43}="/)
    expect((await post({ ...hook, name: 'twice' })).status).toBe(409)
    const rows = await pg.db.selectFrom('idempotencyKeys').select('answer').execute()
    expect(rows.map(({ answer }) => answer)).toEqual([expect.stringMatching(/^v1\.k1\./)])
    const { data } = (await a('GET', '/webhooks?q=once')).body
    expect(data).toHaveLength(1)
    await a('DELETE', `/webhooks/${data[0]?.id}`)
  })

  test('P1: the secret is shown once; it is announced sealed, within a second, with the whole endpoint', async () => {
    const startedMs = performance.now()
    const { status, body } = await a('POST', '/webhooks', {
      ...hook,
      name: 'erp',
      profile: 'trakrf',
      headers: { 'X-Team': 'blue' },
    })
    expect(status).toBe(201)
    const { secret, id } = body.data
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(body.data).toMatchObject({
      enabled: true,
      state: 'active',
      event_types: ['location.*'],
      name: 'erp',
      profile: 'trakrf',
    })
    const change = await announcementOf(id, () => true)
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    const endpoint: Endpoint = JSON.parse(change.document)
    expect(endpoint).toMatchObject({
      id,
      orgId: orgA,
      state: 'active',
      profile: 'trakrf',
      headers: { 'X-Team': 'blue' },
      subscriptions: [plainSubscription('location.*')],
      version: 1,
    })
    expect(endpoint.sealedSecrets.map((sealed) => openKeyRing(secretKeys).open(sealed))).toEqual([secret])
    const read = (await a('GET', `/webhooks/${id}`)).body.data
    expect(read.secret).toBe(`whsec_…${secret.slice(-4)}`)
    const everything = JSON.stringify([read, (await a('GET', '/webhooks')).body, announced])
    expect(everything).not.toContain(secret)
  })

  test.each([
    ['plain http', 'http://example.com/x'],
    ['a private address', 'https://10.1.2.3/x'],
    ['loopback at another port', 'http://127.0.0.1:9001/x'],
    ['a name that does not resolve', 'https://no-such-name.invalid/x'],
    ['no URL', 'hello'],
  ])('P2: %s is refused as a problem of the field url', async (_, url) => {
    const { status, body } = await a('POST', '/webhooks', { url })
    expect([status, body.error.type, body.error.fields.map((each) => each.field)]).toEqual([
      400,
      'validation_error',
      ['url'],
    ])
  })

  test('a name without address and one with a private address are refused in the same words', async () => {
    const unresolved = await a('POST', '/webhooks', { url: 'https://no-such-name.invalid/x' })
    const inside = await a('POST', '/webhooks', { url: 'https://localhost/x' })
    expect(inside.body.error.fields[0]?.message).toBe(unresolved.body.error.fields[0]?.message)
  })

  test('signals are off until they are asked for, and off again when they are not wanted', async () => {
    const made = await a('POST', '/webhooks', hook)
    expect(made.body.data).toMatchObject({ heartbeat_minutes: null, daily_manifest: false })
    const path = `/webhooks/${made.body.data.id}`
    await a('PATCH', path, { heartbeat_minutes: 5, daily_manifest: true })
    await a('PATCH', path, { name: 'Another name' })
    expect((await a('GET', path)).body.data).toMatchObject({ heartbeat_minutes: 5, daily_manifest: true })
    const off = await a('PATCH', path, { heartbeat_minutes: null, daily_manifest: false })
    expect(off.body.data).toMatchObject({ heartbeat_minutes: null, daily_manifest: false })
    const asked = await a('POST', '/webhooks', { ...hook, heartbeat_minutes: 60, daily_manifest: true })
    expect(asked.body.data).toMatchObject({ heartbeat_minutes: 60, daily_manifest: true })
    for (const { body } of [made, asked]) await a('DELETE', `/webhooks/${body.data.id}`)
  })

  test('traceparent is not sent unless it is asked for', async () => {
    const made = await a('POST', '/webhooks', hook)
    expect(made.body.data).toMatchObject({ traceparent: false })
    const path = `/webhooks/${made.body.data.id}`
    expect((await a('PATCH', path, { traceparent: true })).body.data).toMatchObject({ traceparent: true })
    await a('PATCH', path, { name: 'Another name' })
    expect((await a('GET', path)).body.data).toMatchObject({ traceparent: true })
    await a('DELETE', path)
  })

  test('wrong event types, headers of ours and filters are refused with their field', async () => {
    const problems: readonly [object, string][] = [
      [{ event_types: ['asset.flown'] }, 'event_types.0'],
      [{ event_types: [] }, 'event_types'],
      [{ event_types: ['endpoint.test'] }, 'event_types.0'],
      [{ event_types: ['endpoint.heartbeat'] }, 'event_types.0'],
      [{ heartbeat_minutes: 0 }, 'heartbeat_minutes'],
      [{ headers: { 'webhook-signature': 'x' } }, 'headers.webhook-signature'],
      [{ headers: { Host: 'x' } }, 'headers.Host'],
      [
        { subscriptions: [{ event_type: '*', filter: 'data.a >' }], event_types: undefined },
        'subscriptions.0.filter',
      ],
      [{ subscriptions: [{ event_type: '*' }] }, 'subscriptions'],
      [{ profile: 'acme' }, 'profile'],
    ]
    for (const [part, field] of problems) {
      const { status, body } = await a('POST', '/webhooks', { ...hook, ...part })
      expect([status, body.error?.fields[0]?.field]).toEqual([400, field])
    }
  })

  test('PATCH pauses, merges headers whose values are masked, and keeps the rest; DELETE announces the end without a secret', async () => {
    const { id } = (
      await a('POST', '/webhooks', {
        ...hook,
        headers: { Authorization: 'Bearer very-long-token-1234', 'X-A': '1' },
      })
    ).body.data
    const path = `/webhooks/${id}`
    const read = (await a('GET', path)).body.data
    expect(read.headers).toEqual({ Authorization: '…1234', 'X-A': '…' })
    expect((await a('PATCH', path, read)).status).toBe(200)
    const patched = await a('PATCH', path, { enabled: false, headers: { 'X-A': null, 'X-B': 'two' } })
    expect(patched.body.data).toMatchObject({ enabled: false, state: 'paused', event_types: ['location.*'] })
    const change = await announcementOf(id, ({ document }) => JSON.parse(document).state === 'paused')
    expect(JSON.parse(change.document).headers).toEqual({
      Authorization: 'Bearer very-long-token-1234',
      'X-B': 'two',
    })
    const refused = await a('POST', `${path}/test`)
    expect([refused.status, refused.body.error.type]).toEqual([409, 'conflict'])
    expect((await a('DELETE', path)).status).toBe(204)
    const end = await announcementOf(id, ({ isDeleted }) => isDeleted)
    expect(JSON.parse(end.document).sealedSecrets).toEqual([])
    expect((await a('GET', path)).status).toBe(404)
  })

  test('a webhook that the system gave up on says so in words, and a person enables it again', async () => {
    const { id } = (await a('POST', '/webhooks', hook)).body.data
    const path = `/webhooks/${id}`
    const atMs = Date.UTC(2026, 6, 27, 16)
    await endpointLives(pg).change(orgIdOf(orgA), endpointId(id), ({ life }) => ({
      life: { ...life, state: 'disabled', disabledAtMs: atMs, disabledReason: 'gone' },
      notice: null,
    }))
    const gone = (await a('GET', path)).body.data
    expect(gone).toMatchObject({
      enabled: false,
      state: 'disabled',
      status: expect.stringContaining('it answered 410 Gone'),
      failing_since: null,
      disabled_at: '2026-07-27T16:00:00.000Z',
      disabled_reason: 'gone',
    })
    await announcementOf(id, ({ document }) => JSON.parse(document).state === 'disabled')
    expect((await a('PATCH', path, { ...gone, name: 'kept' })).body.data).toMatchObject({ state: 'disabled' })
    const read = (await a('GET', path)).body.data
    const enabled = await a('PATCH', path, { ...read, enabled: true })
    expect([enabled.status, enabled.body.data]).toMatchObject([
      200,
      { enabled: true, state: 'active', disabled_at: null, disabled_reason: null },
    ])
    await announcementOf(id, ({ document }) => JSON.parse(document).state === 'active')
    await a('DELETE', path)
  })

  test('an organization has a bounded number of them', async () => {
    const call = await keyFor((await organizations(pg).ensure('bounded')).id)
    const made = await Promise.all(Array.from({ length: 14 }, () => call('POST', '/webhooks', hook)))
    expect(made.map((answer) => answer.status).sort()).toEqual([...Array(12).fill(201), 409, 409])
  })

  test('a test event becomes a delivery for this endpoint alone', async () => {
    const { id } = (await a('POST', '/webhooks', hook)).body.data
    const { status, body } = await a('POST', `/webhooks/${id}/test`)
    expect([status, body.data]).toEqual([
      202,
      { delivery_id: expect.any(String), event_id: expect.any(String), webhook_id: id },
    ])
    const found: unknown[] = []
    await kafkaClient().readToEnd(topics.deliveries, [0, 1], (record) => {
      if (record.value !== null) found.push(codecs.deliveries.decode(record.value))
    })
    expect(found.at(-1)).toMatchObject({
      deliveryId: body.data.delivery_id,
      endpointId: id,
      orgId: orgA,
      trigger: 'test',
      attemptNumber: 1,
      event: { type: 'endpoint.test', eventId: body.data.event_id },
    })
  })

  test('the event types are listed with description, schema and example', async () => {
    const { body } = await a('GET', '/event-types')
    expect(body.total_count).toBe(16)
    expect(body.data.find((each) => each.name === 'endpoint.failing')).toMatchObject({ group: 'endpoint.*' })
    const moved = body.data.find((each) => each.name === 'asset.moved')
    expect(moved).toMatchObject({
      group: 'asset.*',
      description: expect.any(String),
      data_schema: { type: 'object' },
    })
    expect(moved?.data_example).toHaveProperty('to_location')
  })
})

const nowMs = Date.now()
const deliveryId = '00000000-0000-5000-8000-00000000d001'
const eventId = '00000000-0000-5000-8000-00000000e001'

async function recordHistory(): Promise<void> {
  const store = history(pg)
  await store.recordEvents(
    [
      {
        eventId,
        orgId: orgA,
        type: 'asset.moved',
        occurredAtMs: nowMs - 500,
        receivedAtMs: nowMs,
        subject: 'asset:5',
        assetId: 5,
        sequence: 2,
        previousEventId: null,
        transitionId: null,
        dataJson: '{"asset":{"id":5}}',
      },
    ],
    { scans: [], locations: [] },
    nowMs,
  )
  const attempt = {
    deliveryId,
    orgId: orgA,
    endpointId: 9,
    eventId,
    eventType: 'asset.moved',
    trigger: 'event',
    url: 'https://example.test/',
    requestHeadersJson: '{"webhook-id":"x"}',
    requestBody: '{}',
    batchId: null,
    batchSize: null,
    isBodyTruncated: false,
    retryAfterMs: null,
    errorClass: null,
    errorMessage: null,
    remoteAddress: null,
    dnsMs: null,
    connectMs: 1.25,
    tlsMs: null,
    firstByteMs: 2,
    totalMs: 3,
  } as const
  await store.recordAttempts(
    [
      {
        ...attempt,
        attemptNumber: 1,
        disposition: 'retry',
        startedAtMs: nowMs,
        outcome: 'responded',
        status: 503,
        responseHeadersJson: '{"retry-after":"5"}',
        responseBody: 'later',
        reason: null,
        nextAttemptAtMs: nowMs + 5_000,
      },
      {
        ...attempt,
        attemptNumber: 2,
        disposition: 'held',
        startedAtMs: nowMs + 5_000,
        outcome: null,
        status: null,
        responseHeadersJson: null,
        responseBody: null,
        isBodyTruncated: null,
        connectMs: null,
        firstByteMs: null,
        totalMs: null,
        reason: 'breaker_open',
        nextAttemptAtMs: nowMs + 30_000,
      },
    ],
    [
      {
        deliveryId,
        orgId: orgA,
        endpointId: 9,
        eventId,
        eventType: 'asset.moved',
        eventOccurredAtMs: nowMs - 500,
        trigger: 'event',
        state: 'pending',
        attempts: 1,
        nextAttemptAtMs: nowMs + 30_000,
        deadReason: null,
        heldReason: 'breaker_open',
        createdAtMs: nowMs + 1,
        firstAttemptAtMs: nowMs,
        lastAttemptAtMs: nowMs,
        lastStatus: 503,
        lastErrorClass: null,
        completedAtMs: null,
        rankAttemptNumber: 2,
        rankAtMs: nowMs + 5_000,
        supersededBy: null,
        manualChains: null,
      },
    ],
    nowMs,
  )
}

describe('the log', () => {
  beforeAll(recordHistory)

  test('a delivery tells its state, its attempts as they were made, and why it waits', async () => {
    const { body } = await a('GET', `/deliveries/${deliveryId}`)
    expect(body.data).toMatchObject({
      id: deliveryId,
      webhook_id: 9,
      event_id: eventId,
      event_type: 'asset.moved',
      state: 'pending',
      attempt_count: 1,
      held_reason: 'breaker_open',
      dead_reason: null,
      last_response_status: 503,
      next_attempt_at: new Date(nowMs + 30_000).toISOString(),
      explanation: expect.stringContaining('pause'),
    })
    expect(body.data.attempts).toMatchObject([
      {
        attempt_number: 1,
        response_status: 503,
        response_headers: { 'retry-after': '5' },
        response_body: 'later',
        request_headers: { 'webhook-id': 'x' },
        disposition: 'retry',
        timings: { dns_ms: null, connect_ms: 1.25, tls_ms: null, first_byte_ms: 2, total_ms: 3 },
        next_attempt_at: new Date(nowMs + 5_000).toISOString(),
      },
    ])
    expect(body.data.holds).toMatchObject([{ reason: 'breaker_open' }])
  })

  test('a delivery that waits tells what is planned for it, and when it is given up', async () => {
    const { body } = await a('GET', `/deliveries/${deliveryId}`)
    const at = (atMs: number) => new Date(atMs).toISOString()
    const nextAtMs = nowMs + 30_000
    expect(body.data.planned_attempts.slice(0, 2)).toEqual([
      {
        attempt_number: 2,
        trigger: 'event',
        due_at: at(nextAtMs),
        earliest_at: at(nextAtMs),
        latest_at: at(nextAtMs),
      },
      {
        attempt_number: 3,
        trigger: 'event',
        due_at: at(nextAtMs + 15_000),
        earliest_at: at(nextAtMs + 12_000),
        latest_at: at(nextAtMs + 18_000 + 15_000),
      },
    ])
    expect(body.data.gives_up_at).toBe(at(nowMs + 86_400_000))
  })

  test.each([
    ['', 1],
    [`webhook_id=9&event_type=asset.moved&state=pending&event_id=${eventId}`, 1],
    ['state=dead&state=delivered', 0],
    ['webhook_id=8', 0],
    [`from=${new Date(nowMs + 1).toISOString()}&to=${new Date(nowMs + 1).toISOString()}`, 1],
    [`from=${new Date(nowMs + 2).toISOString()}`, 0],
  ])('deliveries are filtered by %s', async (filters, count) => {
    const { body } = await a('GET', `/deliveries?${filters}`)
    expect([body.total_count, body.data.length]).toEqual([count, count])
  })

  test('an event is shown as it was sent, and found by type, asset and time', async () => {
    const { body } = await a('GET', `/events/${eventId}`)
    expect(body.data).toEqual({
      id: eventId,
      type: 'asset.moved',
      occurred_at: new Date(nowMs - 500).toISOString(),
      received_at: new Date(nowMs).toISOString(),
      subject: 'asset:5',
      asset_id: 5,
      sequence: 2,
      previous_event_id: null,
      transition_id: null,
      data: { asset: { id: 5 } },
    })
    expect((await a('GET', '/events?type=asset.moved&asset_id=5')).body.total_count).toBe(1)
    expect((await a('GET', '/events?type=asset.scanned')).body.total_count).toBe(0)
  })
})

test('another organization gets the same 404 for our ids as for ids that never were', async () => {
  const asset = (await a('POST', '/assets', { name: 'x', tags: [{ tag_type: 'ble', value: 'F00D' }] })).body
    .data
  const location = (await a('POST', '/locations', { name: 'x' })).body.data
  const device = (await a('POST', '/scan-devices', { external_key: unique('gw'), name: 'x', type: 'x' })).body
    .data
  const point = (await a('POST', '/scan-points', { scan_device_id: device.id })).body.data
  const webhook = (await a('POST', '/webhooks', hook)).body.data
  const key = (await a('POST', '/api-keys', { name: 'x', scopes: ['assets:read'] })).body.data
  const tagPath = `/assets/${asset.id}/tags/${asset.tags[0]?.id}`
  const attempts: readonly [string, string, unknown?][] = [
    ...[
      `/assets/${asset.id}`,
      `/locations/${location.id}`,
      `/scan-devices/${device.id}`,
      `/scan-points/${point.id}`,
      `/webhooks/${webhook.id}`,
    ].flatMap((path): [string, string, unknown?][] => [
      ['GET', path],
      ['PATCH', path, { name: 'mine' }],
      ['DELETE', path],
    ]),
    ['GET', `/assets/${asset.id}/tags`],
    ['POST', `/assets/${asset.id}/tags`, { tag_type: 'ble', value: 'BEEF' }],
    ['POST', `/assets/${asset.id}/rename`, { external_key: 'MINE' }],
    ['POST', `/locations/${location.id}/rename`, { external_key: 'MINE' }],
    ['GET', tagPath],
    ['PATCH', tagPath, { is_active: false }],
    ['DELETE', tagPath],
    ['POST', `/webhooks/${webhook.id}/test`],
    ['GET', `/scan-points/${point.id}/settings`],
    ['GET', `/api-keys/${key.id}`],
    ['DELETE', `/api-keys/${key.id}`],
    ['GET', `/deliveries/${deliveryId}`],
    ['GET', `/events/${eventId}`],
  ]
  for (const [method, path, body] of attempts) {
    const answer = await b(method, path, body)
    expect([method, path, answer.status, answer.body?.error.type]).toEqual([method, path, 404, 'not_found'])
  }
  for (const path of [
    '/assets',
    '/locations',
    '/scan-devices',
    '/scan-points',
    '/webhooks',
    '/deliveries',
    '/events',
    '/attempts',
  ]) {
    const text = JSON.stringify((await b('GET', `${path}?limit=200`)).body.data)
    for (const id of [asset.id, location.id, device.id, point.id, webhook.id, deliveryId, eventId])
      expect(text).not.toContain(String(id))
  }
  expect((await a('GET', `/assets/${asset.id}`)).body.data).toMatchObject({
    name: 'x',
    tags: [{ is_active: true }],
  })
})

test('while PostgreSQL is away the answer is to come again, and then everything works', async () => {
  const name = new URL(database.url).pathname.slice(1)
  const server = openPostgres({ url: process.env['POSTGRES_URL'] ?? '', log: silentLog, max: 1 })
  const session = await server.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  await session.query(`alter database ${name} with allow_connections false`)
  await session.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  const away = await a('GET', '/assets')
  expect([away.status, away.body.error.type]).toEqual([503, 'internal_error'])
  expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0)
  await session.query(`alter database ${name} with allow_connections true`)
  await expect.poll(async () => (await a('GET', '/assets')).status, { timeout: 10_000 }).toBe(200)
  const { id } = (await a('POST', '/webhooks', hook)).body.data
  await announcementOf(id, () => true)
  await session.close()
  await server.close()
})

test('X4: of two replicas one relays; when it stops, the other does', async () => {
  const second = await startService(apiService, { ...env, API_PORT: `${port + 1}` })
  const leads = async (one: StartedService): Promise<boolean> =>
    /^scanhook_outbox_leading 1$/m.test(await one.metrics.text())
  await expect.poll(() => leads(service)).toBe(true)
  expect(await leads(second)).toBe(false)
  await service.stop()
  await expect.poll(() => leads(second), { timeout: 10_000 }).toBe(true)
  const made = await fetch(`http://127.0.0.1:${port + 1}/api/v1/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOfA}`, 'content-type': 'application/json' },
    body: JSON.stringify(hook),
  })
  const { data }: { data: { id: number } } = JSON.parse(await made.text())
  await announcementOf(data.id, () => true)
  await second.stop()
})
