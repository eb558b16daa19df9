import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { readFromAvro, readFromJson } from './consume-reads.ts'
import { recordTaker } from './take-record.ts'
import { topicBindings } from './topic-bindings.ts'

const nowMs = 1_795_444_931_794
const ignored: string[] = []
const ports = { nowMs: () => nowMs, clockIgnored: (why: string) => void ignored.push(why) }
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
}
let avro = good

const taker = (isReceivedAtTrusted = false) =>
  recordTaker({
    bindings: topicBindings(['reads', 'own=7'], ''),
    nowMs: () => nowMs,
    isReceivedAtTrusted,
    decode: () => avro,
    whyBad: () => null,
    fromAvro: (read, frame) => readFromAvro(ports, read, frame),
    fromJson: (json, frame) => readFromJson(ports, json, frame),
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

test('the upstream trace goes on, with a span of our own', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const intake = taker()(record(json, { headers: { traceparent } }))
  const headers = intake instanceof Promise || intake.kind !== 'taken' ? {} : intake.items[0]?.headers
  expect(headers).toMatchObject({
    traceparent: expect.stringMatching(
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
    ),
  })
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
