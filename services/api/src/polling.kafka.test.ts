/** The polling API as a client of TrakRF's meets it: over HTTP, on real PostgreSQL, Kafka and registry. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scopes } from '@scanhook/domain/scope'
import { openKafka } from '@scanhook/kafka/open'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { apiKeys } from '@scanhook/postgres/api-keys'
import type { AssetLocationRow } from '@scanhook/postgres/asset-locations'
import type { AssetScanRow } from '@scanhook/postgres/asset-scans'
import { history } from '@scanhook/postgres/history'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames, topicSpecs } from '@scanhook/schemas/topics'
import { apiCaller } from '@scanhook/testkit/api-caller'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { apiService } from './service.ts'

const prefix = `polling-test-${randomBytes(4).toString('hex')}.`
const topics = topicNames(prefix)
const port = 12_000 + (randomBytes(2).readUInt16BE() % 20_000)

/** TrakRF's answers as it documents them: every field is there, and nothing else but `presence` and names. */
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const key = z.string().regex(/^[A-Za-z0-9-]{1,255}$/)
const page = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), limit: z.int(), offset: z.int(), total_count: z.int() })
const assetLocationsAnswer = page(
  z.strictObject({
    asset_id: z.int(),
    asset_external_key: key,
    asset_name: z.string(),
    location_id: z.int().nullable(),
    location_external_key: key.nullable(),
    location_name: z.string().nullable(),
    asset_last_seen: instant,
    asset_deleted_at: instant.nullable(),
    dwell_started_at: instant.nullable(),
    dwell_seconds: z.int().nullable(),
    presence: z.enum(['present', 'absent']),
  }),
)
const assetHistoryAnswer = page(
  z.strictObject({
    event_observed_at: instant,
    location_id: z.int().nullable(),
    location_external_key: key.nullable(),
    location_name: z.string().nullable(),
    duration_seconds: z.int().nullable(),
  }),
)

interface Answer {
  readonly status: number
  readonly body: {
    readonly data: { readonly id: number; readonly external_key: string }
    readonly error: {
      readonly type: string
      readonly detail: string
      readonly fields: readonly { readonly field: string; readonly code: string }[]
    }
  }
}

let folder: string
let database: TestDatabase
let pg: Postgres
let service: StartedService
let orgId = 0
let token = ''

function call(method: string, path: string, body?: unknown, as: string = token): Promise<Answer> {
  return apiCaller<Answer['body']>(port, as)(method, path, body)
}

async function make(path: string, body: unknown): Promise<{ readonly id: number; readonly key: string }> {
  const { status, body: answer } = await call('POST', path, body)
  expect(status, JSON.stringify(answer)).toBe(201)
  return { id: answer.data.id, key: answer.data.external_key }
}

async function report(query = ''): Promise<z.infer<typeof assetLocationsAnswer>> {
  const { status, body } = await call('GET', `/reports/asset-locations${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return assetLocationsAnswer.parse(body)
}

async function historyOf(asset: number, query = ''): Promise<z.infer<typeof assetHistoryAnswer>> {
  const { status, body } = await call('GET', `/assets/${asset}/history${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return assetHistoryAnswer.parse(body)
}

beforeAll(async () => {
  const { KAFKA_BROKERS = '', REGISTRY_URL = '', POSTGRES_URL, REDIS_URL = '' } = process.env
  folder = await mkdtemp(join(tmpdir(), 'polling-'))
  database = await createTestDatabase('polling', POSTGRES_URL)
  pg = openPostgres({ url: database.url, log: silentLog })
  await openCodecs({
    registryUrl: REGISTRY_URL,
    cacheDir: folder,
    prefix,
    log: silentLog,
    mode: 'register',
  })
  const kafka = openKafka(
    {
      KAFKA_BROKERS: KAFKA_BROKERS.split(','),
      KAFKA_CLIENT_ID: 'polling-test',
      KAFKA_SECURITY: 'plaintext',
      KAFKA_USERNAME: '',
      KAFKA_PASSWORD: '',
      TOPIC_PREFIX: prefix,
    },
    { log: silentLog, metrics: openMetrics() },
  )
  const admin = await kafka.openAdmin()
  await admin.ensureTopics(
    topicSpecs(prefix, { partitions: 1, replicationFactor: 1 }).filter(
      (spec) => spec.name === topics.masterData,
    ),
  )
  await admin.close()
  service = await startService(apiService, {
    KAFKA_BROKERS,
    REGISTRY_URL,
    REDIS_URL,
    POSTGRES_URL: database.url,
    TOPIC_PREFIX: prefix,
    SCHEMA_CACHE_DIR: folder,
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    API_PORT: `${port}`,
    API_RATE_LIMIT_PER_MINUTE: '100000',
    API_RATE_LIMIT_BURST: '100000',
  })
})
afterAll(async () => {
  await service?.stop()
  await pg?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

/** Each test has an organization of its own. */
beforeEach(async () => {
  orgId = (await organizations(pg).ensure(`Org ${randomBytes(6).toString('hex')}`)).id
  token = (await apiKeys(pg).create(orgId, { name: 'test', scopes })).token
})

const t0 = Date.UTC(2026, 3, 28, 0, 0, 0, 21)
const at = (seconds: number): string => new Date(t0 + seconds * 1000).toISOString()

function located(
  assetId: number,
  locationId: number | null,
  seconds: readonly [number, number],
): AssetLocationRow {
  return {
    orgId,
    assetId,
    lastSeenMs: t0 + seconds[1] * 1000,
    locationId,
    locatedAtMs: locationId === null ? null : t0 + seconds[0] * 1000,
    locatedSequence: locationId === null ? 0 : 1,
    leftAtMs: null,
    leftSequence: 0,
    nowhereSequence: 0,
    resumedAtMs: null,
    resumedSequence: 0,
  }
}

let scans = 0
function scan(assetId: number, locationId: number | null, seconds: number, isLate = false): AssetScanRow {
  scans++
  const eventId = `00000000-0000-5000-8000-${scans.toString(16).padStart(12, '0')}`
  return { orgId, assetId, observedAtMs: t0 + seconds * 1000, eventId, locationId, isLate }
}

async function record(
  locations: readonly AssetLocationRow[],
  rows: readonly AssetScanRow[] = [],
): Promise<void> {
  await history(pg).recordEvents([], { scans: rows, locations }, t0)
}

describe('where assets are', () => {
  test('a row has every declared field; one that was never scanned, and one of others, is not there', async () => {
    const dock = await make('/locations', { external_key: 'DOCK-1', name: 'Dock' })
    const [here, nowhere] = [await make('/assets', { name: 'A' }), await make('/assets', { name: 'B' })]
    await make('/assets', { name: 'never scanned' })
    await record([located(here.id, dock.id, [0, 8_618]), located(nowhere.id, null, [0, 5])])
    const mine = token
    expect(await report()).toEqual({
      data: [
        {
          asset_id: here.id,
          asset_external_key: here.key,
          asset_name: 'A',
          location_id: dock.id,
          location_external_key: 'DOCK-1',
          location_name: 'Dock',
          asset_last_seen: at(8_618),
          asset_deleted_at: null,
          dwell_started_at: at(0),
          dwell_seconds: 8_618,
          presence: 'present',
        },
        {
          asset_id: nowhere.id,
          asset_external_key: nowhere.key,
          asset_name: 'B',
          location_id: null,
          location_external_key: null,
          location_name: null,
          asset_last_seen: at(5),
          asset_deleted_at: null,
          dwell_started_at: null,
          dwell_seconds: null,
          presence: 'absent',
        },
      ],
      limit: 50,
      offset: 0,
      total_count: 2,
    })
    const other = (await organizations(pg).ensure('Other')).id
    token = (await apiKeys(pg).create(other, { name: 'test', scopes })).token
    expect(await report(`?asset_id=${here.id}`)).toMatchObject({ data: [], total_count: 0 })
    expect((await call('GET', `/assets/${here.id}/history`)).status).toBe(404)
    token = mine
  })

  test('one that left keeps its last known location; the dwell stays what was observed', async () => {
    const dock = await make('/locations', { external_key: 'DOCK-1', name: 'Dock' })
    const asset = await make('/assets', { name: 'A' })
    const stay = located(asset.id, dock.id, [0, 60])
    await record([{ ...stay, leftAtMs: t0 + 60_000, leftSequence: 2 }])
    expect((await report()).data).toMatchObject([
      {
        location_external_key: 'DOCK-1',
        presence: 'absent',
        asset_last_seen: at(60),
        dwell_seconds: 60,
      },
    ])
    await record([{ ...located(asset.id, null, [0, 900]), resumedAtMs: t0 + 900_000, resumedSequence: 3 }])
    expect((await report()).data, 'seen again, not known where yet').toMatchObject([
      { presence: 'absent', asset_last_seen: at(900), dwell_started_at: null, dwell_seconds: null },
    ])
  })

  test('a scan without location ends the dwell, and the next with one begins it', async () => {
    const dock = await make('/locations', { external_key: 'DOCK-1', name: 'Dock' })
    const asset = await make('/assets', { name: 'A' })
    await record([{ ...located(asset.id, dock.id, [0, 60]), nowhereSequence: 2 }])
    expect((await report()).data).toMatchObject([{ location_id: dock.id, dwell_seconds: null }])
    await record([{ ...located(asset.id, null, [0, 120]), resumedAtMs: t0 + 90_000, resumedSequence: 3 }])
    expect((await report()).data).toMatchObject([
      { location_id: dock.id, dwell_started_at: at(90), dwell_seconds: 30 },
    ])
  })

  test('a location that is deleted or out of its validity shows as null, and its rows stay', async () => {
    const [gone, expired, future, live] = [
      await make('/locations', { external_key: 'GONE', name: 'x' }),
      await make('/locations', { external_key: 'EXPIRED', name: 'x' }),
      await make('/locations', { external_key: 'FUTURE', name: 'x' }),
      await make('/locations', { external_key: 'LIVE', name: 'x' }),
    ]
    const assets = [gone, expired, future, live].map(() => make('/assets', { name: 'A' }))
    const made = await Promise.all(assets)
    await record(
      [gone, expired, future, live].map((place, index) =>
        located(made[index]?.id ?? 0, place.id, [0, 100 - index]),
      ),
      [gone, expired, future, live].map((place, index) => scan(made[0]?.id ?? 0, place.id, index)),
    )
    await call('DELETE', `/locations/${gone.id}`)
    await call('PATCH', `/locations/${expired.id}`, { valid_to: '2026-01-01T00:00:00Z' })
    await call('PATCH', `/locations/${future.id}`, { valid_from: '2999-01-01T00:00:00Z' })
    await call('POST', `/locations/${live.id}/rename`, { external_key: 'RENAMED' })
    const shown = (await report()).data.map((row) => [row.location_id, row.location_external_key])
    expect(shown).toEqual([
      [null, null],
      [null, null],
      [null, null],
      [live.id, 'RENAMED'],
    ])
    expect((await report(`?location_id=${gone.id}`)).total_count).toBe(0)
    expect((await report('?location_external_key=EXPIRED')).total_count).toBe(0)
    expect((await report('?location_external_key=RENAMED')).total_count).toBe(1)
    expect((await historyOf(made[0]?.id ?? 0)).data.map((row) => row.location_external_key)).toEqual([
      'RENAMED',
      null,
      null,
      null,
    ])
  })

  test('filters can be repeated and combined, and the two forms of a pair exclude each other', async () => {
    const [dock, bay] = [
      await make('/locations', { external_key: 'DOCK', name: 'x' }),
      await make('/locations', { external_key: 'BAY', name: 'x' }),
    ]
    const [a, b, c] = await Promise.all(
      ['A-1', 'B-1', 'C-1'].map((key) => make('/assets', { name: key, external_key: key })),
    )
    if (a === undefined || b === undefined || c === undefined) throw new Error('no assets')
    await record([
      located(a.id, dock.id, [0, 3]),
      located(b.id, bay.id, [0, 2]),
      located(c.id, bay.id, [0, 1]),
    ])
    const keys = async (query: string) => (await report(query)).data.map((row) => row.asset_external_key)
    expect(await keys(`?asset_id=${a.id}&asset_id=${c.id}`)).toEqual(['A-1', 'C-1'])
    expect(await keys('?asset_external_key=B-1&asset_external_key=NONE')).toEqual(['B-1'])
    expect(await keys(`?location_id=${bay.id}`)).toEqual(['B-1', 'C-1'])
    expect(await keys('?location_external_key=DOCK&location_external_key=BAY')).toEqual(['A-1', 'B-1', 'C-1'])
    expect(await keys(`?location_id=${bay.id}&asset_external_key=C-1`)).toEqual(['C-1'])
    expect(await keys('?location_external_key=NONE')).toEqual([])
    for (const [query, field] of [
      [`?location_id=${bay.id}&location_external_key=BAY`, 'location_external_key'],
      [`?asset_id=${a.id}&asset_external_key=A-1`, 'asset_external_key'],
    ] as const) {
      const { status, body } = await call('GET', `/reports/asset-locations${query}`)
      expect([status, body.error.fields]).toMatchObject([400, [{ field, code: 'ambiguous_fields' }]])
    }
  })

  test('q finds a part of a name, a key or an active tag’s value, whatever the case, and takes % as it is', async () => {
    const a = await make('/assets', { external_key: 'FORK-7', name: 'Yellow 100% forklift' })
    const b = await make('/assets', {
      external_key: 'BIN-1',
      name: 'Bin',
      tags: [{ tag_type: 'rfid', value: 'E2801190A503' }],
    })
    await record([located(a.id, null, [0, 2]), located(b.id, null, [0, 1])])
    const keys = async (q: string) =>
      (await report(`?q=${encodeURIComponent(q)}`)).data.map((row) => row.asset_external_key)
    expect(await keys('yELLow')).toEqual(['FORK-7'])
    expect(await keys('ork-')).toEqual(['FORK-7'])
    expect(await keys('190a5')).toEqual(['BIN-1'])
    expect(await keys('i')).toEqual(['FORK-7', 'BIN-1'])
    expect(await keys('0%')).toEqual(['FORK-7'])
    expect(await keys('%')).toEqual(['FORK-7'])
    const tags = await call('GET', `/assets/${b.id}/tags`)
    const [tag] = tags.body.data as unknown as { id: number }[]
    await call('PATCH', `/assets/${b.id}/tags/${tag?.id}`, { is_active: false })
    expect(await keys('190a5')).toEqual([])
  })

  test('a deleted asset is there on request only, with the time of its deletion', async () => {
    const asset = await make('/assets', { name: 'A' })
    await record([located(asset.id, null, [0, 1])])
    await call('DELETE', `/assets/${asset.id}`)
    expect((await report()).total_count).toBe(0)
    expect(await report('?include_deleted=true')).toMatchObject({
      data: [{ asset_id: asset.id, asset_deleted_at: expect.any(String) }],
      total_count: 1,
    })
    expect((await report(`?include_deleted=true&asset_external_key=${asset.key}`)).total_count).toBe(1)
    expect((await report(`?asset_external_key=${asset.key}`)).total_count).toBe(0)
  })

  test('sorts by its three fields, newest first unless asked, and pages without gap or repetition', async () => {
    const places = await Promise.all(
      ['Z', 'Y', 'X'].map((external_key) => make('/locations', { external_key, name: 'x' })),
    )
    const assets = await Promise.all(
      Array.from({ length: 7 }, (_, index) => make('/assets', { external_key: `A-${index}`, name: 'x' })),
    )
    await record(
      assets.map((asset, index) =>
        located(asset.id, places[index % 4]?.id ?? null, [0, index < 3 ? 5 : 10 + index]),
      ),
    )
    const keys = async (query: string) => (await report(query)).data.map((row) => row.asset_external_key)
    expect((await keys('')).slice(0, 4)).toEqual(['A-6', 'A-5', 'A-4', 'A-3'])
    expect(await keys('?sort=asset_external_key')).toEqual(assets.map(({ key }) => key))
    expect(await keys('?sort=-asset_external_key')).toEqual(assets.map(({ key }) => key).toReversed())
    expect(await keys('?sort=location_external_key,asset_external_key')).toEqual([
      'A-2',
      'A-6',
      'A-1',
      'A-5',
      'A-0',
      'A-4',
      'A-3',
    ])
    expect(await keys('?sort=-asset_last_seen,asset_external_key')).toEqual([
      'A-6',
      'A-5',
      'A-4',
      'A-3',
      'A-0',
      'A-1',
      'A-2',
    ])
    for (const sort of ['-asset_last_seen', 'asset_last_seen', 'location_external_key']) {
      const whole = await keys(`?sort=${sort}`)
      const pages = [0, 3, 6].map(async (offset) => keys(`?sort=${sort}&limit=3&offset=${offset}`))
      expect((await Promise.all(pages)).flat(), sort).toEqual(whole)
    }
    expect(await report('?limit=2')).toMatchObject({ total_count: 7 })
    expect(await report('?limit=2&offset=6')).toMatchObject({ limit: 2, offset: 6, total_count: 7 })
    expect((await report('?limit=2&offset=100')).data).toEqual([])
  })

  test('what is asked wrongly is refused with its field', async () => {
    for (const [query, code, detail] of [
      ['?limit=201', 'too_large', undefined],
      ['?asset_id=1,2', 'invalid_value', undefined],
      ['?sort=name', 'invalid_value', 'unknown sort field: name'],
      ['?color=red', 'unknown_field', undefined],
    ] as const) {
      const { status, body } = await call('GET', `/reports/asset-locations${query}`)
      expect([query, status, body.error.fields[0]?.code]).toEqual([query, 400, code])
      if (detail !== undefined) expect(body.error.detail).toContain(detail)
    }
    const weak = (await apiKeys(pg).create(orgId, { name: 'w', scopes: ['assets:read'] })).token
    expect((await call('GET', '/reports/asset-locations', undefined, weak)).status).toBe(403)
    expect((await call('GET', '/assets/5/history', undefined, weak)).status).toBe(403)
  })
})

describe('where an asset was', () => {
  test('rows are its scans, newest first, late ones in their place; each says how long it was at the one before', async () => {
    const [dock, bay] = [
      await make('/locations', { external_key: 'DOCK', name: 'x' }),
      await make('/locations', { external_key: 'BAY', name: 'x' }),
    ]
    const [asset, other] = [await make('/assets', { name: 'A' }), await make('/assets', { name: 'B' })]
    await record(
      [],
      [
        scan(asset.id, dock.id, 0),
        scan(asset.id, bay.id, 1_843.9),
        scan(asset.id, null, 1_900),
        scan(asset.id, dock.id, 60, true),
        scan(other.id, dock.id, 30),
      ],
    )
    expect(await historyOf(asset.id)).toEqual({
      data: [
        {
          event_observed_at: at(1_900),
          location_id: null,
          location_external_key: null,
          location_name: null,
          duration_seconds: 56,
        },
        {
          event_observed_at: at(1_843.9),
          location_id: bay.id,
          location_external_key: 'BAY',
          location_name: 'x',
          duration_seconds: 1_783,
        },
        {
          event_observed_at: at(60),
          location_id: dock.id,
          location_external_key: 'DOCK',
          location_name: 'x',
          duration_seconds: 60,
        },
        {
          event_observed_at: at(0),
          location_id: dock.id,
          location_external_key: 'DOCK',
          location_name: 'x',
          duration_seconds: null,
        },
      ],
      limit: 50,
      offset: 0,
      total_count: 4,
    })
  })

  test('from and to include their instants, and bound the page, not the durations', async () => {
    const asset = await make('/assets', { name: 'A' })
    await record(
      [],
      [0, 60, 120, 180].map((seconds) => scan(asset.id, null, seconds)),
    )
    const page = await historyOf(asset.id, `?from=${at(60)}&to=${at(120)}&sort=event_observed_at`)
    expect(page.data.map((row) => [row.event_observed_at, row.duration_seconds])).toEqual([
      [at(60), 60],
      [at(120), 60],
    ])
    expect(page.total_count).toBe(2)
    expect((await historyOf(asset.id, '?limit=1')).total_count).toBe(4)
    const afterwards = await historyOf(asset.id, `?from=${at(121)}`)
    expect(afterwards.data.map((row) => row.duration_seconds)).toEqual([60])
    expect((await historyOf(asset.id, `?from=${at(181)}`)).data).toEqual([])
  })

  test('durations are the same on every page and in both directions; scans of one instant go by location', async () => {
    const places = await Promise.all(
      ['L1', 'L2'].map((external_key) => make('/locations', { external_key, name: 'x' })),
    )
    const [low, high] = places.toSorted((one, other) => one.id - other.id)
    if (low === undefined || high === undefined) throw new Error('no places')
    const asset = await make('/assets', { name: 'A' })
    // Over the turn of a month: two partitions.
    const seconds = [0, 60, 60, 200, 7 * 86_400, 7 * 86_400 + 30]
    await record(
      [],
      seconds.map((each, index) => scan(asset.id, index === 1 ? high.id : low.id, each)),
    )
    const whole = (await historyOf(asset.id)).data
    expect(whole.map((row) => row.duration_seconds)).toEqual([30, 7 * 86_400 - 200, 140, 60, 60, null])
    expect(whole.slice(3, 5).map((row) => row.location_id)).toEqual([low.id, high.id])
    for (const sort of ['-event_observed_at', 'event_observed_at']) {
      const pages = Array.from({ length: 6 }, (_, offset) =>
        historyOf(asset.id, `?sort=${sort}&limit=1&offset=${offset}`),
      )
      const rows = (await Promise.all(pages)).flatMap(({ data }) => data)
      expect(rows.map((row) => row.duration_seconds)).toEqual(
        sort.startsWith('-')
          ? [30, 7 * 86_400 - 200, 140, 60, 60, null]
          : [null, 60, 60, 140, 7 * 86_400 - 200, 30],
      )
    }
  })

  test('of an asset that is not there, or no more, there is none', async () => {
    const asset = await make('/assets', { name: 'A' })
    await record([], [scan(asset.id, null, 0)])
    expect((await historyOf(asset.id)).total_count).toBe(1)
    expect((await call('GET', '/assets/4711/history')).status).toBe(404)
    await call('DELETE', `/assets/${asset.id}`)
    expect((await call('GET', `/assets/${asset.id}/history`)).status).toBe(404)
    expect((await call('GET', `/assets/${asset.id}/history?from=yesterday`)).body.error.fields).toMatchObject(
      [{ field: 'from' }],
    )
  })
})
