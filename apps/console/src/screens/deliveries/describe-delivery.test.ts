import { expect, test } from 'vitest'
import { describeDelivery } from './describe-delivery.ts'

test.each([
  ['delivered', null, 1, 'Delivered'],
  ['dead', null, 8, 'Dead'],
  ['dead', 'order', 8, 'Dead'],
  ['pending', 'breaker_open', 2, 'Held'],
  ['pending', null, 0, 'Waiting'],
  ['pending', null, 3, 'Retrying'],
] as const)('%s, held by %s, after %i requests is "%s"', (state, held, attempts, word) => {
  expect(describeDelivery({ state, held_reason: held, attempt_count: attempts }).word).toBe(word)
})
