import { scopes as allScopes } from '@scanhook/domain/scope'
import { expect, test } from 'vitest'
import { findKeyProblem, sayScopes, scopeWords } from './describe-scopes.ts'

test('every scope of the product has words here, and no other', () => {
  expect(scopeWords.map(([scope]) => scope).toSorted()).toEqual([...allScopes].toSorted())
})

test.each([
  [[], 'Nothing'],
  [[...allScopes], 'Everything'],
  [['assets:read', 'scans:write'], 'Send scans; See assets and their tags'],
  [['later:read'], 'later:read'],
])('%o is "%s"', (scopes, words) => {
  expect(sayScopes(scopes)).toBe(words)
})

test('a key has a name and may do something', () => {
  expect(findKeyProblem(' ', ['assets:read'])).toMatch('name')
  expect(findKeyProblem('ERP', [])).toMatch('at least one')
  expect(findKeyProblem('ERP', ['assets:read'])).toBeNull()
})
