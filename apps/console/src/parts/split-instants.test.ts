import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitInstants } from './split-instants.ts'

const instantsIn = (sentence: string) =>
  splitInstants(sentence).flatMap(({ text, isInstant }) => (isInstant ? [text] : []))

test.each([
  ['it was given up at 2026-11-27T13:26:57.449Z: all was used up', ['2026-11-27T13:26:57.449Z']],
  [
    'from 2026-11-27T13:26:57Z to 2026-11-27T14:26:57+01:00',
    ['2026-11-27T13:26:57Z', '2026-11-27T14:26:57+01:00'],
  ],
  ['2026-13-27T13:26:57Z is none', []],
  ['on 2026-11-27 nothing came', []],
  ['', []],
])('%j', (sentence, instants) => {
  expect(instantsIn(sentence)).toEqual(instants)
})

test('whatever is said, the parts together are the sentence', () => {
  const word = fc.oneof(
    fc.string(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  )
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const sentence = words.join(' ')
      const parts = splitInstants(sentence)
      expect(parts.map(({ text }) => text).join('')).toBe(sentence)
      expect(parts.every(({ text, offset }) => sentence.startsWith(text, offset))).toBe(true)
    }),
  )
})
