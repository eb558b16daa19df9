import type { KafkaRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { isWanted, poisonEntry, previewBytesMax, previewOf, recordBack } from './show-poison.ts'

const record = (changes: Partial<KafkaRecord> = {}): KafkaRecord => ({
  topic: 't.poison',
  partition: 2,
  offset: 41,
  timestampMs: 1_000,
  key: Buffer.from('k'),
  value: Buffer.from('{"not":"a read"'),
  headers: {
    traceparent: '00-1',
    'poison-reason': 'invalid_json',
    'poison-detail': 'is no JSON',
    'poison-topic': 'acme.reads',
    'poison-partition': '5',
    'poison-offset': '99',
    'poison-service': 'producer',
  },
  ...changes,
})
const topics = { poison: 't.poison', own: ['t.scans'] }

test('a record is told by its coordinates, reason, own headers and first bytes', () => {
  expect(poisonEntry(record())).toEqual({
    ...{ partition: 2, offset: 41, setAsideAtMs: 1_000, service: 'producer', replayedFrom: null },
    ...{ reason: 'invalid_json', detail: 'is no JSON', headers: { traceparent: '00-1' } },
    origin: { topic: 'acme.reads', partition: 5, offset: 99 },
    key: { form: 'text', text: 'k', isCut: false, sizeBytes: 1 },
    value: { form: 'text', text: '{"not":"a read"', isCut: false, sizeBytes: 15 },
  })
})

test('Q1: whatever a record has, little is shown', () => {
  const long = previewOf(Buffer.from(`${'a'.repeat(previewBytesMax - 1)}é and more`))
  expect(long).toMatchObject({ form: 'text', isCut: true, text: 'a'.repeat(previewBytesMax - 1) })
  expect(previewOf(Buffer.from([0, 0, 0, 0, 7, 255]))).toEqual({
    ...{ form: 'bytes', text: '00 00 00 00 07 ff', isCut: false, sizeBytes: 6 },
  })
  expect(previewOf(Buffer.alloc(5_000, 0xff)).text).toHaveLength(256 * 3 - 1)
  expect(previewOf(null).form).toBe('none')
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`h${index}`, 'x'.repeat(9_000)]))
  const shown = poisonEntry(record({ headers: many })).headers
  expect(Object.keys(shown)).toHaveLength(32)
  expect(shown['h0']).toHaveLength(512)
})

test('Q2: what goes back is what came, to where it came from, and says where it lay', () => {
  expect(recordBack(record(), topics)).toEqual({
    ...{ topic: 'acme.reads', partition: 5, key: record().key, value: record().value },
    headers: { traceparent: '00-1', 'poison-replayed-from': '2:41' },
  })
  // Of our own topics the key decides: they may have got more partitions since.
  const ours = record({ headers: { ...record().headers, 'poison-topic': 't.scans' } })
  expect(recordBack(ours, topics)).not.toHaveProperty('partition')
  expect(recordBack({ ...ours, key: null }, topics)).toHaveProperty('partition', 5)
})

test('Q3: nothing goes back to poison, or nowhere', () => {
  expect(
    recordBack(record({ headers: { ...record().headers, 'poison-topic': 't.poison' } }), topics),
  ).toBeNull()
  expect(recordBack(record({ headers: {} }), topics)).toBeNull()
  expect(
    recordBack(record({ headers: { ...record().headers, 'poison-offset': 'first' } }), topics),
  ).toBeNull()
})

test('filters are alternatives of one kind, and both kinds hold', () => {
  const entry = poisonEntry(record())
  expect(isWanted(entry, { reasons: [], services: [] })).toBe(true)
  expect(isWanted(entry, { reasons: ['bad_magic', 'invalid_json'], services: ['producer'] })).toBe(true)
  expect(isWanted(entry, { reasons: ['invalid_json'], services: ['tracker'] })).toBe(false)
})
