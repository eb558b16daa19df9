/**
 * What one outcome says about the endpoint, beside what it says about the delivery (`decideNext`): whether to send it more
 * or less at a time, and whether to leave it alone for a while (its breaker: `breaking/breaker-verdict`). Pure; who counts and
 * who waits is somebody else's.
 *
 * Sources: limits as in Netflix' concurrency-limits (AIMD), with the numbers of webhooks; what a breaker counts as in
 * opossum's docs: an answer of any kind means that the endpoint is there.
 *
 * Invariants
 *   S1. What the endpoint did not do says nothing about it: a fault of ours and an address that we refuse are `steady`,
 *       and its breaker hears neither success nor failure.
 *   S2. Only a 2xx lets the limit grow, and nothing that grows it counts as a failure.
 *   S3. A pause is never longer than 15 minutes, and only the endpoint's own word makes one.
 */
import type { AttemptOutcome } from '../attempt.ts'
import type { EndpointSignal } from '../endpoint-signal.ts'

/** Too Many Requests, Bad Gateway, Service Unavailable, Gateway Timeout: the endpoint, or what stands before it, can't keep up. */
const overloaded: ReadonlySet<number> = new Set([429, 502, 503, 504])

export function endpointSignal(outcome: AttemptOutcome): EndpointSignal {
  if (outcome.kind === 'failed') {
    if (outcome.errorClass === 'timeout') return 'halve'
    return isOurs(outcome) ? 'steady' : 'shrink' // S1
  }
  const { status } = outcome
  if (status >= 200 && status <= 299) return 'grow'
  if (overloaded.has(status)) return 'halve'
  return status >= 500 ? 'shrink' : 'steady'
}

/** The answers with which an endpoint speaks for all of its deliveries, not for this one. */
const asksForAll: ReadonlySet<number> = new Set([429, 503])

/**
 * So long one answer may silence all deliveries of an endpoint. Its own delivery waits for what was asked in full; the
 * others ask again after a quarter of an hour, because one wrong header must not hold back a day's events unseen.
 */
export const endpointPauseMaxMs: number = 15 * 60 * 1_000

/**
 * For how long from the answer on nothing is sent to the endpoint, in ms; 0 when it did not ask for that. Real time, not
 * divided by the time scale.
 */
export function endpointPauseMs(outcome: AttemptOutcome): number {
  if (outcome.kind === 'failed' || !asksForAll.has(outcome.status)) return 0
  return Math.min(outcome.retryAfterMs ?? 0, endpointPauseMaxMs)
}

function isOurs({ errorClass }: Extract<AttemptOutcome, { kind: 'failed' }>): boolean {
  return errorClass === 'internal' || errorClass === 'blocked_address'
}
