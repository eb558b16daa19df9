/**
 * What an outcome says about whether an endpoint can be reached and is willing, which is all that a breaker asks. Whether
 * the delivery succeeded is decided elsewhere (`retry/decide-next`).
 *
 * Invariants
 *   BV1. An answer is a success, whatever it says of the delivery, unless it says "not now": 408, 425, 429 or 5xx. A
 *       receiver that refuses one event with 404 must not hold up those it would take.
 *   BV2. What we did not ask the endpoint says nothing: a forbidden address and our own failures.
 *   BV3. Every other failure is one of the endpoint's.
 */
import type { AttemptOutcome } from '../attempt.ts'

export type BreakerVerdict = 'success' | 'failure' | 'none'

/** RFC 9110 §15.5.9 (408), RFC 8470 §5.2 (425), RFC 6585 §4 (429): come again later. */
const notNow: readonly number[] = [408, 425, 429]

export function breakerVerdict(outcome: AttemptOutcome): BreakerVerdict {
  if (outcome.kind === 'responded') {
    return outcome.status >= 500 || notNow.includes(outcome.status) ? 'failure' : 'success'
  }
  switch (outcome.errorClass) {
    case 'blocked_address':
    case 'internal':
      return 'none'
    case 'dns':
    case 'connect':
    case 'tls':
    case 'timeout':
    case 'reset':
    case 'protocol':
      return 'failure'
  }
}
