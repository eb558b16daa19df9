import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstTime, readerTime } from './reader-time.ts'

const atMs = Date.UTC(2026, 5, 8, 21, 43, 48)

test.each([
  ['µs', atMs * 1_000, atMs],
  ['µs as text', `${atMs * 1_000}`, atMs],
  ['ms', atMs + 7, atMs + 7],
  ['s', atMs / 1_000, atMs],
  ['s with a fraction', atMs / 1_000 + 0.25, atMs + 250],
  ['ns', atMs * 1_000_000, atMs],
  ['RFC 3339 with nanoseconds', '2026-06-08T21:43:48.123456789Z', atMs + 123],
  ['RFC 3339 with an offset', '2026-06-08T15:43:48-06:00', atMs],
  ['MOKO', '2026-6-8&21:43:48+00', atMs],
  ['MOKO in another zone', '2026-6-9&5:43:48+08', atMs],
  ['MOKO in the west', '2026-6-8&15:43:48-06', atMs],
  ['Zebra', '2026-06-08T21:43:48.120+0000', atMs + 120],
  ['a blank for the T', '2026-06-08 21:43:48 Z', atMs],
  ['half an hour', '2026-06-09T03:13:48+0530', atMs],
])('%s', (_, value, expected) => {
  expect(readerTime(value)).toBe(expected)
})

test.each([
  0,
  '0',
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e300,
  '',
  'yesterday',
  null,
  undefined,
  {},
  [],
  true,
  '2026-13-01T00:00:00Z',
  '2026-02-30&21:43:48+00',
  '2026-06-08T21:43:48',
  '2026-6-8&21:43:48+99',
  '1970-01-01T00:00:00Z',
])('%j is no time, and no reason to refuse the read', (value) => {
  expect(readerTime(value)).toBe(null)
})

test('the first field that holds a time counts', () => {
  expect(firstTime({ a: 'broken', b: atMs, c: 5 }, ['a', 'b', 'c'])).toBe(atMs)
  expect(firstTime({}, ['a'])).toBe(null)
})

test('whatever it is, it is a whole number or null', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.double(), fc.string()), (value) => {
      const found = readerTime(value)
      expect(found === null || Number.isSafeInteger(found)).toBe(true)
    }),
  )
})
