/**
 * What a retry policy says about the wait after the n-th failed attempt. Knows no clock and no outcome.
 *
 * Durations here are unscaled; `decideNext` scales them.
 */
import type { RetryPolicy } from '../profile.ts'

/**
 * The wait after attempt `attemptNumber` (≥ 1) failed, before jitter; null when the policy plans no further attempt.
 * An exponential policy has no count of its own: its deadline ends it (`deadlineAfterMs`).
 */
export function scheduledDelayMs(policy: RetryPolicy, attemptNumber: number): number | null {
  switch (policy.kind) {
    case 'exponential':
      return Math.min(policy.capMs, policy.baseMs * policy.factor ** (attemptNumber - 1))
    case 'table':
      return policy.delaysMs[attemptNumber - 1] ?? null
  }
}

/** Spreads a wait by the policy's ratio: `random` in [0, 1) moves it from −ratio to +ratio. Tables are exact. */
export function withJitter(policy: RetryPolicy, delayMs: number, random: number): number {
  if (policy.kind === 'table') return delayMs
  return delayMs * (1 + policy.jitterRatio * (2 * random - 1))
}

/** How long after its first attempt a delivery may still begin one; null when only the table's end bounds it. */
export function deadlineAfterMs(policy: RetryPolicy): number | null {
  return policy.kind === 'exponential' ? policy.deadlineMs : null
}
