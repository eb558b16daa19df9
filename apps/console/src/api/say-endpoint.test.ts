import { expect, test } from 'vitest'
import { sayEndpoint } from './say-endpoint.ts'

test('an endpoint is said to be deleted only where all names are known', () => {
  expect(sayEndpoint(7, new Map([[7, 'Dock']]))).toBe('Dock')
  expect(sayEndpoint(7, new Map([[8, 'Gate']]))).toBe('deleted, 7')
  expect(sayEndpoint(7, new Map())).toBe('deleted, 7')
  expect(sayEndpoint(7, undefined)).toBe('7')
  expect(sayEndpoint(7, new Map(Array.from({ length: 200 }, (_, nth) => [nth + 8, 'Gate'])))).toBe('7')
})
