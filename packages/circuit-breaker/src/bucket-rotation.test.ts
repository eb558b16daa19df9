import { expect, test } from 'vitest'
import { BucketRotation } from './bucket-rotation.ts'
import { countOutcome, opossumBreaker, windowBuckets } from './opossum-breaker.ts'

test('trap 1, trap 9: all windows turn with one rotation, until they are shut down', () => {
  const rotation = new BucketRotation()
  const breakers = Array.from({ length: 100 }, () => opossumBreaker(rotation, 'closed'))
  expect(rotation.listenerCount()).toBe(100)
  for (const breaker of breakers) for (let count = 0; count < 9; count += 1) countOutcome(breaker, false)
  for (let count = 0; count < windowBuckets; count += 1) rotation.rotate()
  // Had the windows not turned, the tenth failure would open them.
  expect(breakers.filter((breaker) => countOutcome(breaker, false))).toEqual([])
  for (const breaker of breakers) breaker.shutdown()
  expect(rotation.listenerCount()).toBe(0)
})
