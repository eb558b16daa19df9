import { expect, test } from 'vitest'
import { type Changes, emptyList, type LiveList, rowsMax, showWaiting, takeChanges } from './live-list.ts'

const row = (id: string, second: number, state = 'pending', attempted: number | null = null) => ({
  id,
  created_at: new Date(second * 1000).toISOString(),
  last_attempt_at: attempted === null ? null : new Date(attempted * 1000).toISOString(),
  state,
})
type TestRow = ReturnType<typeof row>

const changes = (...rows: readonly TestRow[]): Changes<TestRow> =>
  new Map(rows.map((each) => [each.id, each]))
const listOf = (...rows: readonly TestRow[]): LiveList<TestRow> =>
  takeChanges(emptyList, changes(...rows), false)
const idsOf = (rows: readonly TestRow[]): readonly string[] => rows.map(({ id }) => id)

test('newer rows come on top, known ones in their newest state and once, late ones where they belong', () => {
  const once = takeChanges(listOf(row('a', 1), row('b', 2)), changes(row('d', 4), row('b', 2, 'dead')), false)
  expect(once.rows).toEqual([row('d', 4), row('b', 2, 'dead'), row('a', 1)])
  expect(takeChanges(once, changes(row('d', 4), row('b', 2, 'dead')), false)).toEqual(once)
  expect(idsOf(takeChanges(once, changes(row('c', 3)), false).rows)).toEqual(['d', 'c', 'b', 'a'])
})

test('what was asked for before and answered later does not undo what is known', () => {
  const list = listOf(row('a', 1, 'delivered', 9))
  expect(takeChanges(list, changes(row('a', 1, 'pending', 5)), false).rows).toEqual([
    row('a', 1, 'delivered', 9),
  ])
})

test('held, rows stay and new ones wait, until they are shown or it is let go', () => {
  const held = takeChanges(
    listOf(row('a', 1), row('b', 2)),
    new Map([...changes(row('c', 3), row('b', 2, 'dead')), ['a', null]]),
    true,
  )
  expect(held.rows).toEqual([row('b', 2, 'dead'), row('a', 1)])
  expect(idsOf(held.waiting)).toEqual(['c'])
  expect(idsOf(showWaiting(held).rows)).toEqual(['c', 'b'])
  expect(idsOf(takeChanges(held, new Map(), false).rows)).toEqual(['c', 'b'])
  // One that waits may leave, and one that leaves may come back.
  const again = takeChanges(held, new Map([...changes(row('a', 1, 'dead')), ['c', null]]), true)
  expect([idsOf(showWaiting(again).rows), again.waiting]).toEqual([['b', 'a'], []])
})

test('what the filter does not mean any more goes', () => {
  expect(idsOf(takeChanges(listOf(row('a', 1), row('b', 2)), new Map([['b', null]]), false).rows)).toEqual([
    'a',
  ])
})

test('the oldest go when there are too many', () => {
  const known = listOf(...Array.from({ length: rowsMax }, (_, index) => row(`k${index}`, index)))
  const { rows } = takeChanges(known, changes(row('new', rowsMax + 1)), false)
  expect(rows).toHaveLength(rowsMax)
  expect(rows[0]?.id).toBe('new')
  expect(rows.some(({ id }) => id === 'k0')).toBe(false)
})
