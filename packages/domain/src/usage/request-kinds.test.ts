import { expect, test } from 'vitest'
import { attemptErrorClasses } from '../attempt.ts'
import { countOf, requestKinds } from './request-kinds.ts'

test('every class of errors is a kind of its own, and the order is the one that is stored', () => {
  expect(requestKinds.slice(6)).toEqual(attemptErrorClasses)
  expect(requestKinds).toHaveLength(14)
})

test('what a row of an earlier version does not have is 0', () => {
  expect(countOf([3, 1], '2xx')).toBe(1)
  expect(countOf([3, 1], 'internal')).toBe(0)
})
