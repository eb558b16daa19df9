import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareOf, toggleAll } from './choose-rows.ts'

const idsOf = (chosen: ReadonlySet<string>): readonly string[] => [...chosen].sort()

test('one press chooses all that are shown, the next none of them, and others stay', () => {
  const once = toggleAll(new Set(['x', 'a']), ['a', 'b', 'c'], 10)
  expect([idsOf(once), shareOf(once, ['a', 'b', 'c'])]).toEqual([['a', 'b', 'c', 'x'], 'all'])
  const twice = toggleAll(once, ['a', 'b', 'c'], 10)
  expect([idsOf(twice), shareOf(twice, ['a', 'b', 'c'])]).toEqual([['x'], 'none'])
})

test('no more are chosen than may be, the first of those that are shown; then a press chooses none', () => {
  const full = toggleAll(new Set(), ['a', 'b', 'c'], 2)
  expect([idsOf(full), shareOf(full, ['a', 'b', 'c'])]).toEqual([['a', 'b'], 'some'])
  expect(idsOf(toggleAll(full, ['a', 'b', 'c'], 2))).toEqual([])
})

test('whatever is shown and chosen, the most is kept to', () => {
  const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 })
  fc.assert(
    fc.property(ids, ids, fc.integer({ min: 1, max: 12 }), (before, shown, max) => {
      const chosen = new Set(before.slice(0, max))
      expect(toggleAll(chosen, shown, max).size).toBeLessThanOrEqual(max)
    }),
  )
})
