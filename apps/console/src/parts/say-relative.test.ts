import { expect, test } from 'vitest'
import { sayDuration, sayRelative } from './say-relative.ts'

const now = Date.UTC(2026, 3, 28)

test.each([
  [0, 'just now'],
  [-999, 'just now'],
  [1, 'in a moment'],
  [-1_000, '1 second ago'],
  [-59_999, '59 seconds ago'],
  [-60_000, '1 minute ago'],
  [90_000, 'in 1 minute'],
  [-3_600_000 * 5, '5 hours ago'],
  [86_400_000 * 3, 'in 3 days'],
])('%d ms away is "%s"', (distance, text) => {
  expect(sayRelative(now + distance, now)).toBe(text)
})

test.each([
  [null, '–'],
  [0, '0.0 ms'],
  [48.66, '48.7 ms'],
  [480.4, '480 ms'],
  [1_204, '1.20 s'],
  [29_960, '30.0 s'],
])('a duration of %s ms is "%s"', (ms, text) => {
  expect(sayDuration(ms)).toBe(text)
})
