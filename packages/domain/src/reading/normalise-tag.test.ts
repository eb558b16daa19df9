import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normaliseTag } from './normalise-tag.ts'

test.each([
  ['E2801190A503006543E21224', 'E2801190A503006543E21224'],
  ['e280-1190 a503:006543e21224', 'E2801190A503006543E21224'],
  ['000000000000000000010020', '10020'],
  ['10020', '10020'],
  ['urn:epc:10', 'EC10'],
  ['c3:00:00:1a:2b:3c', 'C300001A2B3C'],
  ['PQRS', 'PQRS'],
  [' xyz ', 'XYZ'],
  ['0000', '0000'],
  ['', ''],
])('%j finds its asset by %j', (value, key) => {
  expect(normaliseTag(value)).toBe(key)
})

test('a key is its own key, so it may be normalised twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const key = normaliseTag(value)
      expect(normaliseTag(key)).toBe(key)
    }),
  )
})
