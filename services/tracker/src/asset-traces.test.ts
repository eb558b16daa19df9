import { expect, test } from 'vitest'
import { assetTraces } from './asset-traces.ts'

const scan = (number: number, flag = '01') => ({
  traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${number.toString(16).padStart(16, '0')}-${flag}`,
})

test('M1: of each asset the last eight, and whoever was heard longest ago goes first', () => {
  const traces = assetTraces(2)
  for (let i = 1; i <= 10; i += 1) traces.note('a', scan(i))
  traces.note('b', scan(11))
  traces.note('a', scan(12))
  traces.note('c', scan(13))
  expect(traces.take('b')).toEqual([])
  expect(traces.take('a')).toEqual([4, 5, 6, 7, 8, 9, 10, 12].map((number) => scan(number)))
  expect(traces.take('c')).toEqual([scan(13)])
})

test('M2: taken is forgotten; what is not recorded is not kept', () => {
  const traces = assetTraces()
  traces.note('a', scan(1))
  traces.note('a', scan(2, '00'))
  traces.note('a', {})
  expect(traces.take('a')).toEqual([scan(1)])
  expect(traces.take('a')).toEqual([])
})
