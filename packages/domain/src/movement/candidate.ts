/**
 * Decides where a passive read lets an asset seem to be: which place is the candidate, since when, and when that is
 * enough. The decision table is in docs/reference/events.md; its rows are named here.
 */
import type { LocationRef } from '../asset.ts'
import type { AssetState, Candidate, Slot } from '../asset-state.ts'
import type { Scan } from '../scan.ts'
import type { Derived, Deriving } from './derived.ts'
import { factsOf, factsOfSlot, withScan } from './facts.ts'
import type { Reason } from './render-data.ts'
import { bestElsewhere, bestOf, leads, ownOf } from './slots.ts'
import { arrive, leave } from './transition.ts'

export function leafId(path: readonly LocationRef[] | undefined): number | null {
  return path?.[0]?.id ?? null
}

export function isAt(state: AssetState, path: readonly LocationRef[]): boolean {
  return state.isPresent && leafId(state.path) === leafId(path)
}

/** The candidate after a passive scan, whose slot is in `state.slots` already; `nowMs` is the asset's clock. */
export function weigh(state: AssetState, scan: Scan, nowMs: number): Candidate | null {
  return state.isPresent ? weighAgainstHere(state, scan, nowMs) : weighFirst(state, scan, nowMs)
}

/**
 * Rows 5, 7, 11: the asset is nowhere. Whoever answers first is often not the nearest, so the best place of the whole
 * wait is the candidate; its time runs from the first read anywhere, or overlapping readers would put it off for ever.
 */
function weighFirst(state: AssetState, scan: Scan, nowMs: number): Candidate | null {
  const best = bestElsewhere(state.slots, null, nowMs)
  if (best === null) return state.candidate
  return lead(state, scan, { best, sinceMs: state.candidate?.sinceMs ?? nowMs })
}

/**
 * Rows 6, 8, 9: it is somewhere. Another place must be louder by the margin than the asset's own, which fades when its
 * readers no longer hear it. Once
 * it is the candidate it stays so while it is louder by half of that: readers answer by turns, so in the middle of a
 * round the older half of the levels would take a lead away that the other half gives back.
 */
function weighAgainstHere(state: AssetState, scan: Scan, nowMs: number): Candidate | null {
  const leaf = state.path[0]?.id ?? null
  const own = leaf === null ? null : ownOf(state.slots, leaf, nowMs)
  const best = bestElsewhere(state.slots, leaf, nowMs)
  if (best !== null && leads(best, own, best.place.settings.switchMarginCdbm)) {
    const isSame = leafId(state.candidate?.facts.place.path) === leafId(best.place.path)
    return lead(state, scan, { best, sinceMs: isSame ? (state.candidate?.sinceMs ?? nowMs) : nowMs })
  }
  const held = heldCandidate(state, own, nowMs)
  return held === null ? null : lead(state, scan, held)
}

function heldCandidate({ candidate, slots }: AssetState, own: Slot | null, nowMs: number): Leader | null {
  const leaf = candidate?.facts.place.path[0]
  if (candidate === null || leaf === undefined) return null
  const best = bestOf(slots, leaf.id, nowMs)
  if (best === null || !leads(best, own, best.place.settings.switchMarginCdbm / 2)) return null
  return { best, sinceMs: candidate.sinceMs }
}

interface Leader {
  readonly best: Slot
  readonly sinceMs: number
}

function lead({ candidate, lastScan }: AssetState, scan: Scan, { best, sinceMs }: Leader): Candidate {
  const bestId = leafId(best.place.path)
  const isScanThere = leafId(scan.place.path) === bestId
  if (candidate === null || leafId(candidate.facts.place.path) !== bestId)
    return { sinceMs, facts: isScanThere ? factsOf(scan) : factsOfSlot(best, lastScan.tag) }
  return isScanThere ? { sinceMs, facts: withScan(candidate.facts, scan) } : candidate
}

/** When the candidate wins though nothing more is heard; null without one. */
export function candidateDueAtMs(state: AssetState): number | null {
  const { candidate } = state
  if (candidate === null) return null
  const { settings } = candidate.facts.place
  if (!state.isPresent)
    return candidate.sinceMs + (state.path.length === 0 ? settings.firstConfirmMs : settings.confirmMs)
  const confirmedAtMs = candidate.sinceMs + settings.confirmMs
  if (candidate.facts.reads >= settings.confirmReads) return confirmedAtMs
  // Row 11b: a tag that speaks twice a minute.
  return Math.max(confirmedAtMs, state.lastSeenMs + settings.quietConfirmMs)
}

/** Rows 5, 7, 10, 11, 11b: lets the candidate win when its time has come by `atMs`. */
export function settle(derived: Derived, atMs: number, deriving: Deriving): Derived {
  const { state } = derived
  const dueAtMs = candidateDueAtMs(state)
  if (state.candidate === null || dueAtMs === null || dueAtMs > atMs) return derived
  const { facts, sinceMs } = state.candidate
  const change = { occurredAtMs: sinceMs, facts, reason: reasonOfArrival(state, facts.place.path) }
  if (facts.place.path.length > 0) return arrive(derived, change, deriving)
  return state.isPresent ? leave(derived, change, deriving) : derived
}

function reasonOfArrival(state: AssetState, path: readonly LocationRef[]): Reason {
  if (state.path.length === 0) return 'first_seen'
  return leafId(state.path) === leafId(path) ? 'returned' : 'seen_elsewhere'
}
