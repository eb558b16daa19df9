/**
 * Decides what becomes of a delivery after one attempt.
 *
 * Owns the retry policy and nothing else: it knows no clock, no topic and no database. The caller passes `nowMs` and
 * `random`, so each row of a schedule is one plain assertion in the test beside it.
 *
 * Invariants
 *   R1. Only a 2xx delivers. Only 410, a blocked address, an exhausted table or a passed deadline kills; every other
 *       answer and every other failure retries (both seeds say "non-2xx": redirects and 4xx too).
 *   R2. Retry-After may lengthen a wait; nothing, jitter and time scale included, brings the attempt forward again.
 *   R3. `dueAtMs` is never earlier than `nowMs`.
 *   R4. No attempt is planned after the deadline: what would be due later is dead now. That holds for a Retry-After that
 *       lies behind it too: an earlier attempt than asked for would break R2, so there is none.
 */
import type { AttemptOutcome } from '../attempt.ts'
import type { DeadReason, Disposition } from '../delivery.ts'
import type { RetryPolicy } from '../profile.ts'
import { deadlineOf } from './deadline.ts'
import { retryAfterMaxMs, scheduledDelayMs, withJitter } from './schedule.ts'
import { scaledMs } from './tiers.ts'

export interface AttemptContext {
  readonly policy: RetryPolicy
  /** Number of the attempt that just ended; 1 for the first. */
  readonly attemptNumber: number
  /** Start of the delivery's first attempt; of this one, if it was the first. */
  readonly firstAttemptAtMs: number
  readonly nowMs: number
  /** In [0, 1); spreads the schedule. */
  readonly random: number
  /** Divides the policy's durations (`tiers.ts`). A receiver's Retry-After is real time and is not divided. */
  readonly scale: number
}

/** See the invariants. Never throws; counts a missing or nonsensical Retry-After as none. */
export function decideNext(outcome: AttemptOutcome, context: AttemptContext): Disposition {
  if (outcome.kind === 'responded' && outcome.status >= 200 && outcome.status <= 299)
    return { kind: 'delivered' }
  const refusal = refusalOf(outcome)
  if (refusal !== null) return { kind: 'dead', reason: refusal }
  return planRetry(context, outcome.kind === 'responded' ? (outcome.retryAfterMs ?? 0) : 0)
}

/** The next attempt of a delivery that has not arrived, `askedMs` from now at the earliest; or its end. */
export function planRetry(context: AttemptContext, askedMs: number): Disposition {
  const delayMs = scheduledDelayMs(context.policy, context.attemptNumber)
  if (delayMs === null) return { kind: 'dead', reason: 'exhausted' }

  const jitteredMs = scaledMs(withJitter(context.policy, delayMs, context.random), context.scale)
  const dueAtMs = context.nowMs + Math.max(0, jitteredMs, askedMs) // R2, R3
  const deadlineAtMs = deadlineOf({ ...context, createdAtMs: 0 }, context.policy, context.scale)
  if (askedMs > retryAfterMaxMs || dueAtMs > deadlineAtMs) return { kind: 'dead', reason: 'deadline' }
  return { kind: 'retry', dueAtMs }
}

function refusalOf(outcome: AttemptOutcome): DeadReason | null {
  if (outcome.kind === 'responded') return outcome.status === 410 ? 'gone' : null
  return outcome.errorClass === 'blocked_address' ? 'blocked_address' : null
}
