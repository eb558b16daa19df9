import { expect, test } from 'vitest'
import { localText, readLocal } from './local-time.ts'

test('an instant survives the field, to the second', () => {
  const instant = '2026-04-28T00:33:38.000Z'
  expect(localText(instant)).toMatch(/^2026-04-2[789]T\d\d:\d\d:38$/)
  expect(readLocal(localText(instant))).toBe(instant)
})

test('what is no time is an empty field, and an empty field no filter', () => {
  expect(localText('yesterday')).toBe('')
  expect(readLocal('')).toBe('')
})
