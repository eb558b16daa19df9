import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRetryAfterMs, retryAfterClampMs } from './retry-after.ts'

const nowMs = Date.UTC(1994, 10, 6, 8, 49, 0)

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 1994', 37_000],
  ['99999999999999999999', retryAfterClampMs],
  ['Sun, 06 Nov 2094 08:49:37 GMT', retryAfterClampMs],
])('reads %j', (header, expected) => {
  expect(parseRetryAfterMs(header, nowMs)).toBe(expected)
})

test('reads the two-digit year of the obsolete form as one of this century', () => {
  expect(parseRetryAfterMs('Monday, 23-Nov-26 15:00:10 GMT', Date.UTC(2026, 10, 23, 15))).toBe(10_000)
})

test.each([
  null,
  undefined,
  '',
  'soon',
  '-5',
  '1.5',
  '5s',
  'Sun, 31 Feb 1994 08:49:37 GMT',
  'Sun, 06 Nix 1994 08:49:37 GMT',
])('says nothing about %j', (header) => {
  expect(parseRetryAfterMs(header, nowMs)).toBeNull()
})

test('A1: a date that has passed means now', () => {
  expect(parseRetryAfterMs('Sun, 06 Nov 1994 08:48:00 GMT', nowMs)).toBe(0)
})

test('A1: never negative and never beyond the clamp, for any date that the platform writes', () => {
  const instant = fc.integer({ min: 0, max: 253_402_300_799 })
  fc.assert(
    fc.property(instant, instant, (atS, thenS) => {
      const waitMs = parseRetryAfterMs(new Date(atS * 1000).toUTCString(), thenS * 1000)
      expect(waitMs).toBe(Math.min(Math.max(0, (atS - thenS) * 1000), retryAfterClampMs))
    }),
  )
})

test('A2: a receiver whose clock is ten minutes off is waited for as long as it meant', () => {
  const asked = 'Sun, 06 Nov 1994 08:54:00 GMT'
  const wrongNowMs = nowMs + 600_000
  expect(parseRetryAfterMs(asked, wrongNowMs)).toBe(0)
  expect(parseRetryAfterMs(asked, wrongNowMs, 'Sun, 06 Nov 1994 08:49:00 GMT')).toBe(300_000)
  expect(parseRetryAfterMs(asked, nowMs, 'yesterday')).toBe(300_000)
  expect(parseRetryAfterMs('300', wrongNowMs, 'Sun, 06 Nov 1994 08:49:00 GMT')).toBe(300_000)
})
