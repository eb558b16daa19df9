import { expect, test } from 'vitest'
import { attemptOf, deliveriesOf, placeOf } from './log-fill.ts'

test('ten attempts are nine deliveries, and the last of them has two', () => {
  expect(deliveriesOf(0)).toBe(0)
  expect(deliveriesOf(9)).toBe(9)
  expect(deliveriesOf(10)).toBe(9)
  expect(deliveriesOf(11)).toBe(10)
  expect(placeOf(8)).toEqual({ delivery: 8, attemptNumber: 1 })
  expect(placeOf(9)).toEqual({ delivery: 8, attemptNumber: 2 })
  expect(placeOf(10)).toEqual({ delivery: 9, attemptNumber: 1 })
})

test('what failed is tried again and delivered, by the same delivery', () => {
  const failed = attemptOf(8, 1_000)
  const again = attemptOf(9, 1_000)
  expect(failed.disposition.kind).toBe('retry')
  expect(again.disposition.kind).toBe('delivered')
  expect(again.deliveryId).toBe(failed.deliveryId)
  expect(again.startedAtMs).toBe(failed.startedAtMs + 5_000)
})
