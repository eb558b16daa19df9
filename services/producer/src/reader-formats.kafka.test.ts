/** Readers' own formats on real topics: bound to a topic, named by a header, and wrong. */
import type { Scan } from '@scanhook/domain/scan'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assets } from '@scanhook/postgres/assets'
import type { Changed } from '@scanhook/postgres/change'
import { locations } from '@scanhook/postgres/locations'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { producerService } from './service.ts'

const eventually = { timeout: 20_000, interval: 50 }
const failures: string[] = []
let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let started: StartedService
let url: string
let org: number
let token: string

beforeEach(async () => {
  own = await ownTopics('producer-formats')
  database = await createTestDatabase('producer_formats', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  await masterData()
  const seen = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
  }
  started = await startService(
    producerService,
    {
      ...own.env,
      POSTGRES_URL: database.url,
      REDIS_URL: process.env['REDIS_URL'] ?? '',
      REGISTRY_URL: process.env['REGISTRY_URL'] ?? '',
      PRODUCER_PORT: '0',
      PRODUCER_READ_TOPICS: `${own.topics.reads}=${org}@csl-cs463`,
    },
    {
      log: { ...silentLog, info: seen },
      onFail: (reason, error) => void failures.push(`${reason}: ${error}`),
    },
  )
})

afterEach(async () => {
  await started.stop()
  await pg.close()
  await database.drop()
  await own.close()
  expect(failures.splice(0)).toEqual([])
})

function row<T>(changed: Changed<T>): T {
  if (changed.kind !== 'changed') throw new Error(changed.kind)
  return changed.row
}

async function masterData(): Promise<void> {
  const { id } = await organizations(pg).ensure('Acme')
  org = id
  const bay = row(await locations(pg).create(id, { name: 'Bay 3', externalKey: 'BAY-3' }))
  for (const externalKey of ['cs463-214', 'gl-s10-01']) {
    const device = row(await scanDevices(pg).create(id, { externalKey, name: externalKey, type: 'reader' }))
    row(
      await scanPoints(pg).create(id, {
        scanDevice: { id: device.id },
        antennaPort: 1,
        kind: 'zone',
        location: { id: bay.id },
      }),
    )
  }
  row(
    await assets(pg).create(id, {
      name: 'Forklift 7',
      externalKey: 'FORK-7',
      tags: [
        { tagType: 'rfid', value: 'E280', matchKey: 'E280' },
        { tagType: 'ble', value: 'C300001A2B3C', matchKey: 'C300001A2B3C' },
      ],
    }),
  )
  token = (await apiKeys(pg).create(id, { name: 'test', scopes: ['scans:write'] })).token
}

async function feed(
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
  key = 'cs463-214',
): Promise<void> {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  await own.producer.append({ topic: own.topics.reads, key, value: bytes, headers })
}

async function seen(): Promise<readonly string[]> {
  const found: string[] = []
  for (const { value } of await own.readAll(own.topics.scans)) {
    const scan = await own.codecs.scans.decode(value)
    if (scan.kind === 'scan') found.push(shown(scan))
  }
  return found.sort()
}

function shown({ place, tag, rssiCdbm, asset }: Scan): string {
  return `${place.device.externalKey} ${tag.tagType} ${tag.value} ${rssiCdbm} ${asset.externalKey}`
}

const poisoned = ({ headers }: KafkaRecord): readonly (string | undefined)[] =>
  ['topic', 'partition', 'offset', 'reason', 'detail'].map((name) => headers[`poison-${name}`])

test('a bound topic, a header that says otherwise, and what is wrong set aside beside the good', async () => {
  const nowMs = Date.now()
  await feed({
    rfidReaderName: 'cs463-214',
    tags: [{ epc: 'E280', timeStampOfRead: nowMs * 1_000, antennaPort: 1, rssi: '-56' }],
  })
  const frame = { dev_id: 'gl-s10-01', dev_list: [{ mac: 'C300001A2B3C', rssi: -71, ts: nowMs }] }
  await feed(frame, { 'scanhook-format': 'gl-s10' })
  const bad = { epc: 'E280', antennaPort: 'left', rssi: -1 }
  const mixed = { tags: [{ epc: 'E280', antennaPort: 1, rssi: -60.25 }, bad] }
  await feed(mixed)
  await feed('{"tags":[')
  await feed(mixed, { 'scanhook-format': 'csv' })
  await feed({ tags: [] })
  await feed({ tags: [{ epc: 'E280', antennaPort: 1, rssi: 0 }] })
  await vi.waitFor(
    async () =>
      expect(await seen()).toEqual([
        'cs463-214 rfid E280 -5600 FORK-7',
        'cs463-214 rfid E280 -6025 FORK-7',
        'cs463-214 rfid E280 null FORK-7',
        'gl-s10-01 ble C300001A2B3C -7100 FORK-7',
      ]),
    eventually,
  )
  const records = await own.readAll(own.topics.poison)
  const { partition } = await coordinates(records)
  expect(records.map(poisoned)).toEqual([
    [
      own.topics.reads,
      partition,
      '2',
      'invalid_field',
      'tags.1.antennaPort must be a whole number; received a string',
    ],
    [own.topics.reads, partition, '3', 'invalid_json', 'there is no JSON in it'],
    [
      own.topics.reads,
      partition,
      '4',
      'invalid_field',
      expect.stringMatching(/^scanhook-format must be one of scanhook, csl-cs463, /),
    ],
  ])
  expect(records.map(({ value }) => `${value}`)).toEqual([
    JSON.stringify(mixed),
    '{"tags":[',
    JSON.stringify(mixed),
  ])
})

/** One key is one partition, whichever that is. */
async function coordinates(records: readonly KafkaRecord[]): Promise<{ readonly partition: string }> {
  const partitions = new Set(records.map(({ headers }) => headers['poison-partition']))
  expect(partitions.size).toBe(1)
  return { partition: [...partitions][0] ?? '' }
}

test('a request in a reader’s format: good reads become scans, bad entries are named', async () => {
  const post = (format: string, body: unknown): Promise<Response> =>
    fetch(`${url}/api/v1/scans`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'Scanhook-Format': format,
        'Scanhook-Device': 'cs463-214',
      },
      body: JSON.stringify(body),
    })
  const answer = await post('csl-cs463', {
    tags: [{ epc: 'E280', rssi: '-56' }, { epc: 7 }, { epc: 'FFFF' }],
  })
  expect([answer.status, await answer.json()]).toEqual([
    202,
    {
      data: {
        accepted: 1,
        duplicates: 0,
        dropped: 1,
        drops: [{ index: 0, reason: 'unknown_tag' }],
        rejected: [
          {
            index: 0,
            fields: [
              {
                field: 'tags.1.epc',
                code: 'invalid_value',
                message: 'must be a string; received a number',
                params: null,
              },
            ],
          },
        ],
      },
    },
  ])
  expect(await seen()).toEqual(['cs463-214 rfid E280 -5600 FORK-7'])
  const refused = await post('csv', {})
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { error: { fields: [{ field: 'scanhook-format', message: expect.stringContaining('zebra-iot') }] } },
  ])
})
