/**
 * The states of one partition's assets, in memory. A narrow interface, so that a packed form (goal: 200 bytes an
 * asset) can take the Map's place without the tracker noticing. Location paths are interned: a thousand assets in
 * one bay share one path.
 */

import type { LocationRef } from '@scanhook/domain/asset'
import type { AssetState } from '@scanhook/domain/asset-state'

export interface AssetTable {
  size(): number
  get(key: string): AssetState | undefined
  set(key: string, state: AssetState): void
  forEach(visit: (key: string, state: AssetState) => void): void
}

export function assetTable(): AssetTable {
  const states = new Map<string, AssetState>()
  const intern = pathInterner()
  return {
    size: () => states.size,
    get: (key) => states.get(key),
    set(key, state) {
      states.set(key, withSharedPaths(state, states.get(key), intern))
    },
    forEach(visit) {
      for (const [key, state] of states) visit(key, state)
    },
  }
}

type Intern = (path: readonly LocationRef[]) => readonly LocationRef[]

/** Only a path that the previous state did not have yet needs to be looked up; that is rare, reads are not. */
function withSharedPaths(state: AssetState, previous: AssetState | undefined, intern: Intern): AssetState {
  const path = state.path === previous?.path ? state.path : intern(state.path)
  const candidate = state.candidate
  const candidatePath =
    candidate === null || candidate.path === previous?.candidate?.path ? null : intern(candidate.path)
  const isShared =
    path === state.path && (candidate === null || candidatePath === null || candidatePath === candidate.path)
  if (isShared) return state
  return {
    ...state,
    path,
    candidate:
      candidate === null || candidatePath === null ? candidate : { ...candidate, path: candidatePath },
  }
}

/**
 * Locations seen in one partition, by leaf. A renamed or re-parented location replaces its predecessor here; states
 * that hold the old path keep it. Bounded by the number of locations, which people enter by hand.
 */
function pathInterner(): Intern {
  const byLeaf = new Map<number, readonly LocationRef[]>()
  const empty: readonly LocationRef[] = []
  return (path) => {
    const leaf = path[0]
    if (leaf === undefined) return empty
    const known = byLeaf.get(leaf.id)
    if (known !== undefined && isSamePath(known, path)) return known
    byLeaf.set(leaf.id, path)
    return path
  }
}

function isSamePath(one: readonly LocationRef[], other: readonly LocationRef[]): boolean {
  return one.length === other.length && one.every((place, index) => isSamePlace(place, other[index]))
}

function isSamePlace(one: LocationRef, other: LocationRef | undefined): boolean {
  return (
    other !== undefined &&
    one.id === other.id &&
    one.name === other.name &&
    one.externalKey === other.externalKey &&
    one.parentId === other.parentId &&
    one.parentExternalKey === other.parentExternalKey
  )
}
