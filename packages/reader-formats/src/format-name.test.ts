import { expect, test } from 'vitest'
import { findFormat } from './format-name.ts'

test('a format is found by its name, however a header spells it', () => {
  expect(findFormat(' CSL-CS463 ')).toBe('csl-cs463')
  expect(findFormat('cs463')).toBe(null)
  expect(findFormat('')).toBe(null)
})
