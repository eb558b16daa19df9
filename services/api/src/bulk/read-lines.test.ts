import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineMaxChars, readLines } from './read-lines.ts'
import { judgeJson } from './routes.ts'

test('lines end with LF or CRLF or the text, blank ones are skipped, and every other gives its object under its number', () => {
  const line = fc.oneof(
    fc.constant(null),
    fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer())),
  )
  const end = fc.constantFrom('\n', '\r\n')
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end)), fc.boolean(), (lines, isLastEnded) => {
      const written = lines.map(([value, ending]) => [value === null ? ' ' : JSON.stringify(value), ending])
      const last = written.at(-1)
      if (last !== undefined && !isLastEnded) last[1] = ''
      const expected = lines.flatMap(([value], index) =>
        value === null ? [] : [{ number: index + 1, ok: true, value: JSON.parse(JSON.stringify(value)) }],
      )
      expect([...readLines(written.flat().join(''), judgeJson)]).toEqual(expected)
    }),
  )
})

test.each([
  ['{"a":', 'bad_request', undefined],
  ['[1]', 'validation_error', 'invalid_value'],
  ['null', 'validation_error', 'invalid_value'],
  ['{"a":1,"a":2}', 'validation_error', 'ambiguous_fields'],
  ['{"a":"\\ud800"}', 'validation_error', 'invalid_value'],
  [`{"a":"${'x'.repeat(lineMaxChars)}"}`, 'validation_error', 'too_long'],
])('a line that is no object within its bound is told as such: %.9s', (text, type, code) => {
  const [line] = [...readLines(text, judgeJson)]
  expect(line).toMatchObject({ number: 1, ok: false, error: { type } })
  expect(line?.ok === false ? line.error.fields[0]?.code : null).toBe(code)
})
