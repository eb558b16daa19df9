/** Row 15: an asset or its location was deleted, or the tag by which it was known is on something else now. */
import type { AssetState } from '../asset-state.ts'
import type { Withdrawal } from '../scan.ts'
import type { Derived, Deriving } from './derived.ts'
import { leave } from './transition.ts'

/** A withdrawal may come twice and late: it counts only for what is still as it was then. */
export function withdraw(derived: Derived, withdrawal: Withdrawal, deriving: Deriving): Derived {
  const { state } = derived
  if (!concerns(state, withdrawal)) return derived
  const change = { occurredAtMs: withdrawal.atMs, reason: 'reassigned' as const, facts: state.lastScan }
  const left = state.isPresent ? leave(derived, change, deriving) : derived
  return { ...left, state: forgotten(left.state, withdrawal) }
}

function concerns(state: AssetState, { withdrawn, atMs }: Withdrawal): boolean {
  switch (withdrawn.kind) {
    case 'asset':
      return withdrawn.assetId === state.asset.id && isAnythingLeft(state)
    case 'tag':
      return (
        withdrawn.assetId === state.asset.id &&
        withdrawn.value === state.lastScan.tag.value &&
        state.lastSeenMs <= atMs &&
        isAnythingLeft(state)
      )
    case 'location':
      return (
        state.path.some((location) => location.id === withdrawn.locationId) ||
        state.candidate?.facts.place.path.some((location) => location.id === withdrawn.locationId) === true
      )
  }
}

function isAnythingLeft(state: AssetState): boolean {
  return state.isPresent || state.candidate !== null
}

/** What was heard before says nothing about what comes. A deleted location is nobody's last known one. */
function forgotten(state: AssetState, { withdrawn }: Withdrawal): AssetState {
  const reset = { ...state, candidate: null, slots: [], sightings: [] }
  return withdrawn.kind === 'location' ? { ...reset, path: [], here: null } : reset
}
