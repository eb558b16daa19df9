/**
 * Settings and fences are changed over HTTP, and the scans that the producer writes follow: API, outbox, `master-data` and
 * producer over the real broker, registry, PostgreSQL and Redis.
 */
import { apiService } from '@scanhook/api/service'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import type { Scan } from '@scanhook/domain/scan'
import { scopes } from '@scanhook/domain/scope'
import type { KafkaTable } from '@scanhook/kafka/contract'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { producerService } from '@scanhook/producer/service'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterAll, beforeAll, expect, test } from 'vitest'

let own: OwnTopics
let database: TestDatabase
let token: string
let orgId: number
let api: { readonly service: StartedService; readonly url: string }
let producer: { readonly service: StartedService; readonly url: string }
let follower: KafkaTable
const scans = new Map<string, Scan>()
const failures: string[] = []

beforeAll(async () => {
  own = await ownTopics('settings')
  database = await createTestDatabase('settings-follow', process.env['POSTGRES_URL'])
  const pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('Acme')).id
  token = (await apiKeys(pg).create(orgId, { name: 'test', scopes })).token
  await pg.close()
  api = await start(apiService, {
    API_PORT: '0',
    SECRET_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  })
  producer = await start(producerService, {
    PRODUCER_PORT: '0',
    REDIS_URL: process.env['REDIS_URL'] ?? '',
    MOVEMENT_SETTINGS: '{"slot_fresh_ms": 7000}',
  })
  const note = async (value: Buffer | null): Promise<void> => {
    const record = await own.codecs.scans.decode(value)
    if (record.kind === 'scan') scans.set(record.scanId, record)
  }
  follower = own.kafka.openTable({
    topic: own.topics.scans,
    apply: ({ value }) => void note(value).catch((error) => failures.push(`${error}`)),
    onFatal: (error) => failures.push(`${error}`),
  })
  await follower.start()
})

afterAll(async () => {
  await follower?.stop()
  await producer?.service.stop()
  await api?.service.stop()
  await database?.drop()
  await own?.close()
  expect(failures).toEqual([])
})

async function start(
  definition: unknown,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly service: StartedService; readonly url: string }> {
  let url = ''
  const info = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
  }
  const limits = { API_RATE_LIMIT_PER_MINUTE: '100000', API_RATE_LIMIT_BURST: '100000' }
  const service = await startService(
    definition as typeof apiService,
    { ...own.env, POSTGRES_URL: database.url, ...limits, ...env },
    {
      log: { ...silentLog, info },
      onFail: (reason, error) => void failures.push(`${reason}: ${error}`),
    },
  )
  return { service, url }
}

interface Row {
  readonly id: number
}

async function call(base: string, method: string, path: string, body: unknown): Promise<Row> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (JSON.parse(text) as { readonly data: Row }).data
}

const post = (path: string, body: unknown): Promise<Row> => call(api.url, 'POST', path, body)
const patch = (path: string, body: unknown): Promise<Row> => call(api.url, 'PATCH', path, body)

let reads = 0
/** Reads until a scan of a read that was sent after the call satisfies. */
async function scanThat(read: object, isRight: (scan: Scan) => boolean): Promise<Scan> {
  let found: Scan | undefined
  const sent: string[] = []
  await expect
    .poll(
      async () => {
        const id = `r-${++reads}`
        await call(producer.url, 'POST', '/scans', { id, ...read })
        sent.push(id)
        found = sent.flatMap((each) => scans.get(each) ?? []).find(isRight)
        return found !== undefined
      },
      { timeout: 10_000, interval: 20 },
    )
    .toBe(true)
  if (found === undefined) throw new Error('it was found')
  return found
}

test('organization, location and scan point have their say in this order, and scans follow every change', async () => {
  const site = await post('/locations', { name: 'Site' })
  const bay = await post('/locations', { name: 'Bay', parent_id: site.id })
  const device = await post('/scan-devices', { external_key: 'gw-1', name: 'Gateway', type: 'gl_s10' })
  const point = await post('/scan-points', { scan_device_id: device.id, location_id: bay.id })
  await post('/assets', { name: 'Crate', tags: [{ tag_type: 'ble', value: 'C0FFEE' }] })
  const read = { device: 'gw-1', tag: { value: 'C0FFEE' } }
  const system = { ...defaultMovementSettings.zone, slotFreshMs: 7_000 }

  const confirmMs = async (wanted: number): Promise<Scan> =>
    scanThat(read, ({ place }) => place.settings.confirmMs === wanted)
  expect((await scanThat(read, () => true)).place.settings).toEqual(system)
  await patch('/orgs/me/settings', { confirm_ms: 1_001, reorder_ms: 101, smoothing_ms: 901 })
  expect((await confirmMs(1_001)).place.settings).toEqual({
    ...system,
    confirmMs: 1_001,
    reorderMs: 101,
    smoothingMs: 901,
  })
  await patch(`/locations/${site.id}`, { settings: { confirm_ms: 1_002, reorder_ms: 102 } })
  expect((await confirmMs(1_002)).place.settings).toMatchObject({ reorderMs: 102, smoothingMs: 901 })
  await patch(`/locations/${bay.id}`, { settings: { confirm_ms: 1_003 } })
  expect((await confirmMs(1_003)).place.settings).toMatchObject({ reorderMs: 102, smoothingMs: 901 })
  await patch(`/scan-points/${point.id}`, { settings: { confirm_ms: 1_004, exit_timeout_seconds: 'off' } })
  expect((await confirmMs(1_004)).place.settings).toEqual({
    ...system,
    confirmMs: 1_004,
    exitTimeoutMs: null,
    reorderMs: 102,
    smoothingMs: 901,
  })

  // And back: what is taken away gives the word to the next.
  await patch(`/scan-points/${point.id}`, { settings: { confirm_ms: null } })
  expect((await confirmMs(1_003)).place.settings.exitTimeoutMs).toBeNull()
  await patch(`/locations/${bay.id}`, { settings: null })
  await confirmMs(1_002)
  await patch(`/locations/${site.id}`, { settings: null })
  expect((await confirmMs(1_001)).place.settings.reorderMs).toBe(101)
  await patch('/orgs/me/settings', { confirm_ms: null, reorder_ms: null, smoothing_ms: null })
  const end = await scanThat(read, ({ place }) => place.settings.confirmMs === 1_500)
  expect(end.place.settings).toEqual({ ...system, exitTimeoutMs: null })
})

test('a tracker is where its fix is: in the smallest fence, and the fence may be moved', async () => {
  const yard = await post('/locations', {
    name: 'Yard',
    settings: { confirm_reads: 3 },
    geofence: {
      type: 'polygon',
      points: [
        [52.6, -8.7],
        [52.6, -8.6],
        [52.7, -8.6],
        [52.7, -8.7],
      ],
    },
  })
  const gate = await post('/locations', {
    name: 'Gate',
    parent_id: yard.id,
    geofence: { type: 'circle', latitude: 52.63, longitude: -8.66, radius_m: 100 },
  })
  const device = await post('/scan-devices', { external_key: 'bus-304', name: 'Bus 304', type: 'tracker' })
  await post('/scan-points', { scan_device_id: device.id, kind: 'gps' })
  await post('/assets', { name: 'Bus', tags: [{ tag_type: 'gps', value: 'bus-304' }] })
  const at = (latitude: number, longitude: number) => ({
    device: 'bus-304',
    tag: { type: 'gps', value: 'bus-304' },
    position: { latitude, longitude, accuracy_m: 8 },
  })
  const leafOf = ({ place }: Scan): number | undefined => place.path[0]?.id

  const inside = await scanThat(at(52.63, -8.66), (scan) => leafOf(scan) === gate.id)
  expect(inside.place.path.map(({ name }) => name)).toEqual(['Gate', 'Yard'])
  expect(inside.tag).toEqual({ tagType: 'gps', value: 'bus-304' })
  expect(inside.fix).toEqual({
    latitude: 52.63,
    longitude: -8.66,
    accuracyM: 8,
    nearIds: [gate.id, yard.id],
  })
  expect(inside.place.settings).toEqual({
    ...defaultMovementSettings.gps,
    slotFreshMs: 7_000,
    confirmReads: 3,
  })
  const outside = await scanThat(at(53, -8.66), () => true)
  expect([outside.place.path, outside.fix?.nearIds]).toEqual([[], []])

  await patch(`/locations/${gate.id}`, { geofence: { latitude: 52.65 } })
  await scanThat(at(52.63, -8.66), (scan) => leafOf(scan) === yard.id)
  await scanThat(at(52.65, -8.66), (scan) => leafOf(scan) === gate.id)
  await patch(`/locations/${yard.id}`, { geofence: null })
  await scanThat(at(52.63, -8.66), (scan) => scan.place.path.length === 0)
})
