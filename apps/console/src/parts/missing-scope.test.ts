import { expect, test } from 'vitest'
import { missingScope } from './missing-scope.ts'

test('a refusal that names a scope is told from every other', () => {
  expect(missingScope('this key lacks the scope tracking:read')).toBe('tracking:read')
  expect(missingScope('a session cookie is taken from its own origin only')).toBeNull()
})
