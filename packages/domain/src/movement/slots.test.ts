import { location, place, scan } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Slot } from '../asset-state.ts'
import type { Scan } from '../scan.ts'
import { bestElsewhere, bestOf, hear, leads, slotsMax } from './slots.ts'

const t0 = 1_777_336_418_021
const bay = location(3, 'Bay')
const dock = location(9, 'Dock')

function readOf(point: number, laterMs: number, rssiCdbm: number | null, path = [bay]): Scan {
  return scan({ place: place({ point, path }), atMs: t0 + laterMs, rssiCdbm })
}

function heardAll(scans: readonly Scan[]): readonly Slot[] {
  let nowMs = 0
  return scans.reduce<readonly Slot[]>((slots, each) => {
    nowMs = Math.max(nowMs, each.atMs)
    return hear(slots, each, nowMs)
  }, [])
}

test('L2: the level is the same for any order of arrival within half a second, but for rounding', () => {
  const reads = fc.array(
    fc.record({ laterMs: fc.nat(499), rssiCdbm: fc.integer({ min: -9000, max: -3000 }) }),
    {
      minLength: 2,
      maxLength: 12,
    },
  )
  fc.assert(
    fc.property(
      reads.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([sent, arrived]) => {
        const level = (list: typeof sent): number =>
          heardAll(list.map((read) => readOf(1, read.laterMs, read.rssiCdbm)))[0]?.levelCdbm ?? 0
        const inOrder = sent.toSorted((a, b) => a.laterMs - b.laterMs)
        // Each of up to twelve steps rounds to a hundredth of a dBm, and weights to a hundredth of a read.
        expect(Math.abs(level(arrived) - level(inOrder))).toBeLessThanOrEqual(60)
      },
    ),
  )
})

test('a level follows what is read, by e in the smoothing time', () => {
  const quiet = heardAll(Array.from({ length: 50 }, (_, index) => readOf(1, index * 100, -8000)))
  const loud = (laterMs: number): number =>
    [...Array(laterMs / 100).keys()].reduce<readonly Slot[]>(
      (slots, index) => hear(slots, readOf(1, 5_000 + index * 100, -5000), t0 + 5_000 + index * 100),
      quiet,
    )[0]?.levelCdbm ?? 0
  expect(loud(1_000)).toBeGreaterThan(-8000 + 3000 * 0.6)
  expect(loud(1_000)).toBeLessThan(-8000 + 3000 * 0.7)
  expect(loud(5_000)).toBeGreaterThan(-5030)
})

test('L1: the weakest gives way, the newcomer included; the stale before the fresh', () => {
  const six = heardAll([1, 2, 3, 4, 5, 6].map((point) => readOf(point, point, -6000 - point * 100)))
  const pointsOf = (slots: readonly Slot[]): number[] => slots.map((slot) => slot.place.point.id).sort()
  expect(pointsOf(hear(six, readOf(7, 10, -9000), t0 + 10))).toEqual([1, 2, 3, 4, 5, 6])
  expect(pointsOf(hear(six, readOf(7, 10, -5000), t0 + 10))).toEqual([1, 2, 3, 4, 5, 7])
  expect(pointsOf(hear(six, readOf(7, 10, null), t0 + 10))).toEqual([1, 2, 3, 4, 5, 6])
  const later = hear(six, readOf(2, 6_000, -6200), t0 + 6_000)
  expect(pointsOf(hear(later, readOf(7, 6_001, -9900), t0 + 6_001))).toHaveLength(slotsMax)
  expect(pointsOf(hear(later, readOf(7, 6_001, -9900), t0 + 6_001))).toContain(7)
})

test('L1: a dozen readers that hear one tag twice a second do not push the best ones out', () => {
  const round = (half: number): Scan[] =>
    Array.from({ length: 12 }, (_, point) => readOf(point + 1, half * 500 + point * 3, -6000 - point * 200))
  const slots = heardAll([...Array(20).keys()].flatMap(round))
  expect(slots.map((slot) => slot.place.point.id).sort()).toEqual([1, 2, 3, 4, 5, 6])
  expect(Math.min(...slots.map((slot) => slot.reads))).toBe(20)
})

test('L3: an unknown signal is below every known one, and ties are broken by what is known, never by order', () => {
  const [known, unknown, twin] = heardAll([readOf(5, 0, -9900), readOf(2, 0, null), readOf(1, 0, -9900)])
  if (known === undefined || unknown === undefined || twin === undefined) throw new Error('three slots')
  for (const slots of [
    [known, unknown, twin],
    [twin, unknown, known],
  ])
    expect(bestOf(slots, bay.id, t0)?.place.point.id).toBe(1)
  expect(leads(unknown, known, 300)).toBe(false)
  expect(leads(known, unknown, 300)).toBe(true)
  expect(leads(unknown, null, 300)).toBe(true)
})

test('a place without a location, and one whose reader went stale, is nobody’s best', () => {
  const slots = heardAll([readOf(1, 0, -5000, []), readOf(2, 0, -6000), readOf(3, 100, -7000, [dock])])
  expect(bestElsewhere(slots, null, t0 + 100)?.place.point.id).toBe(2)
  expect(bestElsewhere(slots, bay.id, t0 + 100)?.place.point.id).toBe(3)
  expect(bestElsewhere(slots, null, t0 + 5_001)?.place.point.id).toBe(3)
  expect(bestElsewhere(slots, null, t0 + 5_101)).toBeNull()
})
