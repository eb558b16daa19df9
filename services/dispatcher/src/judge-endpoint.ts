/**
 * What an attempt says about its endpoint and its delivery: failing, recovered, disabled, dead. Decides which
 * announcement is due; who sends the e-mail and who changes the endpoint's state is somebody else's.
 *
 * Invariants
 *   J1. An endpoint that fails is announced once, not once per delivery, until a success clears it.
 *   J2. 410 asks for the endpoint to be disabled, whatever came before, and counts here at once: until the endpoint is
 *       changed, nothing more is sent to it.
 *   J3. A success of an endpoint that is marked as failing is announced, whoever marked it.
 *   J4. Nothing is announced about tests, nor about the end of deliveries that tell of endpoints: that would go round.
 */
import type { Attempt } from '@scanhook/domain/attempt'
import type { DeadReason, Delivery } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import { isOperational } from '@scanhook/domain/event'
import { profiles } from '@scanhook/domain/profile'
import { LRUCache } from 'lru-cache'
import type { Work } from './work.ts'

/** Endpoints that fail at the same time; forgetting one costs a second announcement. */
const failingMax = 10_000

export interface EndpointJudge {
  readonly judge: (attempt: Attempt, work: Work, nowMs: number) => readonly EndpointEvent[]
  /** It answered 410 and was not changed since (J2). */
  readonly isGone: (endpoint: Endpoint) => boolean
}

/** What the customer wanted, or can't hear any more. */
const silentReasons: ReadonlySet<DeadReason> = new Set(['expired', 'superseded', 'endpoint_deleted'])

function lastWords({ outcome }: Attempt): string {
  if (outcome === null) return 'nothing was sent'
  return outcome.kind === 'responded'
    ? `status ${outcome.status}`
    : `${outcome.errorClass}: ${outcome.message}`
}

export function endpointJudge(): EndpointJudge {
  /** Announced as failing by us; the value is of no interest. */
  const failing = new LRUCache<number, true>({ max: failingMax })
  /** Marks that we have announced the end of. */
  const cleared = new LRUCache<number, number>({ max: failingMax })
  const gone = new LRUCache<number, number>({ max: failingMax })

  /** Marked as failing by somebody, as far as we know still. */
  function isMarked({ id, failingSinceMs }: Endpoint): boolean {
    return failingSinceMs !== null && cleared.get(id) !== failingSinceMs
  }

  function afterSuccess(attempt: Attempt, endpoint: Endpoint, nowMs: number): EndpointEvent | null {
    const { attemptNumber } = attempt
    // A late success clears it also when the mark has not come back to us yet.
    const isLate = attemptNumber > profiles[endpoint.profile].failingAfterAttempts
    const wasFailing = failing.delete(endpoint.id) || isMarked(endpoint) || isLate
    if (endpoint.failingSinceMs !== null) cleared.set(endpoint.id, endpoint.failingSinceMs)
    if (!wasFailing) return null
    return eventOf(attempt, nowMs, { kind: 'recovered', reason: `delivered on attempt ${attemptNumber}` })
  }

  function afterFailure(
    attempt: Attempt,
    { endpoint, delivery }: Judged,
    nowMs: number,
  ): EndpointEvent | null {
    const { disposition, attemptNumber } = attempt
    const sinceMs = endpoint.failingSinceMs ?? delivery.firstAttemptAtMs ?? attempt.startedAtMs
    if (disposition.kind === 'dead' && disposition.reason === 'gone') {
      if (gone.get(endpoint.id) === endpoint.version) return null
      gone.set(endpoint.id, endpoint.version)
      return eventOf(attempt, nowMs, { kind: 'disabled', reason: 'the endpoint answered 410 Gone', sinceMs })
    }
    // From here on the mark itself says that it is told: once that is taken away, by a person, it is told again.
    if (endpoint.failingSinceMs !== null) failing.delete(endpoint.id)
    const isEnough = attemptNumber >= profiles[endpoint.profile].failingAfterAttempts
    if (!isEnough || failing.has(endpoint.id) || isMarked(endpoint)) return null
    failing.set(endpoint.id, true)
    const reason = `${attemptNumber} attempts of one delivery failed, the last with ${lastWords(attempt)}`
    return eventOf(attempt, nowMs, { kind: 'failing', reason, sinceMs })
  }

  function aboutEndpoint(
    attempt: Attempt,
    { delivery, endpoint }: Work,
    nowMs: number,
  ): EndpointEvent | null {
    if (attempt.outcome === null || endpoint === null) return null
    return attempt.disposition.kind === 'delivered'
      ? afterSuccess(attempt, endpoint, nowMs)
      : afterFailure(attempt, { endpoint, delivery }, nowMs)
  }

  return {
    judge: (attempt, work, nowMs) => {
      if (attempt.trigger === 'test') return none
      const about = aboutEndpoint(attempt, work, nowMs)
      const end = aboutDelivery(attempt, nowMs)
      if (about === null && end === null) return none
      return [about, end].filter((event) => event !== null)
    },
    isGone: ({ id, version }) => gone.get(id) === version,
  }
}

interface Judged {
  readonly endpoint: Endpoint
  readonly delivery: Delivery
}

const none: readonly EndpointEvent[] = []

function aboutDelivery(attempt: Attempt, nowMs: number): EndpointEvent | null {
  const { disposition, eventType } = attempt
  if (disposition.kind !== 'dead' || silentReasons.has(disposition.reason) || isOperational(eventType))
    return null
  const last = attempt.outcome === null ? '' : `; the last answer: ${lastWords(attempt)}`
  return eventOf(attempt, nowMs, {
    kind: 'delivery_dead',
    reason: `given up after attempt ${attempt.attemptNumber} (${disposition.reason})${last}`,
    deadReason: disposition.reason,
  })
}

type Saying = Pick<EndpointEvent, 'kind' | 'reason'> & Partial<Pick<EndpointEvent, 'sinceMs' | 'deadReason'>>

function eventOf(
  attempt: Attempt,
  nowMs: number,
  { kind, reason, sinceMs, deadReason }: Saying,
): EndpointEvent {
  return {
    orgId: attempt.orgId,
    endpointId: attempt.endpointId,
    kind,
    atMs: nowMs,
    deliveryId: attempt.deliveryId,
    reason,
    sinceMs: sinceMs ?? null,
    event: { id: attempt.eventId, type: attempt.eventType },
    deadReason: deadReason ?? null,
  }
}
