/**
 * The states of one partition's assets, in memory: packed, but for those that were used last. A batch of reads touches
 * an asset again and again; it is unpacked once and packed when others need the room.
 *
 * Invariants
 *   Q1. `get` gives what `set` was given last, packed or not.
 *   Q2. At most `workingMax` states are objects; all others cost their packed bytes.
 */
import assert from 'node:assert/strict'
import type { AssetState } from '@scanhook/domain/asset-state'
import { type AssetIndex, assetIndex } from './asset-index.ts'
import { isPackedWithCandidate, packedPathNumber, packState, unpackState } from './pack-state.ts'
import { type PlaceBook, placeBook } from './place-book.ts'
import { stateSlab } from './state-slab.ts'

export interface AssetTable {
  readonly book: PlaceBook
  size(): number
  /** The asset's ref, −1 when it is not there. */
  find(orgId: number, assetId: number): number
  get(ref: number): AssetState
  /** The asset of `state`, new or known; returns its ref. */
  add(state: AssetState): number
  set(ref: number, state: AssetState): void
  remove(ref: number): void
  /** Refs of the assets whose path a location is on, or which may be bound for it. */
  near(locationId: number): number[]
  forEach(visit: (ref: number, state: AssetState) => void): void
  /** Memory outside the heap. */
  bytes(): number
}

// About 1 KB each as objects, so 2 MB a partition; a batch of 1,000 reads of as many assets fits twice.
const workingMax = 2_048
// Larger than the longest names and tag values that master data admits make a state.
const scratchBytes = 65_536
const scratch = Buffer.allocUnsafeSlow(scratchBytes)

export function assetTable(): AssetTable {
  const book = placeBook()
  const index: AssetIndex = assetIndex()
  const slab = stateSlab()
  const working = new Map<number, AssetState>()
  /** Of those in `working`, the ones whose packed form is older. */
  const changed = new Set<number>()

  function packWorking(): void {
    for (const ref of changed) {
      const state = working.get(ref)
      if (state !== undefined) slab.put(ref, scratch, packState(state, book, scratch))
    }
    changed.clear()
    working.clear()
  }

  function keep(ref: number, state: AssetState): void {
    if (working.size >= workingMax && !working.has(ref)) packWorking()
    working.set(ref, state)
  }

  function unpack(ref: number): AssetState {
    const ids = { orgId: index.orgIdOf(ref), assetId: index.assetIdOf(ref) }
    return slab.read(ref, (bytes, start) => unpackState(book, ids, bytes, start))
  }

  function get(ref: number): AssetState {
    const known = working.get(ref)
    if (known !== undefined) return known
    const state = unpack(ref)
    keep(ref, state)
    return state
  }

  function set(ref: number, state: AssetState): void {
    keep(ref, state)
    changed.add(ref)
  }

  function isNear(ref: number, paths: ReadonlySet<number>): boolean {
    return slab.read(
      ref,
      (bytes, start) => paths.has(packedPathNumber(bytes, start)) || isPackedWithCandidate(bytes, start),
    )
  }

  function* refs(): Generator<number> {
    for (let ref = 0; ref < index.refsEnd(); ref++) {
      if (!index.isFree(ref)) yield ref
    }
  }

  return {
    book,
    size: index.size,
    find: index.find,
    get,
    set,
    add(state) {
      const known = index.find(state.orgId, state.asset.id)
      const ref = known === -1 ? index.add(state.orgId, state.asset.id) : known
      set(ref, state)
      return ref
    },
    remove(ref) {
      assert(!index.isFree(ref), 'only an asset that is there can be removed')
      working.delete(ref)
      changed.delete(ref)
      slab.drop(ref)
      index.remove(ref)
    },
    near(locationId) {
      packWorking()
      const paths = book.pathsWith(locationId)
      return [...refs()].filter((ref) => isNear(ref, paths))
    },
    forEach(visit) {
      packWorking()
      for (const ref of refs()) visit(ref, unpack(ref))
    },
    bytes: () => index.bytes() + slab.bytes(),
  }
}
