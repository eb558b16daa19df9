import { expect, test } from 'vitest'
import { buildTree, countPresent, type Node, type Place } from './build-tree.ts'

const place = (id: number, parent: number | null) => ({ id, parent_id: parent })
const shape = ({ place: { id }, here, within, children }: Node<Place>): unknown => [
  id,
  here,
  within,
  children.map(shape),
]

test('counts add up to the top, children keep their order', () => {
  const tree = buildTree(
    [place(1, null), place(3, 1), place(2, 1), place(4, 3)],
    new Map([
      [4, 5],
      [1, 1],
    ]),
  )
  expect(tree.map(shape)).toEqual([
    [
      1,
      1,
      6,
      [
        [3, 0, 5, [[4, 5, 5, []]]],
        [2, 0, 0, []],
      ],
    ],
  ])
})

test('nothing is lost: neither below a parent that is not there, nor in a circle', () => {
  const tree = buildTree([place(1, 99), place(2, 3), place(3, 2)], new Map())
  expect(tree.map(shape)).toEqual([
    [1, 0, 0, []],
    [2, 0, 0, [[3, 0, 0, []]]],
  ])
})

test('who is absent or nowhere is in no location', () => {
  const row = (location: number | null, presence: string) => ({ location_id: location, presence })
  expect(countPresent([row(1, 'present'), row(1, 'present'), row(1, 'absent'), row(null, 'absent')])).toEqual(
    new Map([[1, 2]]),
  )
})
