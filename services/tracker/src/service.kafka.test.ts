/** The tracker against the real broker and registry: restarts in the middle, with nothing flushed and with everything. */
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, orgId, scanDeviceId } from '@scanhook/domain/ids'
import type { HeardDevice, Place, Scan } from '@scanhook/domain/scan'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { silentLog } from '@scanhook/observability/log'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { assetKey } from '@scanhook/schemas/keys'
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { location, place, scan } from '@scanhook/testkit/scan-builders'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { trackerService } from './service.ts'

let own: OwnTopics
let started: StartedService | null = null

beforeEach(async () => {
  own = await ownTopics('tracker')
})

const failures: string[] = []

afterEach(async () => {
  expect(failures).toEqual([])
  await started?.stop()
  started = null
  await own.close()
})

const org = orgId(42)
const site = location(1, 'Warehouse')
const assetCount = 5
// In the past, so that the ticks of the wall clock come after all of them and settle what is open.
const startMs = Date.now() - 3_600_000

/** Three bays that hear each other: the same level everywhere, so only who falls silent tells. */
const bays = [1, 2, 3].map((number): Place => {
  const path = [location(10 + number, `Bay ${number}`, site), site]
  return place({ path, point: 20 + number, device: 7, settings: { slotFreshMs: 1_000, switchMarginCdbm: 0 } })
})

/** Assets go from bay to bay, four reads in each, half a second apart. */
function scanOf(index: number): Scan {
  const asset = 1 + (index % assetCount)
  const step = Math.floor(index / assetCount)
  return scan({
    orgId: org,
    scanId: `scan-${index}`,
    asset: 100 + asset,
    place: bays[Math.floor(step / 4) % 3] ?? expect.unreachable(),
    tag: { tagType: 'rfid', value: `E280${asset}` },
    receivedAtMs: startMs + step * 500 + asset,
    atMs: startMs + step * 500 + asset,
    rssiCdbm: -6_000,
  })
}

async function feed(from: number, to: number): Promise<void> {
  await own.producer.appendAll(
    Array.from({ length: to - from }, (_, index) => {
      const scan = scanOf(from + index)
      return {
        topic: own.topics.scans,
        key: assetKey(scan.orgId, scan.asset.id),
        value: own.codecs.scans.encode(scan),
        headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      }
    }),
  )
}

/** A word of the reader of all bays, in every partition as a producer writes it. */
async function speak(heard: Pick<HeardDevice, 'lastHeardMs' | 'aliveSinceMs'>): Promise<void> {
  const device = { orgId: org, deviceId: scanDeviceId(7), ...heard }
  const value = own.codecs.scans.encode({ kind: 'liveness', atMs: heard.lastHeardMs, devices: [device] })
  const topic = own.topics.scans
  await own.producer.appendAll([0, 1, 2].map((partition) => ({ topic, key: null, value, partition })))
}

async function exitsHeld(): Promise<number> {
  const text = (await started?.metrics.text()) ?? ''
  return Number(/^scanhook_exits_held (\d+)/m.exec(text)?.[1] ?? Number.NaN)
}

async function start(env: Readonly<Record<string, string>> = {}): Promise<StartedService> {
  const onFail = (reason: string, error: unknown): void => void failures.push(`${reason}: ${error}`)
  return startService(trackerService, { ...own.env, TRACKER_TICK_MS: '100', ...env }, { onFail })
}

async function eventRecords(): Promise<readonly KafkaRecord[]> {
  return own.readAll(own.topics.events)
}

/** Body by id; two bodies under one id are a failure of their own. */
async function events(): Promise<ReadonlyMap<string, DomainEvent>> {
  const found = new Map<string, DomainEvent>()
  for (const { value } of await eventRecords()) {
    const event = await own.codecs.events.decode(value)
    const known = found.get(event.eventId)
    if (known !== undefined) expect(event).toEqual(known)
    found.set(event.eventId, event)
  }
  return found
}

const eventually = { timeout: 20_000, interval: 100 }

/** This process has taken so many scans, and what follows from them is durable. */
async function taken(scans: number): Promise<void> {
  await vi.waitFor(async () => {
    const text = (await started?.metrics.text()) ?? ''
    const applied = Number(/^scanhook_scans_applied_total (\d+)/m.exec(text)?.[1] ?? 0)
    const included = Number(/^scanhook_scans_replayed_total (\d+)/m.exec(text)?.[1] ?? 0)
    expect(applied + included).toBeGreaterThanOrEqual(scans)
  }, eventually)
}

async function settled(scans: number): Promise<void> {
  await taken(scans)
  await vi.waitFor(async () => {
    const text = (await started?.metrics.text()) ?? ''
    // A tick of the wall clock lies an hour after the last scan: every timer has fired.
    expect(Number(/^scanhook_tracker_clock_lag_seconds ([\d.]+)/m.exec(text)?.[1] ?? 9e9)).toBeLessThan(60)
  }, eventually)
}

// A tick in the stream is part of the input: two logs with ticks of the wall clock are two inputs.
const withoutTicks = { TRACKER_TICK_MS: '60000' }

test('scans become events: gapless per asset, on the asset’s partition, in the trace of the read', async () => {
  started = await start()
  await feed(0, 120)
  await settled(120)
  const found = [...(await events()).values()]
  for (let asset = 1; asset <= assetCount; asset++) {
    const own = found.filter((event) => event.assetId === 100 + asset)
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 1))
    expect(own.filter(({ type }) => type === 'asset.moved').length).toBeGreaterThanOrEqual(3)
  }
  const records = await eventRecords()
  expect(
    records.some(({ headers }) => headers['traceparent']?.includes('0af7651916cd43dd8448eb211c80319c')),
  ).toBe(true)
  const scans = await own.readAll(own.topics.scans)
  const states = await own.readAll(own.topics.assetState)
  for (const { key, partition } of states) {
    expect(scans.find((scan) => scan.key?.equals(key ?? Buffer.alloc(0)))?.partition).toBe(partition)
  }
})

test('S1: restarts in the middle give the same events, whether states were flushed or not', async () => {
  // A calm run under another prefix says what is right.
  const calm = await ownTopics('tracker-calm')
  const stormy = own
  own = calm
  started = await start(withoutTicks)
  await feed(0, 200)
  await taken(200)
  const expected = new Map(await events())
  await started.stop()
  own = stormy
  started = null

  const stops: readonly (readonly [from: number, to: number, env: Record<string, string>])[] = [
    [0, 53, { TRACKER_FLUSH_MS: '600000' }],
    [53, 71, { TRACKER_FLUSH_MS: '0' }],
    [71, 140, { TRACKER_FLUSH_MS: '200' }],
  ]
  for (const [from, to, env] of stops) {
    started = await start({ ...withoutTicks, ...env })
    await feed(from, to)
    await vi.waitFor(async () => {
      const text = (await started?.metrics.text()) ?? ''
      expect(Number(/^scanhook_scans_applied_total (\d+)/m.exec(text)?.[1] ?? 0)).toBeGreaterThanOrEqual(
        to - from,
      )
    }, eventually)
    await started.stop()
  }
  started = await start(withoutTicks)
  await feed(140, 200)
  // What it reads again is counted, too: only the events tell when all is read.
  await vi.waitFor(async () => expect((await events()).size).toBe(expected.size), eventually)
  expect(new Map([...(await events())].sort())).toEqual(new Map([...expected].sort()))
  await calm.close()
})

test('S1: silence that awaits a word of its reader is an exit once that comes, also across a restart', async () => {
  started = await start()
  await feed(0, 120)
  await settled(120)
  await vi.waitFor(async () => expect(await exitsHeld()).toBe(assetCount), eventually)
  const before = await events()
  expect([...before.values()].filter(({ dataJson }) => dataJson.includes('"absence"'))).toEqual([])
  // The reader is back since a moment: its silence was no silence of the assets.
  const nowMs = Date.now()
  await speak({ lastHeardMs: nowMs, aliveSinceMs: nowMs - 1_000 })
  await started.stop()
  started = await start(withoutTicks)
  await vi.waitFor(async () => expect(await exitsHeld()).toBe(assetCount), eventually)
  expect((await events()).size).toBe(before.size)

  // It had been heard all the time, says the next word, which lies in the log while nobody is there.
  await started.stop()
  await speak({ lastHeardMs: nowMs, aliveSinceMs: startMs })
  started = await start(withoutTicks)
  await vi.waitFor(async () => expect((await events()).size).toBe(before.size + assetCount * 2), eventually)
  expect(await exitsHeld()).toBe(0)
  const exits = [...(await events()).values()].filter(({ eventId }) => !before.has(eventId))
  expect(exits.map(({ type, dataJson }) => [type, JSON.parse(dataJson).reason])).toEqual(
    Array.from({ length: assetCount * 2 }, () => ['location.exited', 'absence']),
  )
  // As of the last read, whenever the word came.
  for (const { occurredAtMs } of exits) expect(occurredAtMs).toBeLessThan(startMs + 60_000)
})

test('bytes that are no scan go to poison and do not hold up the next', async () => {
  started = await start()
  const key = assetKey(org, assetId(101))
  await own.producer.append({ topic: own.topics.scans, key, value: Buffer.from('rubbish') })
  await own.producer.append({ topic: own.topics.scans, key, value: null })
  await feed(0, 1)
  await settled(1)
  expect((await events()).size).toBeGreaterThan(0)
  const poison = await own.readAll(own.topics.poison)
  expect(poison.map(({ headers }) => headers['poison-reason']).sort()).toEqual(['bad_magic', 'null_value'])
})

test('topics that are not co-partitioned are refused at the start', async () => {
  const admin = await own.kafka.openAdmin()
  const prefix = `${own.topics.scans}.wrong.`
  const topic = (name: string, partitions: number) => ({
    name: prefix + name,
    partitions,
    replicationFactor: 1,
    configs: {},
  })
  await admin.ensureTopics([topic('scans', 3), topic('asset-state', 2), topic('asset-seen', 1)])
  await admin.close()
  await openCodecs({
    registryUrl: process.env['REGISTRY_URL'] ?? '',
    cacheDir: own.env['SCHEMA_CACHE_DIR'] ?? '',
    prefix,
    log: silentLog,
    mode: 'register',
  })
  const failure = await startService(trackerService, { ...own.env, TOPIC_PREFIX: prefix }).catch(
    (error: unknown) => error,
  )
  expect((failure as { cause?: Error }).cause?.message).toContain('TRACKER_NOT_CO_PARTITIONED')
})
