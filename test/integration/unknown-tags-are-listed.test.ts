/** From a read of a tag that nobody registered to the API's list, and from there to its first scan. */
import { randomBytes } from 'node:crypto'
import { apiService } from '@scanhook/api/service'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { producerService } from '@scanhook/producer/service'
import { startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const eventually = { timeout: 30_000, interval: 100 }
const stops: (() => Promise<void>)[] = []
let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let url = ''
let org = 0
let token = ''

beforeEach(async () => {
  own = await ownTopics('unknown-tags')
  database = await createTestDatabase('unknown_tags', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  org = (await organizations(pg).ensure('Acme')).id
  const scopes = ['assets:write', 'scan-devices:write', 'tracking:read'] as const
  token = (await apiKeys(pg).create(org, { name: 'test', scopes })).token
  const env = {
    ...own.env,
    POSTGRES_URL: database.url,
    REDIS_URL: process.env['REDIS_URL'] ?? '',
    PRODUCER_PORT: '0',
    API_PORT: '0',
    API_RATE_LIMIT_PER_MINUTE: '1000000',
    API_RATE_LIMIT_BURST: '1000000',
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  }
  const seen = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
  }
  const api = await startService(apiService, env, { log: { ...silentLog, info: seen } })
  const producer = await startService(producerService, env)
  stops.push(
    () => own.close(),
    () => database.drop(),
    () => pg.close(),
    () => api.stop(),
    () => producer.stop(),
  )
})

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

interface Listed {
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly total_count: number
}

async function call<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as T }
}

async function listed(filter = ''): Promise<Listed> {
  return (await call<Listed>('GET', `/unknown-tags${filter}`)).body
}

async function feed(value: string, more: object = {}): Promise<void> {
  await own.producer.append({
    topic: own.topics.reads,
    key: 'dock-3',
    value: Buffer.from(
      JSON.stringify({ org_id: org, device: 'dock-3', tag: { type: 'rfid', value }, ...more }),
    ),
  })
}

test('a tag that nobody registered is listed with its last reader; registered, it is gone, and its next read is a scan', async () => {
  const device = await call<{ data: { id: number } }>('POST', '/scan-devices', {
    external_key: 'dock-3',
    name: 'Dock 3',
    type: 'csl_cs463',
  })
  await call('POST', '/scan-points', { scan_device_external_key: 'dock-3', antenna_port: 2 })
  await feed('e2:80:beef', { antenna_port: 2, rssi_dbm: -61.5 })
  await feed('00E280BEEF', { antenna_port: 2, rssi_dbm: -70, reads: 3 })
  await feed('FFFF')
  await vi.waitFor(async () => expect((await listed()).total_count).toBe(2), eventually)
  await vi.waitFor(async () => {
    const { data, ...page } = await listed()
    expect(page).toEqual({ limit: 50, offset: 0, total_count: 2 })
    expect(data[0]).toMatchObject({
      value: '00E280BEEF',
      tag_type: 'rfid',
      match_key: 'E280BEEF',
      reads: 4,
      last_scan_device_id: device.body.data.id,
      last_scan_device_external_key: 'dock-3',
      last_antenna_port: 2,
      rssi_max_dbm: -61.5,
    })
    expect(data[1]).toMatchObject({ match_key: 'FFFF', reads: 1, rssi_max_dbm: null })
  }, eventually)
  expect((await listed('?device=dock-4&device=dock-5')).total_count).toBe(0)
  expect((await listed('?device=dock-3&sort=last_seen_at&limit=1')).data).toMatchObject([
    { match_key: 'E280BEEF' },
  ])
  expect((await listed('?from=2099-01-01T00:00:00Z')).total_count).toBe(0)

  const tags = [{ tag_type: 'rfid', value: 'E280BEEF' }]
  expect((await call('POST', '/assets', { name: 'Pallet', tags })).status).toBe(201)
  expect((await listed()).data.map((tag) => tag['match_key'])).toEqual(['FFFF'])
  // Within a second the producer has heard of it; until then the tag may be read as a stranger's.
  await vi.waitFor(async () => {
    await feed('E280BEEF', { antenna_port: 2 })
    const records = await own.readAll(own.topics.scans)
    const kinds = await Promise.all(
      records.map(async ({ value }) => (await own.codecs.scans.decode(value)).kind),
    )
    expect(kinds).toContain('scan')
  }, eventually)
  expect((await listed()).data.map((tag) => tag['match_key'])).toEqual(['FFFF'])
})

test('what the list may be asked is checked, and so is who asks', async () => {
  expect((await call('GET', '/unknown-tags?sort=value')).status).toBe(400)
  expect((await call('GET', '/unknown-tags?limit=201')).status).toBe(400)
  expect((await call('GET', '/unknown-tags?reader=x')).status).toBe(400)
  token = (await apiKeys(pg).create(org, { name: 'other', scopes: ['assets:read'] })).token
  expect((await call('GET', '/unknown-tags')).status).toBe(403)
})
