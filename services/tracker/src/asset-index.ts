/**
 * Finds an asset of a partition by organization and id, and gives each a small number, its *ref*, under which the other
 * tables keep what they know of it. Open addressing over typed arrays: a Map keyed by text cost about 100 bytes an
 * asset, this costs about 20.
 *
 * Invariants
 *   N1. A ref stands for one asset until that is removed; refs are dense, those of removed assets are given again.
 *   N2. `find` sees exactly the assets that were added and not removed.
 */
import { type PagedNumbers, pagedDoubles, pagedWords } from './paged-numbers.ts'

export interface AssetIndex {
  /** −1 when it is not there. */
  find(orgId: number, assetId: number): number
  /** The asset must not be there yet. */
  add(orgId: number, assetId: number): number
  remove(ref: number): void
  size(): number
  /** Every ref is below it; some may be free. */
  refsEnd(): number
  isFree(ref: number): boolean
  orgIdOf(ref: number): number
  assetIdOf(ref: number): number
  bytes(): number
}

const noRef = -1
// Beyond three quarters full, probing gets long.
const fullNumerator = 3
const fullDenominator = 4

export function assetIndex(): AssetIndex {
  /** ref + 1; 0 is empty. */
  let table = new Uint32Array(1_024)
  /** Organizations of this partition, each once: few have most of the assets. */
  const orgIds: number[] = []
  const orgNumbers = new Map<number, number>()
  const orgOf: PagedNumbers = pagedWords()
  /** 0 for a free ref: no asset has the id 0. */
  const assetIds: PagedNumbers = pagedDoubles()
  const free: number[] = []
  let refsEnd = 0
  let size = 0

  const orgIdOf = (ref: number): number => orgIds[orgOf.get(ref)] ?? 0

  function orgNumberOf(orgId: number): number {
    const known = orgNumbers.get(orgId)
    if (known !== undefined) return known
    orgNumbers.set(orgId, orgIds.length)
    return orgIds.push(orgId) - 1
  }

  /** The table position that holds the asset, or the empty one where it would go. */
  function position(orgId: number, assetId: number): number {
    const mask = table.length - 1
    const orgNumber = orgNumbers.get(orgId) ?? orgIds.length
    let at = hashOf(orgId, assetId) & mask
    for (;;) {
      const entry = table[at] ?? 0
      if (entry === 0) return at
      if (assetIds.get(entry - 1) === assetId && orgOf.get(entry - 1) === orgNumber) return at
      at = (at + 1) & mask
    }
  }

  function grow(): void {
    const old = table
    table = new Uint32Array(old.length * 2)
    for (const entry of old) {
      if (entry !== 0) table[position(orgIdOf(entry - 1), assetIds.get(entry - 1))] = entry
    }
  }

  /** Linear probing has no holes: whoever stands behind the hole and may stand in it moves up. */
  function close(hole: number): void {
    const mask = table.length - 1
    let empty = hole
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const entry = table[at] ?? 0
      const home = hashOf(orgIdOf(entry - 1), assetIds.get(entry - 1)) & mask
      if (((at - home) & mask) < ((at - empty) & mask)) continue
      table[empty] = entry
      empty = at
    }
    table[empty] = 0
  }

  return {
    find(orgId, assetId) {
      const entry = table[position(orgId, assetId)] ?? 0
      return entry === 0 ? noRef : entry - 1
    },
    add(orgId, assetId) {
      if ((size + 1) * fullDenominator > table.length * fullNumerator) grow()
      const ref = free.pop() ?? refsEnd++
      orgOf.set(ref, orgNumberOf(orgId))
      assetIds.set(ref, assetId)
      table[position(orgId, assetId)] = ref + 1
      size++
      return ref
    },
    remove(ref) {
      close(position(orgIdOf(ref), assetIds.get(ref)))
      assetIds.set(ref, 0)
      free.push(ref)
      size--
    },
    size: () => size,
    refsEnd: () => refsEnd,
    isFree: (ref) => assetIds.get(ref) === 0,
    orgIdOf,
    assetIdOf: (ref) => assetIds.get(ref),
    bytes: () => table.byteLength + orgOf.bytes() + assetIds.bytes(),
  }
}

/** Ids are opaque and spread over 52 bits already; this folds both halves of both into 32. */
function hashOf(orgId: number, assetId: number): number {
  const low = Math.imul(assetId | 0, 0x9e3779b1)
  const high = Math.imul((assetId / 0x1_0000_0000) | 0, 0x85ebca6b)
  const mixed = low ^ high ^ Math.imul(orgId | 0, 0xc2b2ae35)
  return Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f) >>> 1
}
