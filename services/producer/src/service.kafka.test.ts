/** The producer with everything real: Kafka, registry, PostgreSQL, Redis and HTTP; the stores can be taken away one by one. */
import { exampleData } from '@scanhook/catalogue/examples'
import { orgId } from '@scanhook/domain/ids'
import type { Scan } from '@scanhook/domain/scan'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { sendUnpackable } from '@scanhook/kafka/unpackable-batch'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assets } from '@scanhook/postgres/assets'
import type { Changed } from '@scanhook/postgres/change'
import { locations } from '@scanhook/postgres/locations'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { openOutboxSession } from '@scanhook/postgres/outbox'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { tags } from '@scanhook/postgres/tags'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { masterDataKey } from '@scanhook/schemas/keys'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { producerService } from './service.ts'

const eventually = { timeout: 20_000, interval: 50 }
const failures: string[] = []
let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let doors: { readonly postgres: TcpDoor; readonly redis: TcpDoor; readonly registry: TcpDoor }
let started: StartedService
let url: string
let world: {
  readonly org: number
  readonly token: string
  readonly assetId: number
  readonly locationId: number
}

beforeEach(async () => {
  own = await ownTopics('producer')
  database = await createTestDatabase('producer', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  world = await masterData('Acme')
  doors = {
    postgres: await doorTo(database.url),
    redis: await doorTo(process.env['REDIS_URL']),
    registry: await doorTo(process.env['REGISTRY_URL']),
  }
  started = await start()
})

afterEach(async () => {
  await started.stop()
  await Promise.all(Object.values(doors).map((door) => door.shut()))
  await pg.close()
  await database.drop()
  await own.close()
  expect(failures.splice(0)).toEqual([])
})

async function doorTo(address: string | undefined): Promise<TcpDoor> {
  const { hostname, port } = new URL(address ?? '')
  return openTcpDoor({ host: hostname, port: Number(port) })
}

function through(door: TcpDoor, address: string | undefined): string {
  const changed = new URL(address ?? '')
  changed.port = `${door.port}`
  return changed.href.replace(/\/$/, '')
}

async function start(env: Readonly<Record<string, string>> = {}): Promise<StartedService> {
  const lines: string[] = []
  const seen = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null && 'url' in fields) lines.push(`${fields.url}`)
  }
  const service = await startService(
    producerService,
    {
      ...own.env,
      POSTGRES_URL: through(doors.postgres, database.url),
      REDIS_URL: through(doors.redis, process.env['REDIS_URL']),
      REGISTRY_URL: through(doors.registry, process.env['REGISTRY_URL']),
      PRODUCER_PORT: '0',
      ...env,
    },
    {
      log: { ...silentLog, info: seen },
      onFail: (reason, error) => void failures.push(`${reason}: ${error}`),
    },
  )
  url = lines.at(-1) ?? ''
  return service
}

function row<T>(changed: Changed<T>): T {
  if (changed.kind !== 'changed') throw new Error(changed.kind)
  return changed.row
}

async function masterData(name: string): Promise<typeof world> {
  const { id: org } = await organizations(pg).ensure(name)
  const site = row(await locations(pg).create(org, { name: 'Warehouse', externalKey: 'WH' }))
  const bay = row(
    await locations(pg).create(org, { name: 'Bay 3', externalKey: 'BAY-3', parent: { id: site.id } }),
  )
  const device = row(
    await scanDevices(pg).create(org, { externalKey: 'dock-3', name: 'Dock 3', type: 'csl_cs463' }),
  )
  row(
    await scanPoints(pg).create(org, {
      scanDevice: { id: device.id },
      antennaPort: 1,
      kind: 'zone',
      location: { id: bay.id },
    }),
  )
  const asset = row(
    await assets(pg).create(org, {
      name: 'Forklift 7',
      externalKey: 'FORK-7',
      tags: [{ tagType: 'rfid', value: 'E280', matchKey: 'E280' }],
    }),
  )
  const { token } = await apiKeys(pg).create(org, { name: 'test', scopes: ['scans:write', 'events:write'] })
  return { org, token, assetId: asset.id, locationId: bay.id }
}

/** What the relay of the API does: from the outbox to `master-data`. */
async function announce(): Promise<void> {
  const session = await openOutboxSession(pg, { onWake: () => undefined, onEnd: () => undefined })
  await session.tryLead()
  const changes = await session.list(1_000)
  await own.producer.appendAll(
    changes.map((change) => ({
      topic: own.topics.masterData,
      key: masterDataKey(change.orgId, change.kind, change.id),
      value: own.codecs.masterData.encode(change),
    })),
  )
  await session.forget(changes.map(({ version }) => version))
  await session.close()
}

const read = (more: object = {}): object => ({ device: 'dock-3', tag: { value: '00:e2:80' }, ...more })

async function feed(...contents: readonly unknown[]): Promise<void> {
  await own.producer.appendAll(
    contents.map((content) => ({
      topic: own.topics.reads,
      key: 'upstream',
      value: Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content)),
      headers: { 'scanhook-org': `${world.org}` },
    })),
  )
}

async function scans(): Promise<readonly Scan[]> {
  const found: Scan[] = []
  for (const { value } of await own.readAll(own.topics.scans)) {
    const scan = await own.codecs.scans.decode(value)
    if (scan.kind === 'scan') found.push(scan)
  }
  return found
}

async function scanIds(): Promise<readonly string[]> {
  return (await scans()).map(({ scanId }) => scanId).sort()
}

async function metric(name: string): Promise<number> {
  const line = (await started.metrics.text()).split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1) ?? Number.NaN)
}

async function post(path: string, body: unknown, token: string = world.token): Promise<Response> {
  return fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

test('reads in JSON and Avro, alone and in batches, become scans under their asset’s key; copies do not', async () => {
  const avro = own.codecs.reads.encode({
    orgId: orgId(0),
    readId: 'avro',
    deviceKey: 'dock-3',
    antennaPort: 1,
    tagType: 'rfid',
    tagValue: 'E280',
    readAtMs: null,
    rssiCdbm: -5_650,
    reads: 3,
    position: null,
  })
  await feed(read({ id: 'one' }), avro, [read({ id: 'two' }), read({ id: 'three' })], read({ id: 'one' }))
  await feed(read({ id: 'two' }), read({ id: 'x', tag: { value: 'FFFF' } }))
  await feed(read({ id: 'y', device: 'nowhere' }), read({ id: 'z', antenna_port: 9 }), read({ id: 'last' }))
  await vi.waitFor(
    async () => expect(await scanIds()).toEqual(['avro', 'last', 'one', 'three', 'two']),
    eventually,
  )
  const records = await own.readAll(own.topics.scans)
  expect(new Set(records.map(({ key }) => `${key}`))).toEqual(new Set([`${world.org}:${world.assetId}`]))
  // Nobody sent a trace, and tracing is off: none is made up.
  expect(records.every(({ headers }) => headers['traceparent'] === undefined)).toBe(true)
  expect((await scans()).find(({ scanId }) => scanId === 'avro')).toMatchObject({
    asset: { externalKey: 'FORK-7' },
    place: {
      path: [{ externalKey: 'BAY-3', parentExternalKey: 'WH' }, { externalKey: 'WH' }],
      device: { externalKey: 'dock-3', type: 'csl_cs463' },
      point: { antennaPort: 1, kind: 'zone' },
    },
    tag: { tagType: 'rfid', value: 'E280' },
    fix: null,
    rssiCdbm: -5_650,
    reads: 3,
  })
  expect(await metric('scanhook_reads_dropped_total{reason="duplicate"}')).toBe(2)
  expect(await metric('scanhook_reads_dropped_total{reason="unknown_tag"}')).toBe(1)
  expect(await metric('scanhook_reads_dropped_total{reason="unknown_device"}')).toBe(1)
  expect(await metric('scanhook_reads_dropped_total{reason="unknown_scan_point"}')).toBe(1)
})

test('bad records are on poison with their bytes and coordinates, and the good one behind them is not delayed', async () => {
  const truncated = own.codecs.reads.encode({
    orgId: orgId(world.org),
    readId: 'cut',
    deviceKey: 'dock-3',
    antennaPort: null,
    tagType: null,
    tagValue: 'E280',
    readAtMs: null,
    rssiCdbm: null,
    reads: 1,
    position: null,
  })
  const unknownSchema = Buffer.from(truncated)
  unknownSchema.writeInt32BE(2_000_000_000, 1)
  const bad = [
    Buffer.from([9, 1, 2]),
    Buffer.from(truncated.subarray(0, truncated.length - 1)),
    unknownSchema,
    Buffer.from('{"device":'),
    Buffer.from('{"device":7}'),
    Buffer.alloc(900_000, 0x7b),
  ]
  await feed(...bad, read({ id: 'good' }))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['good']), eventually)
  const poison = await own.readAll(own.topics.poison)
  const reasonOf = ({ headers }: KafkaRecord): string | undefined => headers['poison-reason']
  const byReason = new Map(
    poison.map((record) => [`${reasonOf(record)}@${record.headers['poison-offset']}`, record.value]),
  )
  const reasons = [
    'bad_magic',
    'undecodable',
    'unknown_schema',
    'invalid_json',
    'invalid_field',
    'invalid_json',
  ]
  for (const [index, reason] of reasons.entries()) {
    expect(
      byReason.get(`${reason}@${index}`)?.equals(bad[index] ?? Buffer.alloc(0)),
      `${reason}@${index}`,
    ).toBe(true)
  }
  expect(poison[0]?.headers).toMatchObject({ 'poison-topic': own.topics.reads, 'poison-service': 'producer' })
})

test('a batch that can not be unpacked is on poison as one, and the good record behind it is read', async () => {
  await sendUnpackable(own.env['KAFKA_BROKERS']?.split(',') ?? [], own.topics.reads)
  await feed(read({ id: 'good' }))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['good']), eventually)
  const poison = await own.readAll(own.topics.poison)
  expect(poison.map(({ headers }) => headers)).toMatchObject([
    { 'poison-reason': 'undecodable', 'poison-offset': '0', 'poison-topic': own.topics.reads },
  ])
  expect(poison[0]?.headers['poison-detail']).toMatch('offsets 0 to 2')
  expect(await metric('scanhook_batches_undecodable_total')).toBe(1)
}, 60_000)

test('a renamed location and a new tag are followed as soon as they are announced', async () => {
  await feed(read({ id: 'before' }), read({ id: 'stray', tag: { value: 'BEEF' } }))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['before']), eventually)
  row(await locations(pg).update(world.org, world.locationId, { name: 'Bay 3 north' }))
  row(await tags(pg).create(world.org, world.assetId, { tagType: 'rfid', value: 'BEEF', matchKey: 'BEEF' }))
  await announce()
  let count = 0
  await vi.waitFor(
    async () => {
      count += 1
      await feed(read({ id: `after-${count}` }), read({ id: `known-${count}`, tag: { value: 'BEEF' } }))
      const found = await scans()
      expect(found.some(({ tag }) => tag.value === 'BEEF')).toBe(true)
      expect(found.some(({ place }) => place.path[0]?.name === 'Bay 3 north')).toBe(true)
    },
    { timeout: 5_000, interval: 100 },
  )
})

test('PostgreSQL gone: known tags go on, an unknown one waits and arrives when it is back', async () => {
  await feed(read({ id: 'a' }))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['a']), eventually)
  row(await tags(pg).create(world.org, world.assetId, { tagType: 'rfid', value: 'BEEF', matchKey: 'BEEF' }))
  expect((await post('scans', { device: 7 })).status).toBe(400) // the key is known from here on
  await doors.postgres.shut()
  await feed(read({ id: 'b' }), read({ id: 'c', tag: { value: 'BEEF' } }))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['a', 'b']), eventually)
  const answer = await post('scans', read({ tag: { value: 'BEEF' } }))
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  await doors.postgres.open()
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['a', 'b', 'c']), eventually)
  expect(await own.readAll(own.topics.poison)).toEqual([])
})

test('Redis gone: scans go on, copies pass; when it is back copies are found again', async () => {
  await feed(read({ id: 'a' }))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['a']), eventually)
  await doors.redis.shut()
  await feed(read({ id: 'b' }))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['a', 'b']), eventually)
  await doors.redis.open()
  await vi.waitFor(async () => {
    await feed(read({ id: 'a' }))
    await vi.waitFor(
      async () => expect(await metric('scanhook_reads_dropped_total{reason="duplicate"}')).toBeGreaterThan(0),
      500,
    )
  }, eventually)
})

test('registry gone: a restarted producer works from the schemas it has seen', async () => {
  await started.stop()
  await doors.registry.shut()
  started = await start()
  const reads = own.codecs.reads
  const one = {
    orgId: orgId(world.org),
    readId: 'a',
    deviceKey: 'dock-3',
    antennaPort: 1,
    tagType: null,
    tagValue: 'E280',
    readAtMs: null,
    rssiCdbm: null,
    reads: 1,
    position: null,
  }
  await feed(reads.encode(one))
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['a']), eventually)
})

test('a restart goes on where it stopped, and what is read again is the same scan', async () => {
  await feed(...Array.from({ length: 50 }, (_, index) => read({ id: `r${index}` })))
  await vi.waitFor(async () => expect((await scanIds()).length).toBe(50), eventually)
  await started.stop()
  await feed(read({ id: 'r0' }), read({ id: 'new' }))
  started = await start()
  await vi.waitFor(async () => expect(await scanIds()).toContain('new'), eventually)
  expect((await scanIds()).length).toBe(51)
})

test('a topic that is bound to an organization needs no word about it; recordings may bring their own time', async () => {
  await started.stop()
  started = await start({
    PRODUCER_READ_TOPICS: `${own.topics.reads}=${world.org}`,
    PRODUCER_TRUST_RECEIVED_AT: 'true',
  })
  const value = Buffer.from(`${JSON.stringify(read({ id: 'a' }))}\n${JSON.stringify(read({ id: 'b' }))}`)
  const headers = { 'scanhook-received-at': '1753600000000', 'content-type': 'application/x-ndjson' }
  await own.producer.append({ topic: own.topics.reads, key: null, value, headers })
  await vi.waitFor(async () => expect(await scanIds()).toEqual(['a', 'b']), eventually)
  expect((await scans()).map(({ receivedAtMs }) => receivedAtMs)).toEqual([
    1_753_600_000_000, 1_753_600_000_000,
  ])
})

test('POST /scans: 202 after the acknowledgement, copies counted, bad ones named, keys and scopes checked', async () => {
  const batch = [
    read({ id: 'a' }),
    read({ id: 'b' }),
    { device: 'dock-3' },
    read({ tag: { value: 'FFFF' } }),
    read({ id: 'a' }),
  ]
  const answer = await post('scans', batch)
  expect(answer.status).toBe(202)
  expect(await answer.json()).toMatchObject({
    data: {
      accepted: 2,
      duplicates: 1,
      dropped: 1,
      drops: [{ index: 3, reason: 'unknown_tag' }],
      rejected: [{ index: 2 }],
    },
  })
  expect(await scanIds()).toEqual(['a', 'b'])
  expect(await (await post('scans', read({ id: 'a' }))).json()).toMatchObject({
    data: { accepted: 0, duplicates: 1 },
  })
  expect((await post('scans', { device: 7 })).status).toBe(400)
  expect((await post('scans', read(), 'sk_1_wrong')).status).toBe(401)
  const { token } = await apiKeys(pg).create(world.org, { name: 'reader', scopes: ['tracking:read'] })
  expect((await post('scans', read(), token)).status).toBe(403)
})

test('business events by Kafka and by HTTP are one event when they carry one id', async () => {
  const event = {
    id: 'e-1',
    type: 'shipment.approved',
    occurred_at: '2026-07-27T16:26:26.412Z',
    data: exampleData['shipment.approved'],
  }
  const answer = await post('events', event)
  expect([answer.status, await answer.json()]).toMatchObject([202, { data: { accepted: 1 } }])
  await own.producer.append({
    topic: own.topics.businessEvents,
    key: null,
    value: Buffer.from(
      JSON.stringify([
        { ...event, org_id: world.org },
        { ...event, org_id: world.org, id: 'e-2' },
        { ...event, data: {} },
      ]),
    ),
  })
  await vi.waitFor(async () => expect((await own.readAll(own.topics.events)).length).toBe(2), eventually)
  const records = await own.readAll(own.topics.events)
  expect(new Set(records.map(({ key }) => `${key}`))).toEqual(new Set([`${world.org}:shipment:ship_abc123`]))
  const [first] = await Promise.all(records.map(({ value }) => own.codecs.events.decode(value)))
  expect(first).toMatchObject({
    type: 'shipment.approved',
    assetId: null,
    dataJson: JSON.stringify(event.data),
    occurredAtMs: Date.parse(event.occurred_at),
  })
  const [poison] = await own.readAll(own.topics.poison)
  expect(poison?.headers['poison-reason']).toBe('unknown_organization')
  expect(await metric('scanhook_business_events_total{fate="duplicate"}')).toBe(1)
})
