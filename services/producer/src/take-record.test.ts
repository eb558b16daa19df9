import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { type ArrivalPorts, readFromAvro, readsFromJson } from './consume-reads.ts'
import { readerSource } from './reader-source.ts'
import { recordTaker } from './take-record.ts'
import { topicBindings } from './topic-bindings.ts'

const nowMs = 1_795_444_931_794
const ignored: string[] = []
const heard: unknown[] = []
const ports: ArrivalPorts = {
  nowMs: () => nowMs,
  clockIgnored: (why) => void ignored.push(why),
  heartbeat: (heartbeat, receivedAtMs) => void heard.push({ ...heartbeat, receivedAtMs }),
}
const good: ScanRead = {
  orgId: orgId(0),
  readId: null,
  deviceKey: 'dock-3',
  antennaPort: null,
  tagType: null,
  tagValue: 'E280',
  readAtMs: nowMs - 1,
  rssiCdbm: -5_650,
  reads: 1,
  position: null,
}
let avro = good

const taker = (isReceivedAtTrusted = false) =>
  recordTaker({
    bindings: topicBindings(['reads', 'own=7', 'tags=7@csl-cs463'], ''),
    nowMs: () => nowMs,
    isReceivedAtTrusted,
    sourceOf: ({ format }, { headers, key }) => readerSource(format, headers, key),
    decode: () => avro,
    whyBad: () => null,
    fromAvro: (read, frame) => readFromAvro(ports, read, frame),
    fromJson: (json, frame) => readsFromJson(ports, json, frame),
  })

const record = (value: unknown, changes: Partial<KafkaRecord> = {}): KafkaRecord => ({
  topic: 'own',
  partition: 1,
  offset: 5,
  timestampMs: nowMs - 100,
  key: null,
  value: Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
  headers: {},
  ...changes,
})
const json = { device: 'dock-3', tag: { value: 'E280' } }
const avroBytes = Buffer.from([0])

test('the organization comes from the topic, the header or the read, and they must agree', () => {
  const take = taker()
  expect(take(record(json))).toMatchObject({ items: [{ read: { orgId: 7 } }], bad: null })
  expect(take(record(json, { topic: 'reads', headers: { 'scanhook-org': '8' } }))).toMatchObject({
    items: [{ read: { orgId: 8 } }],
  })
  expect(take(record({ ...json, org_id: 9 }, { topic: 'reads' }))).toMatchObject({
    items: [{ read: { orgId: 9 } }],
  })
  for (const wrong of [
    record(json, { topic: 'reads' }),
    record({ ...json, org_id: 9 }),
    record(json, { headers: { 'scanhook-org': '8' } }),
  ]) {
    expect(take(wrong)).toMatchObject({ items: [], bad: { reason: 'unknown_organization' } })
  }
})

test('the header scanhook-received-at counts only where it is trusted', () => {
  const changes = { headers: { 'scanhook-received-at': `${nowMs - 86_400_000}` } }
  expect(taker()(record(json, changes))).toMatchObject({ items: [{ receivedAtMs: nowMs - 100 }] })
  expect(taker(true)(record(json, changes))).toMatchObject({ items: [{ receivedAtMs: nowMs - 86_400_000 }] })
  expect(taker(true)(record(json))).toMatchObject({ items: [{ receivedAtMs: nowMs - 100 }] })
  expect(taker(true)(record(json, { headers: { 'scanhook-received-at': 'today' } }))).toMatchObject({
    bad: { reason: 'timestamp_out_of_range' },
  })
})

test('a recording that is replayed faster than it was made may be ahead of us, and keeps its reader times', () => {
  const aheadMs = nowMs + 3_600_000
  const one = record(
    { ...json, read_at: aheadMs - 1_000 },
    { headers: { 'scanhook-received-at': `${aheadMs}` } },
  )
  expect(taker(true)(one)).toMatchObject({ items: [{ receivedAtMs: aheadMs, readAtMs: aheadMs - 1_000 }] })
})

test('the trace of the record goes on with each of its reads, a broken one does not', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const headersOf = (headers: Readonly<Record<string, string>>) => {
    const intake = taker()(record(json, { headers }))
    return intake instanceof Promise || intake.kind !== 'taken' ? {} : intake.items[0]?.headers
  }
  expect(headersOf({ traceparent, tracestate: 'a=1', other: 'x' })).toEqual({
    traceparent,
    tracestate: 'a=1',
  })
  expect(headersOf({ traceparent: 'nonsense', tracestate: 'a=1' })).toBeUndefined()
})

test('a read in Avro is held to the same rules as one in JSON', () => {
  const take = taker()
  avro = good
  expect(take(record(avroBytes))).toMatchObject({
    items: [{ read: { ...good, orgId: 7 }, readAtMs: nowMs - 1 }],
    bad: null,
  })
  for (const wrong of [
    { ...good, deviceKey: '' },
    { ...good, tagValue: 'x'.repeat(256) },
    { ...good, antennaPort: -1 },
    { ...good, reads: 0 },
    { ...good, orgId: orgId(8) },
  ]) {
    avro = wrong
    expect(take(record(avroBytes))).toMatchObject({
      items: [],
      bad: { reason: expect.stringMatching(/^(invalid_field|unknown_organization)$/) },
    })
  }
})

test('a reader whose clock is wrong is believed in everything but the time', () => {
  const take = taker()
  ignored.length = 0
  avro = { ...good, readAtMs: 1_000_000_000_000 }
  expect(take(record(avroBytes))).toMatchObject({
    items: [{ readAtMs: null, receivedAtMs: nowMs - 100 }],
    bad: null,
  })
  avro = { ...good, readAtMs: nowMs + 86_400_000 }
  expect(take(record(avroBytes))).toMatchObject({ items: [{ readAtMs: null }], bad: null })
  expect(ignored).toEqual(['reader_clock_behind', 'reader_clock_ahead'])
})

test('what is wrong with a batch is said by index, the first ten in words', () => {
  const intake = taker()(record(Array.from({ length: 12 }, () => ({ ...json, device: '' }))))
  expect(intake).toMatchObject({ items: [], bad: { reason: 'invalid_field' } })
  const detail = intake instanceof Promise || intake.kind !== 'taken' ? '' : intake.bad?.detail
  expect(detail).toMatch(/^0\.device must have .*; and \d+ more$/)
})

test('the coordinate tells records apart over a topic that is made anew, and is the same when one is read again', () => {
  const coordinateOf = (changes: Partial<KafkaRecord> = {}): unknown => {
    const intake = taker()(record(json, changes))
    return 'items' in intake ? intake.items[0]?.coordinate : null
  }
  expect(coordinateOf()).toBe(`own:1:5:${nowMs - 100}`)
  expect(coordinateOf()).toBe(coordinateOf())
  expect(coordinateOf({ timestampMs: nowMs - 99 })).not.toBe(coordinateOf())
  expect(coordinateOf({ offset: 6 })).not.toBe(coordinateOf())
})

const frame = (...tags: readonly object[]): unknown => ({ tags })
const seen = (epc: string, more: object = {}): object => ({ epc, antennaPort: 2, rssi: '-56', ...more })
const withKey = { topic: 'tags', key: Buffer.from('cs463-214') }

test('a topic’s format is decoded: every tag of a frame is a read with a coordinate of its own, the key its device', () => {
  expect(taker()(record(frame(seen('E280'), seen('E281')), withKey))).toMatchObject({
    items: [
      {
        read: {
          orgId: 7,
          deviceKey: 'cs463-214',
          antennaPort: 2,
          tagType: 'rfid',
          tagValue: 'E280',
          rssiCdbm: -5_600,
        },
        receivedAtMs: nowMs - 100,
        coordinate: `tags:1:5:${nowMs - 100}:0`,
      },
      { read: { tagValue: 'E281' }, coordinate: `tags:1:5:${nowMs - 100}:1` },
    ],
    bad: null,
  })
  expect(taker()(record([frame(seen('E280')), frame(seen('E281'), seen('E282'))], withKey))).toMatchObject({
    items: [
      { coordinate: `tags:1:5:${nowMs - 100}:0` },
      { coordinate: `tags:1:5:${nowMs - 100}:1:0` },
      { coordinate: `tags:1:5:${nowMs - 100}:1:1` },
    ],
  })
})

test('bad entries of a frame are told with their paths, and the good ones are taken', () => {
  const tags = [seen('E280'), seen('E281', { rssi: [] }), seen('E282', { antennaPort: -1 })]
  expect(taker()(record(frame(...tags), withKey))).toMatchObject({
    items: [{ read: { tagValue: 'E280' } }],
    bad: {
      reason: 'invalid_field',
      detail:
        'tags.1.rssi must be a number or its text; received an array; tags.2.antennaPort must be at least 0; received -1',
    },
  })
})

test('headers win: the format over the topic’s, the device over the message’s', () => {
  const position = { device: 'tracker-12', lat: 53.4, lon: -2.99 }
  expect(taker()(record(position, { ...withKey, headers: { 'scanhook-format': 'gps' } }))).toMatchObject({
    items: [{ read: { deviceKey: 'tracker-12', tagType: 'gps', position: { latitude: 53.4 } } }],
  })
  expect(taker()(record(json, { ...withKey, headers: { 'scanhook-format': 'scanhook' } }))).toMatchObject({
    items: [{ read: { deviceKey: 'dock-3' } }],
  })
  const headers = { 'scanhook-device': 'from-the-bridge' }
  expect(taker()(record(frame(seen('E280')), { ...withKey, headers }))).toMatchObject({
    items: [{ read: { deviceKey: 'from-the-bridge' } }],
  })
  expect(taker()(record(json, { headers }))).toMatchObject({
    items: [{ read: { deviceKey: 'from-the-bridge' } }],
  })
})

test('a header that names no format, or no device, is the record’s fault and lists what there is', () => {
  const refusalOf = (headers: KafkaRecord['headers']): unknown => {
    const intake = taker()(record(json, { headers }))
    return 'bad' in intake ? intake.bad : null
  }
  expect(refusalOf({ 'scanhook-format': 'csv' })).toMatchObject({
    reason: 'invalid_field',
    detail:
      'scanhook-format must be one of scanhook, csl-cs463, gl-s10, moko-mk107, impinj-iot, zebra-iot, llrp, gps, epcis',
  })
  expect(refusalOf({ 'scanhook-device': 'x'.repeat(256) })).toMatchObject({
    detail: 'scanhook-device must have at most 255 characters; has 256',
  })
})

test('a key that is no name is none', () => {
  for (const key of [
    null,
    Buffer.alloc(0),
    Buffer.from([0xff, 0x61]),
    Buffer.from('a\u0000'),
    Buffer.alloc(256, 0x61),
  ]) {
    expect(taker()(record(frame(seen('E280')), { topic: 'tags', key }))).toMatchObject({
      items: [],
      bad: { detail: expect.stringContaining('scanhook-device') },
    })
  }
})

test('a heartbeat is told with the receive time, and is neither a read nor bad', () => {
  heard.length = 0
  expect(taker()(record(frame(), withKey))).toEqual({ kind: 'taken', items: [], bad: null })
  expect(taker()(record([{ device: 'dock-3', heartbeat: true }, json]))).toMatchObject({
    items: [{}],
    bad: null,
  })
  expect(heard).toEqual([
    { orgId: 7, deviceKey: 'cs463-214', receivedAtMs: nowMs - 100 },
    { orgId: 7, deviceKey: 'dock-3', receivedAtMs: nowMs - 100 },
  ])
})

test('a position in Avro is held to the same rules as one in JSON', () => {
  avro = { ...good, position: { latitude: 53.4, longitude: -2.99, accuracyM: null } }
  expect(taker()(record(avroBytes))).toMatchObject({
    items: [{ read: { position: { latitude: 53.4, accuracyM: null } } }],
  })
  avro = { ...good, position: { latitude: 93.4, longitude: Number.NaN, accuracyM: null } }
  expect(taker()(record(avroBytes))).toMatchObject({ items: [], bad: { reason: 'invalid_field' } })
})
