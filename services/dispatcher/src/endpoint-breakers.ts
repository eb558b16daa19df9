/**
 * Endpoints' breakers as the dispatcher uses them: what a change of state leads to, and when a breaker is out of date.
 * Owns neither the breakers (packages/circuit-breaker) nor what they hold back (dispatch).
 *
 * Invariants
 *   K1. An opening is told once, not again with each probe that fails; its end is told once.
 *   K2. A breaker opened for a URL; when the customer gives another one it begins closed.
 */
import type { BreakerTransition, CircuitBreakers } from '@scanhook/circuit-breaker/circuit-breakers'
import type { AttemptOutcome } from '@scanhook/domain/attempt'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { BreakerSnapshot } from '@scanhook/domain/endpoint-shared'
import type { EndpointId } from '@scanhook/domain/ids'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'
import type { BreakerPort } from './dispatch.ts'

export interface BreakerPorts {
  readonly findEndpoint: (id: EndpointId) => KnownEndpoint
  /** For whoever owns the endpoint next; null: closed. */
  readonly share: (id: EndpointId, snapshot: BreakerSnapshot | null) => void
  /** A request to it begins. */
  readonly touch: (id: EndpointId) => void
  readonly tell: (event: EndpointEvent) => void
  /** What waits for it is put aside, once the call is over in which this happened. */
  readonly opened: (id: EndpointId) => void
  readonly closed: (id: EndpointId) => void
  readonly nowMs: () => number
}

export interface EndpointBreakers {
  readonly changed: (id: EndpointId, snapshot: BreakerSnapshot | null, transition: BreakerTransition) => void
  readonly portOf: (
    breakers: CircuitBreakers,
    verdictOf: (outcome: AttemptOutcome) => 'success' | 'failure' | 'none',
  ) => BreakerPort
}

export function endpointBreakers(ports: BreakerPorts): EndpointBreakers {
  /** Of those that are not closed: what they opened for. */
  const urls = new Map<EndpointId, string>()

  function tell(id: EndpointId, kind: EndpointEvent['kind'], reason: string): void {
    const known = ports.findEndpoint(id)
    if (known.kind !== 'known') return
    const { orgId } = known.endpoint
    ports.tell({
      orgId,
      endpointId: id,
      kind,
      reason,
      atMs: ports.nowMs(),
      deliveryId: null,
      sinceMs: null,
      event: null,
      deadReason: null,
    })
  }

  function opened(id: EndpointId, { openings, untilMs }: BreakerSnapshot): void {
    const known = ports.findEndpoint(id)
    if (known.kind === 'known') urls.set(id, known.endpoint.url)
    if (openings === 1) {
      const at = new Date(untilMs).toISOString()
      tell(id, 'breaker_opened', `most of its recent attempts failed; a probe goes at ${at}`)
    }
    queueMicrotask(() => ports.opened(id))
  }

  function closed(id: EndpointId): void {
    urls.delete(id)
    tell(id, 'breaker_closed', 'a probe was delivered')
    queueMicrotask(() => ports.closed(id))
  }

  /** K2. */
  function isOutdated(id: EndpointId): boolean {
    const url = urls.get(id)
    if (url === undefined) return false
    const known = ports.findEndpoint(id)
    return known.kind === 'known' && known.endpoint.url !== url
  }

  return {
    changed: (id, snapshot, transition) => {
      ports.share(id, snapshot)
      if (transition === 'opened' && snapshot !== null) opened(id, snapshot)
      else if (transition === 'closed') closed(id)
      else if (transition === 'forgotten') urls.delete(id)
    },
    portOf: (breakers, verdictOf) => ({
      gate: (id) => breakers.judge(id).kind,
      openUntilMs: (id) => {
        const judgement = breakers.judge(id)
        if (judgement.kind !== 'open') return null
        if (!isOutdated(id)) return judgement.untilMs
        breakers.forget(id)
        urls.delete(id)
        ports.share(id, null)
        return null
      },
      begin: (id) => {
        ports.touch(id)
        const call = breakers.begin(id)
        return (outcome) => breakers.end(call, verdictOf(outcome))
      },
    }),
  }
}
