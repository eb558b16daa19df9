import { expect, test } from 'vitest'
import { isOverdue, judgeDelivery } from './judge-delivery.ts'

const context = { nowMs: 1_000, overdueMs: 100 }

test.each(['wanted', 'unsure', 'unwanted'] as const)('J1: what has ended has ended: %s', (expectation) => {
  for (const state of ['delivered', 'dead'] as const)
    expect(judgeDelivery(expectation, { state, nextAttemptAtMs: null }, context)).toBe(state)
})

test('J2: only what was certainly wanted is missing', () => {
  expect(judgeDelivery('wanted', null, context)).toBe('missing')
  expect(judgeDelivery('unsure', null, context)).toBe('unsure')
  expect(judgeDelivery('unwanted', null, context)).toBe('unwanted')
})

test('J3: overdue is later than planned by more than the grace', () => {
  const at = (nextAttemptAtMs: number | null) =>
    judgeDelivery('wanted', { state: 'pending', nextAttemptAtMs }, context)
  expect(at(2_000)).toBe('waiting')
  expect(at(900)).toBe('waiting')
  expect(at(899)).toBe('overdue')
  expect(at(null)).toBe('overdue')
  expect(isOverdue({ state: 'dead', nextAttemptAtMs: 1 }, context)).toBe(false)
})
