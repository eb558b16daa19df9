/**
 * Derives what follows when an asset's location changes: exits from the leaf upward, entries downward, and one move
 * with both leaves. Levels that old and new place share are neither left nor entered. Also the exit without an entry:
 * by silence, by a fix outside all fences, by a withdrawal.
 *
 * Invariants
 *   M4. Exits come before entries, entries before the move.
 *   M5. After it the asset is in one location, with one visit per level of its path (a shared level keeps its visit),
 *       or in none, with no visit.
 */
import type { LocationRef } from '../asset.ts'
import type { AssetState, ScanFacts, Visit } from '../asset-state.ts'
import { appendEvent, type EventFact } from './append-event.ts'
import type { Derived, Deriving } from './derived.ts'
import {
  type ChainLink,
  type Reason,
  renderEnteredData,
  renderExitData,
  renderMoveData,
} from './render-data.ts'

export interface Change {
  readonly occurredAtMs: number
  readonly reason: Reason
  readonly facts: ScanFacts
}

/** Brings the asset to `change.facts.place`, whose path is not empty; it is not there yet. Settles the candidate. */
export function arrive(derived: Derived, change: Change, deriving: Deriving): Derived {
  const { state } = derived
  const { place } = change.facts
  const occurredAtMs = notBefore(state, change.occurredAtMs)
  const left = state.isPresent ? state.path : []
  const first = state.sequence + 1
  const visits = place.path.map((location): Visit => {
    const running = state.visits[left.findIndex((old) => old.id === location.id)]
    return running ?? { firstSequence: first, sinceMs: occurredAtMs }
  })
  const arrived: AssetState = {
    ...state,
    path: place.path,
    here: place,
    visits,
    isPresent: true,
    lastTransitionMs: occurredAtMs,
    candidate: null,
  }
  const writer = factWriter(state, { ...change, occurredAtMs }, deriving)
  const isLeafOnly = place.settings.hierarchyEvents === 'leaf'
  const entries = missingFrom(place.path, left).toReversed()
  const facts = [
    ...exitsOf(missingFrom(left, place.path), isLeafOnly).map(writer.exited),
    ...(isLeafOnly ? entries.slice(-1) : entries).map((location) =>
      writer.entered(location, visits[place.path.indexOf(location)]),
    ),
    ...writer.moved(place.path, visits[0]),
  ]
  return append({ ...derived, state: arrived }, facts, deriving)
}

/** Takes a present asset out of its location; the path stays as the last known one. */
export function leave(derived: Derived, change: Change, deriving: Deriving): Derived {
  const { state } = derived
  const occurredAtMs = notBefore(state, change.occurredAtMs)
  const isLeafOnly = state.here?.settings.hierarchyEvents === 'leaf'
  const writer = factWriter(state, { ...change, occurredAtMs }, deriving)
  const gone: AssetState = {
    ...state,
    visits: [],
    isPresent: false,
    lastTransitionMs: occurredAtMs,
    heldUntilMs: null,
    candidate: null,
  }
  return append({ ...derived, state: gone }, exitsOf(state.path, isLeafOnly).map(writer.exited), deriving)
}

/** No transition happens before the one that it follows, whatever the clocks of two readers say. */
function notBefore({ lastTransitionMs }: AssetState, occurredAtMs: number): number {
  return Math.max(occurredAtMs, lastTransitionMs ?? occurredAtMs)
}

function append(derived: Derived, facts: readonly EventFact[], deriving: Deriving): Derived {
  return facts.reduce<Derived>((chain, fact) => appendEvent(chain, fact, deriving), derived)
}

function exitsOf(path: readonly LocationRef[], isLeafOnly: boolean): readonly LocationRef[] {
  return isLeafOnly ? path.slice(0, 1) : path
}

/** Of a level of `path`, the path that ends there. */
function pathFrom(path: readonly LocationRef[], location: LocationRef): readonly LocationRef[] {
  return path.slice(path.indexOf(location))
}

function missingFrom(path: readonly LocationRef[], other: readonly LocationRef[]): readonly LocationRef[] {
  return path.filter((location) => !other.some((found) => found.id === location.id))
}

interface FactWriter {
  readonly exited: (location: LocationRef) => EventFact
  readonly entered: (location: LocationRef, visit: Visit | undefined) => EventFact
  /** None when the asset comes back to where it was last: it did not move. */
  readonly moved: (path: readonly LocationRef[], visit: Visit | undefined) => readonly EventFact[]
}

function factWriter(state: AssetState, change: Change, { identify }: Deriving): FactWriter {
  const { occurredAtMs, reason, facts } = change
  const { orgId, asset } = state
  const transitionId = identify.transitionId(orgId, asset.id, state.sequence + 1)
  const when = { occurredAtMs, transitionId }
  const common = { asset, transitionId, reason, facts }
  const visitId = (location: LocationRef, visit: Visit | undefined): string | null =>
    visit === undefined ? null : identify.visitId(orgId, asset.id, location.id, visit.firstSequence)
  return {
    exited(location) {
      const visit = state.visits[state.path.indexOf(location)]
      const dwellMs = occurredAtMs - (visit?.sinceMs ?? occurredAtMs)
      const dwellSeconds = Math.max(0, Math.floor(dwellMs / 1000))
      const data = { ...common, location, visitId: visitId(location, visit), dwellSeconds }
      const renderData = (link: ChainLink): string => renderExitData(data, link)
      return { ...when, type: 'location.exited', path: pathFrom(state.path, location), renderData }
    },
    entered(location, visit) {
      const data = { ...common, location, visitId: visitId(location, visit) }
      const renderData = (link: ChainLink): string => renderEnteredData(data, link)
      return { ...when, type: 'location.entered', path: pathFrom(facts.place.path, location), renderData }
    },
    moved(path, visit) {
      const from = state.path[0] ?? null
      const to = path[0]
      if (to === undefined || to.id === from?.id) return []
      const data = { ...common, from, to, visitId: visitId(to, visit) }
      const renderData = (link: ChainLink): string => renderMoveData(data, link)
      return [{ ...when, type: 'asset.moved', path, fromPath: state.path, renderData }]
    },
  }
}
