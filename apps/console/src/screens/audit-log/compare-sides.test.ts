import { expect, test } from 'vitest'
import { compareSides } from './compare-sides.ts'

test('what differs is named with both sides, also inside of objects', () => {
  const before = { url: 'https://old.example', headers: { 'x-a': '1', 'x-b': '2' }, same: [1] }
  const after = { url: 'https://new.example', headers: { 'x-a': '1', 'x-c': '3' }, same: [1] }
  expect(compareSides(before, after)).toEqual([
    { field: 'headers.x-b', kind: 'taken away', before: '2', after: null },
    { field: 'headers.x-c', kind: 'set', before: null, after: '3' },
    { field: 'url', kind: 'changed', before: 'https://old.example', after: 'https://new.example' },
  ])
})

test('what was made or deleted stands there whole', () => {
  expect(compareSides(null, { name: 'ERP', scopes: ['a', 'b'], off: null, none: {} })).toEqual([
    { field: 'name', kind: 'set', before: null, after: 'ERP' },
    { field: 'none', kind: 'set', before: null, after: '{}' },
    { field: 'off', kind: 'set', before: null, after: 'null' },
    { field: 'scopes', kind: 'set', before: null, after: '[\n  "a",\n  "b"\n]' },
  ])
  expect(compareSides({ name: '' }, null)).toEqual([
    { field: 'name', kind: 'taken away', before: '""', after: null },
  ])
  expect(compareSides(null, null)).toEqual([])
})

test('a deep object is JSON, and names of prototypes are names', () => {
  const deep = { a: { b: { c: { d: 1 } } }, ['__proto__']: 'x', constructor: '<b>' }
  const fields = compareSides(null, JSON.parse(JSON.stringify(deep))).map(({ field }) => field)
  expect(fields).toEqual(['__proto__', 'a.b.c', 'constructor'])
})
