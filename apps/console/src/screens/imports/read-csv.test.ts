import { expect, test } from 'vitest'
import { readCsv } from './read-csv.ts'

const cellsOf = (text: string) => readCsv(text).map(({ cells }) => cells)

test('quotes hold separators, quotes and line ends; lines are those of the text', () => {
  expect(readCsv('a,b\n"x, ""y""","1\n2"\n\nlast,\n')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['x, "y"', '1\n2'] },
    { line: 5, cells: ['last', ''] },
  ])
})

test('semicolons and tabs are separators where the first line has them; a byte order mark is none of the text', () => {
  expect(cellsOf('\uFEFFa;b\n1,5;2')).toEqual([
    ['a', 'b'],
    ['1,5', '2'],
  ])
  expect(cellsOf('a\tb\r\n1\t2\r\n')).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ])
})

test('a quote that never closes takes the rest, and nothing is nothing', () => {
  expect(cellsOf('a,b\n"x,1')).toEqual([['a', 'b'], ['x,1']])
  expect(cellsOf('')).toEqual([])
})
