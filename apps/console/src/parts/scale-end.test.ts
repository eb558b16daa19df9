import { expect, test } from 'vitest'
import { scaleEnd } from './scale-end.ts'

test.each([
  [0, 1],
  [1, 1],
  [1.4, 2],
  [7, 8],
  [11, 12],
  [13, 15],
  [1_347, 1_500],
  [99_001, 100_000],
])('a scale up to %d ends at %d', (value, end) => expect(scaleEnd(value)).toBe(end))

test('it never ends below what it shows, nor far above it', () => {
  for (let value = 1; value < 20_000; value += 1) {
    expect(scaleEnd(value)).toBeGreaterThanOrEqual(value)
    expect(scaleEnd(value)).toBeLessThanOrEqual(value * 1.34)
  }
})
