import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatInstant,
  formatInstantToSecond,
  instantFromCivil,
  instantMaxMs,
  instantMinMs,
  parseInstant,
} from './instant.ts'

const anyInstant = fc.integer({ min: instantMinMs, max: instantMaxMs })

describe('formatInstant', () => {
  test('writes three fraction digits and Z', () => {
    expect(formatInstant(1_777_336_418_021)).toBe('2026-04-28T00:33:38.021Z')
    expect(formatInstant(0)).toBe('1970-01-01T00:00:00.000Z')
    expect(formatInstant(-1)).toBe('1969-12-31T23:59:59.999Z')
  })
  test('agrees with the platform on every instant of years 0–9999', () => {
    fc.assert(
      fc.property(anyInstant, (ms) => {
        expect(formatInstant(ms)).toBe(new Date(ms).toISOString())
      }),
    )
  })
  test('holds what RFC 3339 cannot write at its bound', () => {
    expect(formatInstant(instantMaxMs + 1)).toBe('9999-12-31T23:59:59.999Z')
    expect(formatInstant(instantMinMs - 1)).toBe('0000-01-01T00:00:00.000Z')
  })
  test('to the second, as the Trackberry page shows it', () => {
    expect(formatInstantToSecond(1_770_801_300_999)).toBe('2026-02-11T09:15:00Z')
  })
})

describe('parseInstant', () => {
  test('T1: reads back what formatInstant wrote', () => {
    fc.assert(
      fc.property(anyInstant, (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms)
      }),
    )
  })
  test.each([
    ['2026-04-28T00:33:38Z', 1_777_336_418_000],
    ['2026-04-28t00:33:38.1z', 1_777_336_418_100],
    ['2026-04-28T00:33:38.021999999Z', 1_777_336_418_021],
    ['2026-04-28T02:33:38.021+02:00', 1_777_336_418_021],
    ['2026-04-27T18:33:38.021-06:00', 1_777_336_418_021],
    ['2016-12-31T23:59:60Z', 1_483_228_800_000],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected)
  })
  test.each([
    '2026-04-28',
    '2026-04-28T00:33:38',
    '2026-04-28 00:33:38Z',
    '2026-04-28T24:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-04-28T00:33:38.Z',
    '2026-04-28T00:33:38.0123456789Z',
    '2026-04-28T00:33:38+24:00',
    ' 2026-04-28T00:33:38Z',
    '2026-6-8&21:43:48+00',
    '',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeNull()
  })
  test.each(['2026-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '1900-02-29T00:00:00Z', '2026-04-00T00:00:00Z'])(
    'T2: refuses %s, which is no day',
    (text) => {
      expect(parseInstant(text)).toBeNull()
    },
  )
})

test('T2: instantFromCivil knows the leap days of four centuries', () => {
  const february29 = (year: number): number | null =>
    instantFromCivil({ year, month: 2, day: 29, hour: 0, minute: 0, second: 0 })
  expect([1600, 1700, 1900, 2000, 2023, 2024].map((year) => february29(year) !== null)).toEqual([
    true,
    false,
    false,
    true,
    false,
    true,
  ])
})
