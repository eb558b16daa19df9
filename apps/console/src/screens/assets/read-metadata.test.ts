import { expect, test } from 'vitest'
import { readMetadata } from './read-metadata.ts'

test('an object is one, nothing is an empty one, and all else is none', () => {
  expect(readMetadata('{"a": {"b": 1}}')).toEqual({ a: { b: 1 } })
  expect(readMetadata('  ')).toEqual({})
  for (const text of ['[1]', '1', 'null', '{"a"', '"a"']) expect(readMetadata(text)).toBeNull()
})
