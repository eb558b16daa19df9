import { expect, test } from 'vitest'
import { describeBreaker, sayWaiting } from './describe-breaker.ts'

test('a breaker is a word', () => {
  expect(describeBreaker({ breaker: 'open', concurrency_limit: 4 })).toEqual({
    tone: 'bad',
    word: 'Breaker open',
  })
  expect(describeBreaker({ breaker: 'half_open', concurrency_limit: 4 }).word).toBe('Being probed')
  expect(describeBreaker({ breaker: 'closed', concurrency_limit: 1 }).word).toBe('One at a time')
  expect(describeBreaker({ breaker: 'closed', concurrency_limit: 3 }).word).toBe('3 at a time')
})

test('where counting stops, that is said', () => {
  expect([sayWaiting(9_999), sayWaiting(10_000)]).toEqual(['9,999', '10,000 +'])
})
