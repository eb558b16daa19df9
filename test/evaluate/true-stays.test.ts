import { expect, test } from 'vitest'
import { type TrueSample, trueStays, zoneAtPosition } from './true-stays.ts'

/** A sample every 100 ms: `1x30` is zone 1 for 3 s. */
function samplesOf(text: string): readonly TrueSample[] {
  const zones = text.split(' ').flatMap((part) => {
    const [zone, count] = part.split('x').map(Number)
    return Array.from({ length: count ?? 0 }, () => zone ?? 0)
  })
  return zones.map((zone, index) => ({ atMs: index * 100, zone }))
}

const shown = (text: string): string =>
  trueStays(samplesOf(text))
    .map(({ zone, fromMs, toMs }) => `${zone}:${fromMs}-${toMs}`)
    .join(' ')

test('a stay goes from its first sample to that of the next stay, the last one to the last sample', () => {
  expect(shown('1x30 2x20')).toBe('1:0-3000 2:3000-4900')
})

test('a stay under 1 s is no stay: what it parted is one', () => {
  expect(shown('1x30 2x9 1x20')).toBe('1:0-5800')
  expect(shown('1x30 2x10 1x20')).toBe('1:0-3000 2:3000-4000 1:4000-5900')
})

test('a short stay between two zones is given to the one before, a short first one to the one after', () => {
  expect(shown('1x30 2x5 3x20')).toBe('1:0-3500 3:3500-5400')
  expect(shown('2x5 3x20')).toBe('3:0-2400')
})

test('flicker over a line is one change, however long it goes on', () => {
  expect(shown('1x30 2x3 1x4 2x3 1x4 2x30').split(' ')).toHaveLength(2)
})

test('a walk that is short as a whole keeps one stay, and none has none', () => {
  expect(shown('1x3 2x4').split(' ')).toHaveLength(1)
  expect(shown('1x1')).toBe('1:0-0')
  expect(trueStays([])).toEqual([])
})

test('zones are the four quarters around (10, 9.2)', () => {
  const corners = [
    [9.99, 9.19],
    [9.99, 9.2],
    [10, 9.2],
    [10, 9.19],
  ] as const
  expect(corners.map(([x, y]) => zoneAtPosition({ x, y }))).toEqual([1, 2, 3, 4])
})
