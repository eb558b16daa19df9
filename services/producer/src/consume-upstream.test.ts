import type { TagType } from '@scanhook/domain/asset'
import { prepareFences } from '@scanhook/domain/fencing/locate-fix'
import { assetId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import type { Position } from '@scanhook/domain/read'
import type { Scan } from '@scanhook/domain/scan'
import { scanIdOf } from '@scanhook/identity/derived-ids'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import type { OrgKey } from '@scanhook/postgres/fence-lookup'
import type { ResolvedTag } from '@scanhook/postgres/scan-lookup'
import type { Claim } from '@scanhook/redis/claims'
import { expect, test } from 'vitest'
import type { ReadFate } from './accept-reads.ts'
import type { Arrival } from './arrival.ts'
import { readsAcceptor, readsFromJson } from './consume-reads.ts'
import { upstreamHandler } from './consume-upstream.ts'
import { openGenerations } from './generations.ts'
import { type KnownFences, type KnownPoint, pointFinisher } from './known-point.ts'
import { lookupCache } from './lookup-cache.ts'
import { readerClocks } from './reader-clocks.ts'
import { ownFormat, readerSource } from './reader-source.ts'
import { type Resolution, resolveReads } from './resolve-reads.ts'
import { recordTaker } from './take-record.ts'
import { topicBindings } from './topic-bindings.ts'

const org = orgId(7)
const nowMs = 1_795_444_931_794

const tag = (id: number, isActive = true): ResolvedTag => ({
  asset: { id: assetId(id), externalKey: `A-${id}`, name: `Asset ${id}` },
  tagType: 'rfid' as TagType,
  value: `E28${id}`,
  isActive,
})
const point = pointFinisher({})({
  device: { id: scanDeviceId(70), externalKey: 'dock-3', name: 'Dock 3', type: 'csl_cs463' },
  point: { id: scanPointId(80), antennaPort: 1, kind: 'zone' },
  path: [
    { id: locationId(90), externalKey: 'BAY-3', name: 'Bay 3', parentId: null, parentExternalKey: null },
  ],
  overrides: { point: {}, locations: [{}], organization: {} },
  isActive: true,
})

const tracker = pointFinisher({})({
  device: { id: scanDeviceId(71), externalKey: 'bus-304', name: 'Bus 304', type: 'tracker' },
  point: { id: scanPointId(81), antennaPort: 1, kind: 'gps' },
  path: [],
  overrides: { point: {}, locations: [], organization: {} },
  isActive: true,
})
const pointOf = new Map([
  ['dock-3', point],
  ['bus-304', tracker],
])

/** The handler with everything real but the stores. */
function world() {
  const state = {
    isStoreAway: false,
    isRegistryAway: false,
    hasFences: false,
    refusal: null as Error | null,
    tags: new Map([
      ['E281', tag(1)],
      ['E282', tag(2)],
      ['E283', tag(3, false)],
    ]),
    marks: new Map<string, string>(),
    appended: [] as OutgoingRecord[],
    scans: [] as Scan[],
    noticed: [] as Resolution[],
    fates: new Map<ReadFate, number>(),
  }
  const answer = async <T>(found: T): Promise<T> => {
    if (state.isStoreAway) throw new Error('away')
    return found
  }
  const shared = {
    knownMax: 100,
    generations: openGenerations(),
    monotonicMs: () => nowMs,
    failed: () => undefined,
    counted: () => undefined,
  }
  const ports = {
    tags: lookupCache<{ orgId: number; matchKey: string }, ResolvedTag>({
      ...shared,
      find: (keys) => answer(keys.map(({ matchKey }) => state.tags.get(matchKey) ?? null)),
    }),
    points: lookupCache<{ orgId: number; deviceKey: string; antennaPort: number }, KnownPoint>({
      ...shared,
      find: (keys) =>
        answer(
          keys.map(({ deviceKey, antennaPort }) =>
            antennaPort === 1 ? (pointOf.get(deviceKey) ?? null) : null,
          ),
        ),
    }),
    devices: lookupCache<{ orgId: number; deviceKey: string }, { id: number }>({
      ...shared,
      find: (keys) => answer(keys.map(({ deviceKey }) => (deviceKey === 'dock-3' ? { id: 70 } : null))),
    }),
    clocks: readerClocks({ find: async () => [], keep: async () => undefined, counted: () => undefined }),
    fences: lookupCache<OrgKey, KnownFences>({
      ...shared,
      find: async (keys) => {
        if (!state.hasFences) throw new Error('away')
        return keys.map(() => prepareFences([]))
      },
    }),
    scanIdOf,
    noticed: (resolutions: readonly Resolution[]) => void state.noticed.push(...resolutions),
    nowMs: () => nowMs,
    clockIgnored: () => undefined,
    heartbeat: () => undefined,
    claim: async (claims: readonly Claim[]) =>
      claims.map(({ key, coordinate }) => {
        const mark = state.marks.get(key)
        return mark === undefined || mark === coordinate ? ('won' as const) : ('duplicate' as const)
      }),
    confirm: async (claims: readonly Claim[]) => {
      for (const { key, coordinate } of claims) state.marks.set(key, coordinate)
    },
    appendAll: async (records: readonly OutgoingRecord[]) => {
      if (state.refusal !== null) throw state.refusal
      state.appended.push(...records)
    },
    recordOf: (scan: Scan): OutgoingRecord => {
      state.scans.push(scan)
      return { topic: 'scans', key: `${scan.orgId}:${scan.asset.id}`, value: null }
    },
    counted: (fate: ReadFate, count: number) =>
      void state.fates.set(fate, (state.fates.get(fate) ?? 0) + count),
  }
  const handle = upstreamHandler({
    take: recordTaker({
      bindings: topicBindings(['reads'], ''),
      sourceOf: ({ format }, { headers, key }) => readerSource(format, headers, key),
      nowMs: () => nowMs,
      isReceivedAtTrusted: false,
      decode: async () => {
        throw new Error(state.isRegistryAway ? 'away' : 'bad')
      },
      whyBad: (error) =>
        error instanceof Error && error.message === 'away' ? null : { reason: 'undecodable', detail: 'bad' },
      fromAvro: () => ({ ok: false, problems: [] }),
      fromJson: (json, frame) => readsFromJson(ports, json, frame),
    }),
    accept: readsAcceptor(ports),
    poisonOf: (record, bad) => ({
      topic: 'poison',
      key: `${record.offset}:${bad.reason}`,
      value: record.value,
    }),
    nowMs: () => nowMs,
  })
  return { state, ports, handle }
}

let nextOffset = 100
function record(content: unknown, changes: Partial<KafkaRecord> = {}): KafkaRecord {
  const value = Buffer.isBuffer(content) || content === null ? content : Buffer.from(JSON.stringify(content))
  return {
    topic: 'reads',
    partition: 0,
    offset: nextOffset++,
    timestampMs: nowMs - 5,
    key: null,
    value,
    headers: {},
    ...changes,
  }
}

function batchOf(records: readonly KafkaRecord[]) {
  const seen = { doneThrough: [] as number[], paused: null as { offset: number; resumeAtMs: number } | null }
  const batch: RecordBatch = {
    topic: 'reads',
    partition: 0,
    records,
    highWatermark: 1_000,
    signal: new AbortController().signal,
    over: new AbortController().signal,
    done: () => expect.unreachable(),
    doneThrough: (offset) => void seen.doneThrough.push(offset),
    stillWaiting: () => undefined,
    pauseUntil: (offset, resumeAtMs) => {
      seen.paused = { offset, resumeAtMs }
    },
  }
  return { batch, seen }
}

const read = (value: string, more: object = {}): object => ({
  org_id: org,
  device: 'dock-3',
  tag: { value },
  ...more,
})

test('a good read becomes a scan with the record’s time, its asset, place and a trace', async () => {
  const { state, handle } = world()
  const one = record(read('e2:81', { id: 'r-1', rssi_dbm: '-56', read_at: nowMs - 700 }))
  const { batch, seen } = batchOf([one])
  await handle(batch)
  expect(state.scans).toMatchObject([
    {
      scanId: 'r-1',
      asset: { id: 1 },
      receivedAtMs: nowMs - 5,
      readAtMs: nowMs - 700,
      atMs: nowMs - 700,
      rssiCdbm: -5_600,
      reads: 1,
      place: point.place,
    },
  ])
  expect(state.marks).toEqual(new Map([['7:r-1', `reads:0:${one.offset}:${one.timestampMs}`]]))
  expect(seen).toEqual({ doneThrough: [one.offset], paused: null })
})

test('X1: when Kafka refuses, nothing is done and nothing is marked', async () => {
  const { state, handle } = world()
  state.refusal = new Error('refused')
  const { batch, seen } = batchOf([record(read('E281', { id: 'r-1' }))])
  await expect(handle(batch)).rejects.toThrow('refused')
  expect(seen.doneThrough).toEqual([])
  expect(state.marks.size).toBe(0)
})

test('X2: bad records are set aside with their reasons, and the good ones between them go on', async () => {
  const { state, handle } = world()
  const records = [
    record(read('E281')),
    record(null),
    record(Buffer.from('nonsense')),
    record(Buffer.from('{"device":')),
    record(read('E282', { device: '' })),
    record({ device: 'dock-3', tag: { value: 'E281' } }),
    record(read('E281'), { timestampMs: 5 }),
    record(read('E281'), { timestampMs: nowMs + 3_600_000 }),
    record(Buffer.from([0, 0, 0, 0, 9, 1])),
    record(Buffer.alloc(1024 * 1024 + 1, 0x20)),
    record(read('E281'), { headers: { 'scanhook-org': 'x' } }),
    record(read('E282')),
  ]
  const { batch, seen } = batchOf(records)
  await handle(batch)
  const poison = state.appended
    .filter(({ topic }) => topic === 'poison')
    .map(({ key }) => `${key}`.replace(/^\d+:/, ''))
  expect(poison).toEqual([
    'null_value',
    'bad_magic',
    'invalid_json',
    'invalid_field',
    'unknown_organization',
    'timestamp_out_of_range',
    'timestamp_out_of_range',
    'undecodable',
    'too_large',
    'unknown_organization',
  ])
  expect(state.scans.map(({ asset }) => asset.id)).toEqual([1, 2])
  expect(seen.doneThrough).toEqual([records.at(-1)?.offset])
})

test('X2: of a batch in one record the good reads go on and the record is set aside once', async () => {
  const { state, handle } = world()
  const { batch } = batchOf([record([read('E281', { id: 'a' }), { device: 7 }, read('E282', { id: 'b' })])])
  await handle(batch)
  expect(state.appended.map(({ topic }) => topic)).toEqual(['poison', 'scans', 'scans'])
  expect([...state.marks.values()].map((mark) => mark.split(':').at(-1))).toEqual(['0', '2'])
})

test('what leads to nothing is counted by its reason', async () => {
  const { state, handle } = world()
  const { batch } = batchOf([
    record(read('E281', { id: 'a' })),
    record(read('E281', { id: 'a' })),
    record(read('FFFF')),
    record(read('E283')),
    record({ org_id: org, device: 'nowhere', tag: { value: 'E281' } }),
    record(read('E281', { antenna_port: 9 })),
  ])
  await handle(batch)
  expect(Object.fromEntries(state.fates)).toEqual({
    accepted: 1,
    duplicate: 1,
    unknown_tag: 1,
    inactive_asset: 1,
    unknown_device: 1,
    unknown_scan_point: 1,
  })
})

test('what is noticed of reads is noticed after the acknowledgement, with the reader also of reads that lead to nothing', async () => {
  const { state, handle } = world()
  const reads = [
    read('E281', { id: 'a' }),
    read('FFFF'),
    read('E283'),
    read('E281', { antenna_port: 9 }),
    { org_id: org, device: 'nowhere', tag: { value: 'FFFF' } },
  ]
  state.refusal = new Error('refused')
  await expect(handle(batchOf(reads.map((each) => record(each))).batch)).rejects.toThrow('refused')
  expect(state.noticed).toEqual([])
  state.refusal = null
  await handle(batchOf(reads.map((each) => record(each))).batch)
  const known = { deviceId: 70, offlineMs: 60_000 }
  expect(
    state.noticed.map((one) =>
      one.kind === 'dropped' ? [one.reason, one.reader] : [one.kind, 'reader' in one && one.reader],
    ),
  ).toEqual([
    ['scan', known],
    ['unknown_tag', known],
    ['inactive_asset', known],
    ['unknown_scan_point', { deviceId: 70, offlineMs: null }],
    ['unknown_tag', null],
  ])
})

test('a reader’s clock is judged over all its reads: ahead is put right, a backlog is late, too old is refused', async () => {
  const { state, handle } = world()
  const made = (readAtMs: number): object => read('E281', { read_at: new Date(readAtMs).toISOString() })
  const receivedAtMs = nowMs - 5
  await handle(batchOf([record(made(receivedAtMs + 60_000)), record(made(receivedAtMs + 59_900))]).batch)
  await handle(batchOf([record(made(receivedAtMs + 60_000 - 3_600_000))]).batch)
  await handle(batchOf([record(made(receivedAtMs - 25 * 3_600_000))]).batch)
  expect(state.scans.map(({ atMs }) => atMs - receivedAtMs)).toEqual([0, -100, -3_600_000])
  expect(state.fates.get('too_old')).toBe(1)
})

test('X3: with the store away the partition waits at the first read that nobody knows; what is known goes on', async () => {
  const { state, handle } = world()
  await handle(batchOf([record(read('E281'))]).batch)
  state.isStoreAway = true
  const known = record(read('E281', { id: 'k' }))
  const bad = record(Buffer.from('nonsense'))
  const open = record([read('E281', { id: 'm' }), read('E282', { id: 'n' })])
  const { batch, seen } = batchOf([known, bad, open, record(read('E281', { id: 'l' }))])
  await handle(batch)
  expect(seen).toEqual({
    doneThrough: [bad.offset],
    paused: { offset: open.offset, resumeAtMs: nowMs + 1_000 },
  })
  expect([...state.marks.keys()]).toEqual(['7:k'])
  expect(state.fates.get('unknown_tag')).toBeUndefined()
})

test('X3: with the registry away the partition waits at the first record that needs it', async () => {
  const { state, handle } = world()
  state.isRegistryAway = true
  const avro = record(Buffer.from([0, 0, 0, 0, 9, 1]))
  const { batch, seen } = batchOf([avro, record(read('E281'))])
  await handle(batch)
  expect(seen).toEqual({ doneThrough: [], paused: { offset: avro.offset, resumeAtMs: nowMs + 1_000 } })
  expect(state.appended).toEqual([])
})

test('a large batch is done part by part', async () => {
  const { state, handle } = world()
  const records = Array.from({ length: 2_500 }, (_, index) => record(read('E281', { id: `r-${index}` })))
  const { batch, seen } = batchOf(records)
  await handle(batch)
  expect(state.scans.length).toBe(2_500)
  expect(seen.doneThrough).toEqual([records[999]?.offset, records[1_999]?.offset, records[2_499]?.offset])
})

test('a redelivered record is processed again, a copy elsewhere is a duplicate', async () => {
  const { state, handle } = world()
  const original = record(read('E281', { id: 'r' }))
  await handle(batchOf([original]).batch)
  await handle(batchOf([original]).batch)
  await handle(batchOf([record(read('E281', { id: 'r' }))]).batch)
  expect(Object.fromEntries(state.fates)).toEqual({ accepted: 2, duplicate: 1 })
})

test('reads without id and time are never taken for copies of each other', async () => {
  const { state, handle } = world()
  await handle(batchOf([record([read('E281'), read('E281')])]).batch)
  expect(state.fates.get('accepted')).toBe(2)
  expect(state.marks.size).toBe(0)
})

test('the scan of a replayed record is the same scan', async () => {
  const { ports } = world()
  const { items } = readsFromJson(ports, read('E281', { read_at: nowMs }), {
    ...ownFormat,
    orgId: org,
    receivedAtMs: nowMs,
    coordinate: 'reads:0:1',
    fieldPrefix: '',
    headers: {},
  })
  expect(items).toHaveLength(1)
  expect(await resolveReads(ports, items)).toEqual(await resolveReads(world().ports, items))
})

test('X4: frames of many reads are written in parts of bounded size, and every record is done', async () => {
  const counts: number[] = []
  const handle = upstreamHandler<object>({
    take: () => ({ kind: 'taken', items: Array.from({ length: 4_000 }, () => ({})), bad: null }),
    accept: async (taken) => {
      counts.push(taken.reduce((sum, { items }) => sum + items.length, 0))
      return taken.length
    },
    poisonOf: () => expect.unreachable(),
    nowMs: () => nowMs,
  })
  const records = Array.from({ length: 7 }, () => record(read('E281')))
  const { batch, seen } = batchOf(records)
  await handle(batch)
  expect(counts).toEqual([12_000, 12_000, 4_000])
  expect(seen).toEqual({
    doneThrough: [2, 5, 6].map((index) => records[index]?.offset),
    paused: null,
  })
})

test('S1: a tracker’s read waits for fences that nobody could be asked for; the others’ do not', async () => {
  const { ports } = world()
  const arrivalOf = (device: string, position: Position | null): Arrival => {
    const {
      items: [arrival],
    } = readsFromJson(
      ports,
      { ...read('E281'), device },
      {
        orgId: null,
        receivedAtMs: nowMs,
        coordinate: device,
        fieldPrefix: '',
        headers: {},
        format: 'scanhook',
        deviceKey: null,
        recordKey: null,
      },
    )
    if (arrival === undefined) return expect.unreachable()
    return { ...arrival, read: { ...arrival.read, position } }
  }
  const position = { latitude: 52.63, longitude: -8.66, accuracyM: 8 }
  const batch = [
    arrivalOf('bus-304', position),
    arrivalOf('bus-304', null),
    arrivalOf('dock-3', position),
    arrivalOf('dock-3', null),
  ]
  expect((await resolveReads(ports, batch)).map(({ kind }) => kind)).toEqual([
    'unavailable',
    'scan',
    'scan',
    'scan',
  ])
  const { state, ports: later } = world()
  state.hasFences = true
  const found = await resolveReads(later, batch)
  expect(found.map((one) => (one.kind === 'scan' ? one.scan.fix : one.kind))).toEqual([
    { ...position, nearIds: [] },
    null,
    null,
    null,
  ])
})
