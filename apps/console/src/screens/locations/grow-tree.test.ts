import { expect, test } from 'vitest'
import { countsById, growTree, listParents, orderAncestors } from './grow-tree.ts'

const location = (id: number, parentId: number | null, name = `L${id}`) => ({
  ...{ id, name, parent_id: parentId, external_key: `LOC-${id}` },
})
const none: ReadonlySet<number> = new Set()
const shown = (rows: readonly { readonly location: { readonly id: number }; readonly depth: number }[]) =>
  rows.map((row) => [row.location.id, row.depth])

test('counts are those that the API made, by location', () => {
  const counts = countsById([{ location_id: 1, present_count: 2, present_inside_count: 5 }])
  expect([...counts]).toEqual([[1, { here: 2, inside: 5 }]])
})

test('the parents are those that have something inside, with or without the ones at the top', () => {
  const locations = [location(1, null), location(2, 1), location(3, 2), location(4, 99), location(5, 4)]
  expect([...listParents(locations, { isTopOpen: false })].sort()).toEqual([1, 2, 4])
  expect([...listParents(locations, { isTopOpen: true })]).toEqual([2])
})

test('what is inside follows its location, by name, and each has its counts', () => {
  const locations = [location(3, 2), location(2, 1, 'b'), location(1, null), location(4, 1, 'a')]
  const counts = new Map([
    [1, { here: 0, inside: 12 }],
    [2, { here: 5, inside: 12 }],
    [3, { here: 7, inside: 7 }],
    [9, { here: 100, inside: 100 }],
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
