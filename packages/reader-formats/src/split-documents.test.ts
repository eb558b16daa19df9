import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitDocuments, splitLines } from './split-documents.ts'
import { splitValues } from './split-values.ts'

const bad = Symbol('unreadable')

function split(text: string): unknown {
  const found = splitDocuments(text)
  if (found === null) return null
  const values = found.documents.map((document) => (document.kind === 'json' ? document.json : bad))
  return found.isBatch ? values : { one: values[0] }
}

test('a value by itself, an array, lines, and values with nothing between them', () => {
  expect(split('{"a":1}')).toEqual({ one: { a: 1 } })
  expect(split('[{"a":1},2]')).toEqual([{ a: 1 }, 2])
  expect(split('{"a":1}\r\n\n{"a":2}\n')).toEqual([{ a: 1 }, { a: 2 }])
  expect(split('{"a":1}{"a":2}')).toEqual([{ a: 1 }, { a: 2 }])
  expect(split('{"a":1} ,\t{"a":{"b":[2]}}[3,{"c":4}]')).toEqual([{ a: 1 }, { a: { b: [2] } }, 3, { c: 4 }])
  expect(split('{\n  "a": [\n 1\n]}{\n"a":2\n}')).toEqual([{ a: [1] }, { a: 2 }])
})

test('brackets and quotes within strings end nothing', () => {
  expect(split('{"a":"}{"}{"a":"\\"}{"}{"a":"\\\\"}')).toEqual([{ a: '}{' }, { a: '"}{' }, { a: '\\' }])
})

test('N1: what is not JSON is unreadable in its place and does not cost its neighbours', () => {
  expect(split('{"a":1}{"a":oops}{"a":3}')).toEqual([{ a: 1 }, bad, { a: 3 }])
  expect(split('{"a":1}\n{"a":\n{"a":3}')).toEqual([{ a: 1 }, bad, { a: 3 }])
  expect(split('{"a":1}{"a":')).toEqual([{ a: 1 }, bad])
  expect(split('{"a":1}{"b":2}\nrest')).toEqual([{ a: 1 }, { b: 2 }, bad])
  for (const text of ['', ' ', 'text', '{', '{"a":', '}{', ']]', '"']) expect(split(text)).toBe(null)
})

test('lines stay lines: one of them is a batch of one, and may hold several values', () => {
  expect(splitLines('{"a":1}')).toEqual({ documents: [{ kind: 'json', json: { a: 1 } }], isBatch: true })
  expect(splitLines('{"a":1}{"a":2}\nx')?.documents.map(({ kind }) => kind)).toEqual([
    'json',
    'json',
    'unreadable',
  ])
  expect(splitLines('\n \n')).toBe(null)
})

test('N1, N2: whatever the text is, nothing throws and only blanks and commas are lost', () => {
  const near = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', 'a', ' ', '\n'),
  })
  fc.assert(
    fc.property(fc.oneof(fc.string(), near), (text) => {
      splitDocuments(text)
      splitLines(text)
      const strip = (part: string): string => part.replace(/[\s,]/g, '')
      expect(strip(splitValues(text).join(''))).toBe(strip(text))
    }),
    { numRuns: 500 },
  )
})

test('N1: values that are written one after the other come back one by one', () => {
  const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.constant({}))
  fc.assert(
    fc.property(fc.array(value, { minLength: 2 }), fc.constantFrom('', ' ', '\n', ','), (values, between) => {
      const text = values.map((each) => JSON.stringify(each)).join(between)
      expect(split(text)).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('N2: a long run of blanks costs no more than its length', () => {
  expect(splitValues(`{"a":1}${' '.repeat(500_000)}x${' '.repeat(500_000)}`)).toHaveLength(2)
})
