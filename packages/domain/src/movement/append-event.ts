/**
 * Adds an event to an asset's chain: the next sequence, the link to the event before, the id that follows from them.
 *
 * Invariant
 *   M3. Sequences are gapless over all events of an asset, and each event names its predecessor.
 */
import type { LocationRef } from '../asset.ts'
import type { AssetEventType, DomainEvent } from '../event.ts'
import type { Derived, Deriving } from './derived.ts'
import type { ChainLink } from './render-data.ts'

export interface EventFact {
  readonly type: AssetEventType
  /** The location that it is about first, then its ancestors; empty for none. */
  readonly path: readonly LocationRef[]
  /** Of a move: the path of where it came from. */
  readonly fromPath?: readonly LocationRef[]
  readonly occurredAtMs: number
  readonly transitionId: string | null
  readonly renderData: (link: ChainLink) => string
}

export function appendEvent({ state, events }: Derived, fact: EventFact, deriving: Deriving): Derived {
  const sequence = state.sequence + 1
  const previousEventId = state.previousEventId
  const { identify, clockMs } = deriving
  const locationId = fact.path[0]?.id ?? null
  const eventId = identify.assetEventId(state.orgId, state.asset.id, fact.type, locationId, sequence)
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
    locationPaths: { at: keysOf(fact.path), from: keysOf(fact.fromPath ?? []) },
    dataJson: fact.renderData({ sequence, previousEventId, derivedAtMs: clockMs }),
  }
  return { state: { ...state, sequence, previousEventId: eventId }, events: [...events, event] }
}

function keysOf(path: readonly LocationRef[]): readonly string[] {
  return path.map(({ externalKey }) => externalKey)
}
