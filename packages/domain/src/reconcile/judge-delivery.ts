/**
 * What the log says of one delivery that there should be. Knows no database, no topic and no clock.
 *
 * Invariants
 *   J1. A delivery that has ended, delivered or dead, is never found fault with.
 *   J2. What has no row is missing only where it was certainly wanted.
 *   J3. A chain of attempts that waits is overdue only `overdueMs` after the instant for which its last record planned the
 *       next attempt: whoever holds it writes a new record, with a new instant, well before.
 */
import { isPastDue } from '../log-horizon.ts'
import type { Expectation } from './expect-delivery.ts'

export const judgements = [
  'delivered',
  'dead',
  'waiting',
  'overdue',
  'missing',
  'unsure',
  'unwanted',
] as const
export type Judgement = (typeof judgements)[number]

/** A chain of attempts as the log has it: the automatic one, or one that a person asked for. */
export interface LoggedChain {
  readonly state: 'pending' | 'delivered' | 'dead'
  /** Epoch ms; null when it has ended. */
  readonly nextAttemptAtMs: number | null
}

export interface JudgeContext {
  readonly nowMs: number
  readonly overdueMs: number
}

/** `shown`: what all its chains together are (manual-chains.ts); null when there is no row. */
export function judgeDelivery(
  expectation: Expectation,
  shown: LoggedChain | null,
  context: JudgeContext,
): Judgement {
  if (shown === null) return expectation === 'wanted' ? 'missing' : expectation
  if (shown.state !== 'pending') return shown.state
  return isOverdue(shown, context) ? 'overdue' : 'waiting'
}

/** J3 */
export function isOverdue({ state, nextAttemptAtMs }: LoggedChain, context: JudgeContext): boolean {
  return state === 'pending' && isPastDue(nextAttemptAtMs, context)
}
