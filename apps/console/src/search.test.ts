import { expect, test } from 'vitest'
import { parseSearch, stringifySearch, valuesOf } from './search.ts'

test('filters survive the address, repeated ones and odd characters among them', () => {
  const search = { state: ['dead', 'pending'], q: 'a&b=c d/é', none: '', absent: undefined }
  const text = stringifySearch(search)
  expect(text).toBe('?state=dead&state=pending&q=a%26b%3Dc+d%2F%C3%A9')
  expect(parseSearch(text)).toEqual({ state: ['dead', 'pending'], q: 'a&b=c d/é' })
  expect(stringifySearch({})).toBe('')
})

test('a filter is a list, however often it stands in the address', () => {
  expect(valuesOf(parseSearch('?a=1&b=1&b=2'), 'a')).toEqual(['1'])
  expect(valuesOf(parseSearch('?a=1&b=1&b=2'), 'b')).toEqual(['1', '2'])
  expect(valuesOf({}, 'a')).toEqual([])
})
