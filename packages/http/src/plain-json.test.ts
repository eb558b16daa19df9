import fc from 'fast-check'
import { expect, test } from 'vitest'
import { problemsOfJson } from './plain-json.ts'

const problems = (text: string) =>
  problemsOfJson(text, JSON.parse(text)).map(({ field, code }) => [field, code])

test('a member that comes twice is named by its path, however it is spelled and wherever it is', () => {
  expect(problems('{"a":1,"b":{"a":1},"c":[{"a":"x"},{"a":2}]}')).toEqual([])
  expect(problems('{"a":1,"\\u0061":2}')).toEqual([['a', 'ambiguous_fields']])
  expect(problems('{"a":{"b":[0,{"c":",}","c":"]{"}]},"d":1}')).toEqual([['a.b.1.c', 'ambiguous_fields']])
  expect(problems('[{"a":"\\"a\\"","b":"a"},{"__proto__":1,"__proto__":2}]')).toEqual([
    ['1.__proto__', 'ambiguous_fields'],
  ])
  expect(problems('{ "a\\\\" :\t1,\n"b":"\\"a\\":", "a\\\\"\r: [":"] }')).toEqual([
    ['a\\', 'ambiguous_fields'],
  ])
  expect(problems('{"a":1,"a":2,"a":3}').length).toBe(2)
})

test('half of a surrogate pair is named by its path, whole ones are not', () => {
  expect(problems('{"a":"\\ud83d\\ude00","b":"😀"}')).toEqual([])
  expect(problems('{"a":["x","\\ud83d"],"b":{"\\udc00":1}}')).toEqual([
    ['a.1', 'invalid_value'],
    ['b.\ufffd', 'invalid_value'],
  ])
})

test('whatever was written by JSON.stringify has no member twice; repeated, it has', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string(),
        fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text)),
      ),
      (value) => {
        const text = JSON.stringify(value)
        expect(problemsOfJson(text, value)).toEqual([])
        const [name] = Object.keys(value)
        fc.pre(name !== undefined)
        const twice = `{${JSON.stringify(name)}:0,${text.slice(1)}`
        expect(problemsOfJson(twice, value)).toMatchObject([{ field: name, code: 'ambiguous_fields' }])
      },
    ),
  )
})

test('a megabyte is gone through, as one text or as deep as it goes', () => {
  const long = 'x'.repeat(1_000_000)
  expect(problems(JSON.stringify({ a: `${long}\\"` }))).toEqual([])
  expect(problems(`{"a":"${'\\\\'.repeat(500_000)}","a":1}`)).toEqual([['a', 'ambiguous_fields']])
  expect(problems(`${'['.repeat(2_000)}"\\ud800"${']'.repeat(2_000)}`)).toEqual([
    [expect.stringMatching(/^0(\.0)*$/), 'invalid_value'],
  ])
})
