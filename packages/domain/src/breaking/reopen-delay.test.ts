import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestReopenMs, reopenDelayMs } from './reopen-delay.ts'

const openings = fc.integer({ min: 1, max: 5_000 })
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('BD1: trap 8: 30 s, 1 m, 2 m, 4 m, 8 m, 15 m and no longer', () => {
  const middle = [1, 2, 3, 4, 5, 6, 7, 2_000].map((count) => reopenDelayMs({ openings: count, random: 0.5 }))
  expect(middle.map((ms) => ms / 1_000)).toEqual([30, 60, 120, 240, 480, 900, 900, 900])
  fc.assert(
    fc.property(openings, random, (count, chance) => {
      const delayMs = reopenDelayMs({ openings: count, random: chance })
      expect(delayMs).toBeGreaterThanOrEqual(24_000)
      expect(delayMs).toBeLessThanOrEqual(longestReopenMs)
    }),
  )
})

test('BD2: trap 8: jitter is a fifth at most; below the cap the next opening is never shorter than this one', () => {
  expect(reopenDelayMs({ openings: 1, random: 0 })).toBe(24_000)
  expect(reopenDelayMs({ openings: 1, random: 1 })).toBeCloseTo(36_000, 6)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), random, random, (count, one, other) => {
      expect(reopenDelayMs({ openings: count + 1, random: other })).toBeGreaterThan(
        reopenDelayMs({ openings: count, random: one }),
      )
    }),
  )
})
