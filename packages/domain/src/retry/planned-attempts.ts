/**
 * What a pending delivery's policy plans from here, as a person sees it: every attempt that may still begin, if all of
 * them fail. Pure; decides nothing. `decideNext` plans the real ones, one at a time.
 *
 * Invariants
 *   N1. An attempt that `decideNext` plans without a Retry-After lies in the window of its number, and has one.
 *   N2. No window reaches beyond the deadline, and none is listed that would begin after it.
 *   N3. Numbers follow each other; `earliestAtMs` ≤ `dueAtMs` ≤ `latestAtMs`.
 *
 * A Retry-After, and holding (paused, breaker open, queue full), may move an attempt past its window; the list is then
 * made anew from the new due instant.
 */
import type { RetryPolicy } from '../profile.ts'
import { deadlineOf } from './deadline.ts'
import { scheduledDelayMs, withJitter } from './schedule.ts'
import { scaledMs } from './tiers.ts'

export interface PlannedFrom {
  readonly policy: RetryPolicy
  /** Attempts that have ended; 0 before the first. */
  readonly attemptsMade: number
  /** Start of the first attempt; null while there has been none. */
  readonly firstAttemptAtMs: number | null
  readonly createdAtMs: number
  /** When the next attempt is due, jitter included: it has been planned. */
  readonly nextDueAtMs: number
  /** The longest that one attempt takes, in real time: a wait begins at the end of an attempt. */
  readonly attemptMaxMs: number
  /** Divides the policy's durations (`tiers.ts`). */
  readonly scale: number
}

export interface PlannedAttempt {
  readonly attemptNumber: number
  /** Without jitter, and with answers that take no time. */
  readonly dueAtMs: number
  readonly earliestAtMs: number
  readonly latestAtMs: number
}

export interface AttemptPlan {
  readonly attempts: readonly PlannedAttempt[]
  /** No attempt begins after this instant: `deadlineOf`, the next attempt counted as the first when there was none. */
  readonly givesUpAtMs: number
}

/** Ends: a table by its length, an exponential policy by its deadline. */
export function plannedAttempts(from: PlannedFrom): AttemptPlan {
  const { policy, scale, nextDueAtMs, attemptMaxMs } = from
  const standingMs = deadlineOf(from, policy, scale)
  if (nextDueAtMs > standingMs) return { attempts: [], givesUpAtMs: standingMs }
  // Counted from the first attempt (L1): while there was none, from when that one is due.
  const firstAttemptAtMs = from.firstAttemptAtMs ?? nextDueAtMs
  const givesUpAtMs = deadlineOf({ ...from, firstAttemptAtMs }, policy, scale)
  const attempts: PlannedAttempt[] = []

  let attemptNumber = from.attemptsMade + 1
  let window = { dueAtMs: nextDueAtMs, earliestAtMs: nextDueAtMs, latestAtMs: nextDueAtMs }
  while (window.earliestAtMs <= givesUpAtMs) {
    attempts.push({
      attemptNumber,
      dueAtMs: Math.min(window.dueAtMs, givesUpAtMs),
      earliestAtMs: window.earliestAtMs,
      latestAtMs: Math.min(window.latestAtMs, givesUpAtMs),
    })
    const delayMs = scheduledDelayMs(policy, attemptNumber)
    if (delayMs === null) break
    window = {
      dueAtMs: window.dueAtMs + scaledMs(delayMs, scale),
      earliestAtMs: window.earliestAtMs + scaledMs(withJitter(policy, delayMs, 0), scale),
      latestAtMs: window.latestAtMs + attemptMaxMs + scaledMs(withJitter(policy, delayMs, 1), scale),
    }
    attemptNumber += 1
  }
  return { attempts, givesUpAtMs }
}
