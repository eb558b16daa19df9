/** What one answer says about the endpoint as a whole. Pure; the retry of the delivery itself is `retry/decide-next`. */
import type { AttemptOutcome } from '../attempt.ts'
import type { EndpointSignal } from './concurrency-limit.ts'

const halving: ReadonlySet<number> = new Set([429, 502, 503, 504])
/** A receiver that asks for more is given a breaker's longest pause; its deliveries keep their own Retry-After. */
const pauseMaxMs = 15 * 60_000

export function endpointSignal(outcome: AttemptOutcome): EndpointSignal | null {
  if (outcome.kind === 'failed') {
    if (outcome.errorClass === 'internal' || outcome.errorClass === 'blocked_address') return null
    return outcome.errorClass === 'timeout' ? 'halve' : 'shrink'
  }
  if (halving.has(outcome.status)) return 'halve'
  if (outcome.status >= 500) return 'shrink'
  return outcome.status <= 299 ? 'grow' : 'steady'
}

/** How long nothing at all should be sent to the endpoint: its Retry-After on 429 and 503. */
export function pauseMs(outcome: AttemptOutcome): number {
  if (outcome.kind !== 'responded' || (outcome.status !== 429 && outcome.status !== 503)) return 0
  return Math.min(outcome.retryAfterMs ?? 0, pauseMaxMs)
}
