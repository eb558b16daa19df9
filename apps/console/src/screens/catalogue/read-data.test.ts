import { expect, test } from 'vitest'
import { readData } from './read-data.ts'

test('an object is data, also with keys that look like markup or emoji', () => {
  expect(readData('{"<b>": {"🔑": "‮"}}')).toEqual({ data: { '<b>': { '🔑': '‮' } }, problem: null })
})

test.each(['[]', 'null', '1', '"x"'])('%s is JSON and no object', (text) => {
  expect(readData(text).problem).toContain('object')
})

test.each(['', '{', "{'a': 1}"])('%j says that it is no JSON', (text) => {
  expect(readData(text).problem).toContain('not JSON')
})
