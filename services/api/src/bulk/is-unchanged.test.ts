import { expect, test } from 'vitest'
import { isUnchanged } from './is-unchanged.ts'

const current = { name: 'A', description: null, metadata: { a: 1, b: { c: 2 } }, tags: [{ id: 1 }] }

test.each([
  [{}, true],
  [current, true],
  [{ description: null }, true],
  [{ metadata: { b: { c: 2 } } }, true],
  [{ metadata: { z: null } }, true],
  [{ metadata: { a: null } }, false],
  [{ metadata: { b: { d: 3 } } }, false],
  [{ name: 'B' }, false],
  [{ tags: [] }, false],
  [{ unknown: 1 }, false],
])('what merges to the same is unchanged: %j is %s', (patch, expected) => {
  expect(isUnchanged(current, patch)).toBe(expected)
})
