import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApiError } from './api-error.ts'
import { type CursorScope, decodeCursor, encodeCursor, positionParts } from './cursor.ts'

const { instant, uuid } = positionParts
const scope: CursorScope = {
  list: 'deliveries',
  sort: [{ field: 'created_at', isDescending: true }],
  filters: { webhook_id: [3, 7], from: 5, to: undefined, state: [] },
}
const id = '00000000-0000-5000-8000-000000000001'
const parts = [instant.nullable(), uuid]
const cursor = encodeCursor(scope, [1_000, id])

function problem(of: () => unknown): string | null {
  try {
    of()
  } catch (error) {
    const { type, fields } = error as ApiError
    return `${type}: ${fields[0]?.field} ${fields[0]?.code} ${fields[0]?.message}`
  }
  return null
}

test('C1: a position comes back as it was, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.option(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })),
      fc.uuid(),
      (atMs, any) => {
        const made = encodeCursor(scope, [atMs, any])
        expect(made).toMatch(/^[A-Za-z0-9_-]+$/)
        expect(decodeCursor(scope, made, parts)).toEqual([atMs, any])
      },
    ),
  )
})

test('C1: filters are the same in another order, given twice, and when those that are none are left out', () => {
  const same = { ...scope, filters: { from: 5, webhook_id: [7, 3, 3] } }
  expect(decodeCursor(same, cursor, parts)).toEqual([1_000, id])
})

test.each([
  ['another filter', { ...scope, filters: { ...scope.filters, webhook_id: [3] } }, 'other filters'],
  ['no filter', { ...scope, filters: {} }, 'other filters'],
  ['another list', { ...scope, list: 'events' }, 'other filters'],
  ['another direction', { ...scope, sort: [{ field: 'created_at', isDescending: false }] }, 'another sort'],
])('C2: a cursor is refused with %s', (_, other, words) => {
  expect(problem(() => decodeCursor(other, cursor, parts))).toBe(
    `validation_error: cursor invalid_value was given for ${words}`,
  )
})

const refusal = 'validation_error: cursor invalid_value is not one that was given'

test('C2: a cursor whose position is none of this list is refused', () => {
  const positions = [
    [],
    [1_000],
    [1_000, id, 1],
    ['1000', id],
    [1_000, null],
    [1_000, 'x'],
    [1.5, id],
    [-8.64e15, id],
    [8.64e15, id],
  ]
  for (const position of positions)
    expect(problem(() => decodeCursor(scope, encodeCursor(scope, position), parts))).toBe(refusal)
})

/** Base64 has several texts for the same bytes; all of them are the cursor. */
const isTheCursor = (text: string): boolean =>
  Buffer.from(text, 'base64url').equals(Buffer.from(cursor, 'base64url'))

test('C2: whatever text is sent, it is refused in the same way', () => {
  const spoilt = fc
    .tuple(fc.nat(cursor.length - 1), fc.string({ maxLength: 3 }))
    .map(([at, text]) => cursor.slice(0, at) + text)
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), spoilt), (text) => {
      fc.pre(!isTheCursor(text))
      expect(problem(() => decodeCursor(scope, text, parts))).toMatch(
        /^validation_error: cursor invalid_value /,
      )
    }),
  )
  for (const json of ['null', '{}', '[]', '["x"]', '[1,2,3]'])
    expect(problem(() => decodeCursor(scope, Buffer.from(json).toString('base64url'), parts))).toBe(refusal)
})
