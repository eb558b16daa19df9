/** Readers, clocks and unknown tags with everything real: what the producer says beside scans. */
import type { Liveness, Scan, ScanRecord } from '@scanhook/domain/scan'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assets } from '@scanhook/postgres/assets'
import type { Changed } from '@scanhook/postgres/change'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { producerService } from './service.ts'

const eventually = { timeout: 20_000, interval: 50 }
const hourMs = 3_600_000
const failures: string[] = []
let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let postgresDoor: TcpDoor
let started: StartedService
let url = ''
let org = 0
let token = ''
let deviceIds: readonly number[] = []

beforeEach(async () => {
  own = await ownTopics('presence')
  database = await createTestDatabase('presence', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  const { hostname, port } = new URL(database.url)
  postgresDoor = await openTcpDoor({ host: hostname, port: Number(port) })
  await masterData()
  started = await start()
})

afterEach(async () => {
  await started.stop()
  await postgresDoor.shut()
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
  org = (await organizations(pg).ensure('Acme')).id
  const devices = await Promise.all(
    ['gw-1', 'gw-2'].map(async (externalKey) => {
      const device = row(
        await scanDevices(pg).create(org, { externalKey, name: externalKey, type: 'gl_s10' }),
      )
      row(await scanPoints(pg).create(org, { scanDevice: { id: device.id }, antennaPort: 1 }))
      return device.id
    }),
  )
  deviceIds = devices
  for (let n = 1; n <= 20; n += 1) {
    const tags = [{ tagType: 'ble', value: `AA${n}`, matchKey: `AA${n}` }] as const
    row(await assets(pg).create(org, { name: `Pallet ${n}`, tags }))
  }
  token = (await apiKeys(pg).create(org, { name: 'test', scopes: ['scans:write'] })).token
}

async function start(): Promise<StartedService> {
  const seen = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
  }
  const throughDoor = new URL(database.url)
  throughDoor.port = `${postgresDoor.port}`
  return startService(
    producerService,
    {
      ...own.env,
      POSTGRES_URL: throughDoor.href,
      REDIS_URL: process.env['REDIS_URL'] ?? '',
      PRODUCER_PORT: '0',
      PRODUCER_LIVENESS_MS: '100',
      API_RATE_LIMIT_PER_MINUTE: '1000000',
      API_RATE_LIMIT_BURST: '1000000',
    },
    {
      log: { ...silentLog, info: seen },
      onFail: (reason, error) => void failures.push(`${reason}: ${error}`),
    },
  )
}

const read = (device: string, value: string, more: object = {}): object => ({
  org_id: org,
  device,
  tag: { value },
  ...more,
})

async function feed(...reads: readonly object[]): Promise<void> {
  await own.producer.appendAll(
    reads.map((each, index) => ({
      topic: own.topics.reads,
      key: `${index % 7}`,
      value: Buffer.from(JSON.stringify(each)),
    })),
  )
}

async function post(...reads: readonly object[]): Promise<void> {
  const answer = await fetch(`${url}/api/v1/scans`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(reads),
  })
  expect(answer.status).toBe(202)
}

interface Placed<T> {
  readonly partition: number
  readonly offset: number
  readonly value: T
}

async function records(): Promise<readonly Placed<ScanRecord>[]> {
  const found: Placed<ScanRecord>[] = []
  for (const { partition, offset, value } of await own.readAll(own.topics.scans))
    found.push({ partition, offset, value: await own.codecs.scans.decode(value) })
  return found
}

const isScan = (one: Placed<ScanRecord>): one is Placed<Scan> => one.value.kind === 'scan'
const isLiveness = (one: Placed<ScanRecord>): one is Placed<Liveness> => one.value.kind === 'liveness'

test('when a reader was heard is recorded, where others can ask for it', async () => {
  const fromMs = Date.now()
  await post(read('gw-1', 'AA1'))
  const session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  try {
    const recorded = () =>
      session.query<{ id: string; heard: number; offline: string }>(
        `select scan_device_id as id, (extract(epoch from last_heard_at) * 1000)::double precision as heard,
           offline_ms as offline from device_sightings where org_id = $1`,
        [org],
      )
    await expect.poll(async () => (await recorded()).length, eventually).toBe(1)
    const [sighting] = await recorded()
    expect([Number(sighting?.id), Number(sighting?.offline)]).toEqual([deviceIds[0], 60_000])
    expect(sighting?.heard).toBeGreaterThanOrEqual(fromMs)
  } finally {
    await session.close()
  }
})

/** Partition by partition, who was told of. */
async function told(): Promise<readonly (readonly number[])[]> {
  const all = (await records()).filter(isLiveness)
  return [0, 1, 2].map((partition) => [
    ...new Set(
      all
        .filter((one) => one.partition === partition)
        .flatMap(({ value }) => value.devices.map(({ deviceId }) => deviceId)),
    ),
  ])
}

test('every partition hears of a reader, also of one that reads strangers only', async () => {
  await feed(read('gw-1', 'FFFF'), read('nobody', 'AA1'))
  await post(read('gw-2', 'AA1'))
  const both = deviceIds.toSorted((one, other) => one - other)
  await vi.waitFor(
    async () =>
      expect((await told()).map((ids) => ids.toSorted((one, other) => one - other))).toEqual([
        both,
        both,
        both,
      ]),
    eventually,
  )
  expect((await started.metrics.text()).split('\n')).toContain('scanhook_readers_remembered 2')
  // Heard no more, told no more: the other one is told of again, alone.
  const since = Date.now()
  await post(read('gw-2', 'AA1'))
  const [first] = deviceIds
  await vi.waitFor(async () => {
    const later = (await records()).filter(isLiveness).filter(({ value }) => value.atMs >= since)
    const heard = later.flatMap(({ value }) => value.devices.map(({ deviceId }) => deviceId))
    expect(heard.length).toBeGreaterThanOrEqual(3)
    expect(heard).not.toContain(first)
  }, eventually)
})

test('a heartbeat alone keeps its reader heard, in every partition', async () => {
  await own.producer.append({
    topic: own.topics.reads,
    key: 'gw-2',
    value: Buffer.from(
      JSON.stringify({ msg_id: 3003, device_info: { device_id: 'gw-2', mac: 'AABBCCDDEEFF' }, data: {} }),
    ),
    headers: { 'scanhook-format': 'moko-mk107', 'scanhook-device': 'gw-2', 'scanhook-org': `${org}` },
  })
  const [, second] = deviceIds
  await vi.waitFor(async () => expect(await told()).toEqual([[second], [second], [second]]), eventually)
  expect((await records()).filter(isScan)).toEqual([])
})

test('H1: in each partition a record of the time T stands behind every scan that was received up to T', async () => {
  const livenessCount = async (): Promise<number> => (await records()).filter(isLiveness).length
  let round = 0
  // However fast the machine is: until there were several words in each partition with scans around them.
  for (; round < 30 || (round < 600 && (await livenessCount()) <= 9); round += 1) {
    const values = Array.from({ length: 20 }, (_, index) => `AA${index + 1}`)
    await Promise.all([
      feed(...values.map((value) => read('gw-1', value, { id: `k${round}-${value}` }))),
      post(...values.map((value) => read('gw-2', value, { id: `h${round}-${value}` }))),
    ])
  }
  await vi.waitFor(async () => {
    expect((await records()).filter(isScan)).toHaveLength(round * 40)
    expect(await livenessCount()).toBeGreaterThan(9)
  }, eventually)
  const all = await records()
  for (const liveness of all.filter(isLiveness)) {
    const behind = all.filter((one) => one.partition === liveness.partition && one.offset > liveness.offset)
    for (const scan of behind.filter(isScan))
      expect(scan.value.receivedAtMs).toBeGreaterThan(liveness.value.atMs)
    for (const { lastHeardMs, aliveSinceMs } of liveness.value.devices) {
      expect(lastHeardMs).toBeLessThanOrEqual(liveness.value.atMs)
      expect(aliveSinceMs).toBeLessThanOrEqual(lastHeardMs)
    }
  }
})

test('a producer that waits for PostgreSQL does not say that readers are heard now', async () => {
  await feed(read('gw-1', 'AA1'))
  await vi.waitFor(async () => expect((await told())[0]).toHaveLength(1), eventually)
  await postgresDoor.shut()
  const stuckAtMs = Date.now()
  // One record that nobody can judge, with a key of its own, so the other partitions go on.
  await own.producer.append({
    topic: own.topics.reads,
    key: 'stuck',
    value: Buffer.from(JSON.stringify(read('gw-1', 'AA20'))),
  })
  // The others go on for longer than a watermark lies behind at most.
  const untilMs = stuckAtMs + 2_500
  await vi.waitFor(async () => {
    await feed(...Array.from({ length: 7 }, () => read('gw-1', 'AA1')))
    const newest = (await records()).filter(isScan).map(({ value }) => value.receivedAtMs)
    expect(Math.max(...newest)).toBeGreaterThan(untilMs)
  }, eventually)
  const said = (await records()).filter(isLiveness).map(({ value }) => value.atMs)
  expect(Math.max(...said)).toBeLessThanOrEqual(stuckAtMs)
  await postgresDoor.open()
  await vi.waitFor(async () => {
    const later = (await records()).filter(isLiveness).map(({ value }) => value.atMs)
    expect(Math.max(...later)).toBeGreaterThan(untilMs)
  }, eventually)
})

test('a restart does not forget what was learned of a reader’s clock', async () => {
  const made = (aheadMs: number, id: string): object =>
    read('gw-1', 'AA1', { id, read_at: new Date(Date.now() + aheadMs).toISOString() })
  await feed(made(240_000, 'first'))
  await vi.waitFor(async () => expect((await records()).filter(isScan)).toHaveLength(1), eventually)
  await started.stop()
  started = await start()
  // An hour older by the reader's clock, which is four minutes ahead: so it was made an hour and four minutes ago.
  await feed(made(-hourMs, 'second'))
  await vi.waitFor(async () => expect((await records()).filter(isScan)).toHaveLength(2), eventually)
  const scans = (await records()).filter(isScan)
  const delayOf = (id: string): number => {
    const { receivedAtMs = 0, atMs = 0 } = scans.find(({ value }) => value.scanId === id)?.value ?? {}
    return receivedAtMs - atMs
  }
  expect(delayOf('first')).toBe(0)
  expect(Math.abs(delayOf('second') - hourMs - 240_000)).toBeLessThan(2_000)
})
