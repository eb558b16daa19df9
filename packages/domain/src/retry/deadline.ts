/**
 * Until when a delivery may be attempted. It stands while the delivery is held (breaker open, endpoint paused, queue full):
 * holding takes time off the delivery, it does not give it any.
 *
 * Invariant
 *   L1. The deadline of a delivery moves once at most: from its creation to its first attempt, and only forward.
 */
import type { Delivery } from '../delivery.ts'
import type { RetryPolicy } from '../profile.ts'
import { deadlineAfterMs } from './schedule.ts'
import { scaledMs } from './tiers.ts'

/**
 * Epoch ms; an attempt may begin at this instant, not after it. Counted from the first attempt; from the delivery's creation
 * while there has been none.
 */
export function deadlineOf(
  { firstAttemptAtMs, createdAtMs }: Pick<Delivery, 'firstAttemptAtMs' | 'createdAtMs'>,
  policy: RetryPolicy,
  scale: number,
): number {
  return (firstAttemptAtMs ?? createdAtMs) + scaledMs(deadlineAfterMs(policy), scale)
}
