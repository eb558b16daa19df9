import { expect, test } from 'vitest'
import { layOutStays, sayStay } from './lay-out-stays.ts'

test('stays are as long as their share of the longest, never nothing', () => {
  const shares = layOutStays([
    { duration_seconds: null },
    { duration_seconds: 200 },
    { duration_seconds: 100 },
    { duration_seconds: 0 },
  ]).map(({ share }) => share)
  expect(shares).toEqual([1, 1, 0.5, 0.01])
  expect(layOutStays([])).toEqual([])
})

test.each([
  [null, 'up to now'],
  [0, 'for a moment'],
  [1, 'for 1 second'],
  [7_500, 'for 2 hours 5 minutes'],
  [90_061, 'for 1 day 1 hour'],
  [86_400, 'for 1 day'],
])('a stay of %s s is "%s"', (seconds, words) => {
  expect(sayStay(seconds)).toBe(words)
})
