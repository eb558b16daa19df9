import { expect, test } from 'vitest'
import { countNew, mergeDeliveries, onlyKnown, rowsMax } from './merge-deliveries.ts'

const row = (id: string, second: number, state = 'pending') => ({
  id,
  created_at: new Date(second * 1000).toISOString(),
  state,
})

test('newer rows come on top, known ones in their newest state and once', () => {
  const known = [row('b', 2), row('a', 1)]
  const newer = [row('c', 3), row('b', 2, 'delivered')]
  expect(mergeDeliveries(known, newer)).toEqual([row('c', 3), row('b', 2, 'delivered'), row('a', 1)])
  expect(mergeDeliveries(mergeDeliveries(known, newer), newer)).toEqual(mergeDeliveries(known, newer))
})

test('what was written late stands where it belongs', () => {
  expect(mergeDeliveries([row('c', 3), row('a', 1)], [row('b', 2)]).map(({ id }) => id)).toEqual([
    'c',
    'b',
    'a',
  ])
})

test('held back, rows stay and new ones are counted', () => {
  const known = [row('b', 2), row('a', 1)]
  const newer = [row('c', 3), row('b', 2, 'dead')]
  expect(countNew(known, newer)).toBe(1)
  expect(onlyKnown(known, newer)).toEqual([row('b', 2, 'dead')])
})

test('the oldest go when there are too many', () => {
  const known = Array.from({ length: rowsMax }, (_, index) => row(`k${index}`, index))
  const merged = mergeDeliveries(known, [row('new', rowsMax + 1)])
  expect(merged).toHaveLength(rowsMax)
  expect(merged[0]?.id).toBe('new')
  expect(merged.some(({ id }) => id === 'k0')).toBe(false)
})
