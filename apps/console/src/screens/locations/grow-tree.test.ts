import { expect, test } from 'vitest'
import { countPresent, growTree, orderAncestors } from './grow-tree.ts'

const location = (id: number, parentId: number | null, name = `L${id}`) => ({
  ...{ id, name, parent_id: parentId, external_key: `LOC-${id}` },
})
const none: ReadonlySet<number> = new Set()
const shown = (rows: readonly { readonly location: { readonly id: number }; readonly depth: number }[]) =>
  rows.map((row) => [row.location.id, row.depth])

test('who is present counts, where it is', () => {
  const counts = countPresent([
    { location_id: 1, presence: 'present' },
    { location_id: 1, presence: 'present' },
    { location_id: 1, presence: 'absent' },
    { location_id: null, presence: 'absent' },
  ])
  expect([...counts]).toEqual([[1, 2]])
})

test('what is inside follows its location, by name, and counts for it', () => {
  const locations = [location(3, 2), location(2, 1, 'b'), location(1, null), location(4, 1, 'a')]
  const counts = new Map([
    [2, 5],
    [3, 7],
    [9, 100],
  ])
  const rows = growTree(locations, { counts, closed: none })
  expect(shown(rows)).toEqual([
    [1, 0],
    [4, 1],
    [2, 1],
    [3, 2],
  ])
  expect(rows.map(({ here, inside }) => [here, inside])).toEqual([
    [0, 12],
    [0, 0],
    [5, 12],
    [7, 7],
  ])
  const closed = growTree(locations, { counts, closed: new Set([2]) })
  expect(closed.map(({ location: { id }, inside }) => [id, inside])).toEqual([
    [1, 12],
    [4, 0],
    [2, 12],
  ])
})

test('whose parent is not there stands at the top, and a circle ends', () => {
  const rows = growTree([location(1, 99), location(2, 3), location(3, 2)], {
    counts: new Map(),
    closed: none,
  })
  expect(shown(rows)).toEqual([[1, 0]])
})

test('ancestors come from the root down, in whatever order they are answered', () => {
  const [root, hall, shelf] = [location(1, null), location(2, 1), location(3, 2)]
  expect(orderAncestors(shelf, [hall, root])).toEqual([root, hall])
  expect(orderAncestors(shelf, [root])).toEqual([])
  expect(orderAncestors(root, [])).toEqual([])
  expect(orderAncestors(location(4, 5), [location(5, 6), location(6, 5)])).toHaveLength(2)
})
