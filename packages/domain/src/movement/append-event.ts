/**
 * Adds an event to an asset's chain: the next sequence, the link to the event before, the id that follows from them.
 *
 * Invariant
 *   M3. Sequences are gapless over all events of an asset, and each event names its predecessor.
 */
import type { AssetEventType, DomainEvent } from '../event.ts'
import type { LocationId } from '../ids.ts'
import type { Derived, Deriving } from './derived.ts'
import type { ChainLink } from './render-data.ts'

export interface EventFact {
  readonly type: AssetEventType
  readonly locationId: LocationId | null
  readonly occurredAtMs: number
  readonly transitionId: string | null
  readonly renderData: (link: ChainLink) => string
}

export function appendEvent({ state, events }: Derived, fact: EventFact, deriving: Deriving): Derived {
  const sequence = state.sequence + 1
  const previousEventId = state.previousEventId
  const { identify, clockMs } = deriving
  const eventId = identify.assetEventId(state.orgId, state.asset.id, fact.type, fact.locationId, sequence)
  const event: DomainEvent = {
    eventId,
    orgId: state.orgId,
    type: fact.type,
    occurredAtMs: fact.occurredAtMs,
    receivedAtMs: clockMs,
    subject: `asset:${state.asset.id}`,
    assetId: state.asset.id,
    sequence,
    previousEventId,
    transitionId: fact.transitionId,
    dataJson: fact.renderData({ sequence, previousEventId, derivedAtMs: clockMs }),
  }
  return { state: { ...state, sequence, previousEventId: eventId }, events: [...events, event] }
}
