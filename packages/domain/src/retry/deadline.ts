/** Until when a delivery may be held: its deadline stands while nothing is attempted. */
import type { Delivery } from '../delivery.ts'
import type { RetryPolicy } from '../profile.ts'
import { deadlineAfterMs } from './schedule.ts'
import { scaledMs } from './tiers.ts'

/** The longest a table's retry may wait beyond its step: what `decideNext` honours of a Retry-After. */
const longestWaitMs = 24 * 60 * 60 * 1_000

/** Epoch ms; counts from the first attempt, or from the delivery's creation when there was none. */
export function deadlineOf(delivery: Delivery, policy: RetryPolicy, scale: number): number | null {
  const fromMs = delivery.firstAttemptAtMs ?? delivery.createdAtMs
  const afterMs =
    deadlineAfterMs(policy) ??
    (policy.kind === 'table' ? policy.delaysMs.reduce((sum, each) => sum + each, longestWaitMs) : null)
  return afterMs === null ? null : fromMs + scaledMs(afterMs, scale)
}
