import { expect, test } from 'vitest'
import { joinPages, pageByCursor, pageByOffset, sayShown } from './list-pages.ts'

test('a list by offset goes on until its count is reached, or a page is empty', () => {
  expect(pageByOffset({ data: ['a', 'b'], offset: 0, total_count: 3 })).toEqual({
    ...{ rows: ['a', 'b'], total: 3, next: '2' },
  })
  expect(pageByOffset({ data: ['c'], offset: 2, total_count: 3 }).next).toBeNull()
  expect(pageByOffset({ data: [], offset: 2, total_count: 9 }).next).toBeNull()
})

test('a list by cursor goes on while there is one', () => {
  expect(pageByCursor({ data: ['a'], total_count: null, next_cursor: 'x' }).next).toBe('x')
  expect(pageByCursor({ data: [], total_count: null, next_cursor: null }).next).toBeNull()
})

test('pages are one list with the count and the end of the last', () => {
  const pages = [
    { rows: [1, 2], total: 4, next: '2' },
    { rows: [3], total: 3, next: null },
  ]
  expect(joinPages(pages)).toEqual({ rows: [1, 2, 3], total: 3, next: null })
  expect(joinPages([])).toEqual({ rows: [], total: null, next: null })
})

test('how much is shown is said, counted or not', () => {
  const rows = Array.from({ length: 1200 }, () => 0)
  expect(sayShown({ rows, total: 9000, next: 'x' }, 'assets')).toBe('Shown: 1,200 of 9,000 assets')
  expect(sayShown({ rows, total: null, next: 'x' }, 'entries')).toBe('Shown: 1,200 of more entries')
  expect(sayShown({ rows, total: 1200, next: null }, 'assets')).toBe('Shown: 1,200 of 1,200 assets')
})
