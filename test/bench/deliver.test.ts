import { expect, test } from 'vitest'
import { chooseParts } from './deliver.ts'
import { timed } from './steady-latency.ts'

test('without a choice every part is measured, and one that does not exist is refused', () => {
  expect([...chooseParts(null)].join('')).toBe('abcdefg')
  expect([...chooseParts(['c', 'a'])]).toEqual(['a', 'c'])
  expect(() => chooseParts(['a', 'x'])).toThrow('not x')
})

test('only what was acknowledged has a time, each by its own acknowledgement', () => {
  const arrivals = { ids: ['a', 'b', 'a'], paths: ['/g/1', '/g/1', '/g/2'], atMs: [105, 106, 109] }
  expect(timed(arrivals, new Map([['a', 100]]))).toEqual([
    { path: '/g/1', latencyMs: 5 },
    { path: '/g/2', latencyMs: 9 },
  ])
})
