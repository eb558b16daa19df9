/**
 * What a retry policy says about the wait after the n-th failed attempt. Knows no clock and no outcome.
 *
 * Durations here are unscaled; `decideNext` and `deadlineOf` scale them.
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

/**
 * A policy without a deadline of its own (a table) follows a Retry-After no further than its own longest wait, 24 h; a
 * receiver that asks for more is asking us to give up.
 */
export const retryAfterMaxMs: number = 24 * 60 * 60 * 1_000

/**
 * How long after its first attempt a delivery may still begin one. For a table: all of its waits, and one day more, which is
 * what the longest Retry-After, or holding while the endpoint is paused or its breaker open, may add to them. Without an end
 * a held delivery would go round in the tiers until their retention (14 days) deleted it without a word.
 */
export function deadlineAfterMs(policy: RetryPolicy): number {
  switch (policy.kind) {
    case 'exponential':
      return policy.deadlineMs
    case 'table':
      return policy.delaysMs.reduce((sum, delayMs) => sum + delayMs, 0) + retryAfterMaxMs
  }
}
