/**
 * Derives what follows when an asset's location changes: exits from the leaf upward, entries downward, and one move
 * with both leaves. Levels that old and new place share are neither left nor entered.
 *
 * Invariants
 *   M4. Exits come before entries, entries before the move.
 *   M5. After it the asset is in one location, with one visit per level of its path; a shared level keeps its visit.
 */
import type { LocationRef } from '../asset.ts'
import type { AssetState, Visit } from '../asset-state.ts'
import { appendEvent, type Derived, type EventFact } from './append-event.ts'
import type { Identify } from './identify.ts'
import {
  type ChainLink,
  type Reason,
  renderExitData,
  renderLocationData,
  renderMoveData,
} from './render-data.ts'
import type { MovementSettings } from './settings.ts'

export interface Arrival {
  /** Leaf first; never empty. */
  readonly path: readonly LocationRef[]
  readonly occurredAtMs: number
  readonly receivedAtMs: number
  readonly reason: Reason
  readonly scanJson: string
}

/** Brings the asset to `arrival.path`; it is not there yet. The candidate, if any, is settled by it. */
export function arrive(
  derived: Derived,
  arrival: Arrival,
  rules: { readonly settings: MovementSettings; readonly identify: Identify },
): Derived {
  const { state } = derived
  const plan = planOf(state, arrival, rules)
  const arrived: AssetState = {
    ...state,
    path: arrival.path,
    visits: arrival.path.map((location) => plan.visitOf(location)),
    isPresent: true,
    lastTransitionMs: arrival.occurredAtMs,
    candidate: null,
    lastScanJson: arrival.scanJson,
  }
  return plan.facts.reduce<Derived>((chain, fact) => appendEvent(chain, fact, rules.identify), {
    ...derived,
    state: arrived,
  })
}

interface TransitionPlan {
  readonly facts: readonly EventFact[]
  readonly visitOf: (location: LocationRef) => Visit
}

function planOf(
  state: AssetState,
  arrival: Arrival,
  rules: { readonly settings: MovementSettings; readonly identify: Identify },
): TransitionPlan {
  const { orgId, asset } = state
  const first = state.sequence + 1
  const left = state.isPresent ? state.path : []
  const runningVisit = (location: LocationRef): Visit | undefined =>
    state.visits[left.findIndex((old) => old.id === location.id)]
  const visitOf = (location: LocationRef): Visit =>
    runningVisit(location) ?? {
      visitId: rules.identify.visitId(orgId, asset.id, location.id, first),
      sinceMs: arrival.occurredAtMs,
    }
  const writer = factWriter(state, arrival, rules.identify.transitionId(orgId, asset.id, first), visitOf)
  const exits = missingFrom(left, arrival.path)
  const entries = missingFrom(arrival.path, left).toReversed()
  const isLeafOnly = rules.settings.hierarchyEvents === 'leaf'
  return {
    visitOf,
    facts: [
      ...(isLeafOnly ? exits.slice(0, 1) : exits).map(writer.exited),
      ...(isLeafOnly ? entries.slice(-1) : entries).map(writer.entered),
      ...writer.moved(),
    ],
  }
}

function missingFrom(path: readonly LocationRef[], other: readonly LocationRef[]): readonly LocationRef[] {
  return path.filter((location) => !other.some((found) => found.id === location.id))
}

interface FactWriter {
  readonly exited: (location: LocationRef) => EventFact
  readonly entered: (location: LocationRef) => EventFact
  /** None when the asset comes back to where it was last: it did not move. */
  readonly moved: () => readonly EventFact[]
}

function factWriter(
  state: AssetState,
  arrival: Arrival,
  transitionId: string,
  visitOf: (location: LocationRef) => Visit,
): FactWriter {
  const { occurredAtMs, receivedAtMs, reason, scanJson } = arrival
  const when = { occurredAtMs, receivedAtMs, transitionId }
  const common = { asset: state.asset, transitionId, reason, scanJson }
  return {
    exited(location) {
      const visit = visitOf(location)
      const dwellSeconds = Math.max(0, Math.floor((occurredAtMs - visit.sinceMs) / 1000))
      const data = { ...common, location, visitId: visit.visitId, dwellSeconds }
      const renderData = (link: ChainLink): string => renderExitData(data, link)
      return { ...when, type: 'location.exited', locationId: location.id, renderData }
    },
    entered(location) {
      const data = { ...common, location, visitId: visitOf(location).visitId }
      const renderData = (link: ChainLink): string => renderLocationData(data, link)
      return { ...when, type: 'location.entered', locationId: location.id, renderData }
    },
    moved() {
      const from = state.path[0] ?? null
      const to = arrival.path[0]
      if (to === undefined || to.id === from?.id) return []
      const data = { ...common, from, to, visitId: visitOf(to).visitId }
      const renderData = (link: ChainLink): string => renderMoveData(data, link)
      return [{ ...when, type: 'asset.moved', locationId: to.id, renderData }]
    },
  }
}
