import { expect, test } from 'vitest'
import { sayPercent } from './say-percent.ts'

test.each([
  [null, '–'],
  [0, '0.0 %'],
  [0.98613, '98.6 %'],
  [0.99999, '99.9 %'],
  [1, '100 %'],
])('a share of %s is "%s"', (share, text) => {
  expect(sayPercent(share)).toBe(text)
})
