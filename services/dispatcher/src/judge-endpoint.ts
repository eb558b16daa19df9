/**
 * What an attempt says about its endpoint: failing, recovered, disabled. Decides which announcement is due; who sends
 * the e-mail and who changes the endpoint's state is somebody else's.
 *
 * Invariants
 *   J1. An endpoint that fails is announced once, not once per delivery, until a success clears it.
 *   J2. 410 asks for the endpoint to be disabled, whatever came before.
 */
import type { Attempt } from '@scanhook/domain/attempt'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { EndpointId } from '@scanhook/domain/ids'
import { LRUCache } from 'lru-cache'

/** Endpoints that fail at the same time; forgetting one costs a second announcement. */
const failingMax = 10_000

/** Null when there is nothing to announce. `failingAfterAttempts` is the profile's. */
export type JudgeEndpoint = (
  attempt: Attempt,
  failingAfterAttempts: number,
  nowMs: number,
) => EndpointEvent | null

function lastWords({ outcome }: Attempt): string {
  if (outcome === null) return 'nothing was sent'
  return outcome.kind === 'responded'
    ? `status ${outcome.status}`
    : `${outcome.errorClass}: ${outcome.message}`
}

export function endpointJudge(): JudgeEndpoint {
  const failing = new LRUCache<EndpointId, true>({ max: failingMax })
  return (attempt, failingAfterAttempts, nowMs) => {
    const event = (kind: EndpointEvent['kind'], reason: string): EndpointEvent => ({
      orgId: attempt.orgId,
      endpointId: attempt.endpointId,
      kind,
      atMs: nowMs,
      deliveryId: attempt.deliveryId,
      reason,
      sinceMs: null,
      event: { id: attempt.eventId, type: attempt.eventType },
      deadReason: null,
    })
    const { disposition, attemptNumber } = attempt
    if (attempt.outcome === null) return null
    if (disposition.kind === 'delivered') {
      // A late success clears it also when another process announced the failure.
      const wasFailing = failing.delete(attempt.endpointId) || attemptNumber > failingAfterAttempts
      return wasFailing ? event('recovered', `delivered on attempt ${attemptNumber}`) : null
    }
    if (disposition.kind === 'dead' && disposition.reason === 'gone') {
      return event('disabled', 'the endpoint answered 410 Gone')
    }
    if (attemptNumber !== failingAfterAttempts || failing.has(attempt.endpointId)) return null
    failing.set(attempt.endpointId, true)
    return event(
      'failing',
      `${attemptNumber} attempts of one delivery failed, the last with ${lastWords(attempt)}`,
    )
  }
}
