import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseUpstream, recordMaxBytes } from './parse-upstream.ts'

const read = { device: 'dock-3', tag: { value: 'E280' } }
const json = (value: unknown): { kind: 'json'; json: unknown } => ({ kind: 'json', json: value })

test('one object, an array and lines are told apart', () => {
  expect(parseUpstream(Buffer.from(JSON.stringify(read)), undefined)).toEqual({
    kind: 'items',
    items: [json(read)],
    isBatch: false,
  })
  expect(parseUpstream(Buffer.from(JSON.stringify([read, 7])), undefined)).toEqual({
    kind: 'items',
    items: [json(read), json(7)],
    isBatch: true,
  })
  const lines = `${JSON.stringify(read)}\r\n\n{"broken\n${JSON.stringify(read)}\n`
  const expected = { kind: 'items', items: [json(read), { kind: 'unreadable' }, json(read)], isBatch: true }
  expect(parseUpstream(Buffer.from(lines), undefined)).toEqual(expected)
  expect(parseUpstream(Buffer.from(lines), 'application/x-ndjson')).toEqual(expected)
})

test('one line is a batch where the header says lines, and a single object where it says nothing', () => {
  const line = Buffer.from(`${JSON.stringify(read)}\n`)
  expect(parseUpstream(line, 'application/x-ndjson')).toMatchObject({ isBatch: true })
  expect(parseUpstream(line, undefined)).toMatchObject({ isBatch: false })
})

test('Avro is known by its first byte, or demanded by the header', () => {
  expect(parseUpstream(Buffer.from([0, 0, 0, 0, 1]), undefined)).toEqual({ kind: 'avro' })
  expect(parseUpstream(Buffer.from([0]), 'application/vnd.kafka.avro')).toEqual({ kind: 'avro' })
  expect(parseUpstream(Buffer.from('{}'), 'avro/binary')).toMatchObject({ reason: 'bad_magic' })
})

test.each([
  ['null_value', null, undefined],
  ['bad_magic', Buffer.alloc(0), undefined],
  ['bad_magic', Buffer.from('hello'), undefined],
  ['bad_magic', Buffer.from([7, 1, 2]), undefined],
  ['invalid_json', Buffer.from('{"device":'), undefined],
  ['invalid_json', Buffer.from('{"device":\n}'), undefined],
  ['invalid_json', Buffer.from('hello'), 'application/json; charset=utf-8'],
  ['invalid_json', Buffer.from('\n \n'), 'application/x-ndjson'],
  ['invalid_json', Buffer.from([0x7b, 0xff, 0x7d]), undefined],
  ['too_large', Buffer.alloc(recordMaxBytes + 1, 0x20), undefined],
])('%s: %#', (reason, value, contentType) => {
  expect(parseUpstream(value, contentType)).toMatchObject({ kind: 'bad', reason })
})

test('a byte order mark and blanks in front are no obstacle', () => {
  expect(parseUpstream(Buffer.from('\uFEFF {"a":1}'), undefined)).toMatchObject({ kind: 'items' })
})

test('U1: no bytes make it throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        fc.string().map((text) => Buffer.from(`{${text}`)),
      ),
      fc.constantFrom(
        undefined,
        'application/json',
        'application/x-ndjson',
        'avro/binary',
        ';;',
        'text/plain',
      ),
      (bytes, contentType) =>
        ['avro', 'items', 'bad'].includes(parseUpstream(Buffer.from(bytes), contentType).kind),
    ),
  )
})
