/**
 * A number per organization that changes when something in its master data did: an entry of another generation is
 * stale. Coarse on purpose: which of a million tags a renamed location concerns would need an index of its own.
 *
 * Invariant
 *   N1. A change shows at once, or `pauseMs` after the last one that showed: an import of 100,000 assets makes an
 *       organization's entries stale twice a second and not 100,000 times.
 */
export interface Generations {
  readonly of: (orgId: number, nowMs: number) => number
  readonly bump: (orgId: number) => void
}

interface Generation {
  generation: number
  bumpedAtMs: number
  isDirty: boolean
}

// Caches promise to follow within a second; the outbox and the topic need the other half of it.
const pauseMs = 500

/** One entry of some 50 bytes for each organization that changed since the start. */
export function openGenerations(): Generations {
  const changed = new Map<number, Generation>()
  let last = 0
  return {
    of: (orgId, nowMs) => {
      const entry = changed.get(orgId)
      if (entry === undefined) return 0
      if (entry.isDirty && nowMs >= entry.bumpedAtMs + pauseMs) {
        last += 1
        entry.generation = last
        entry.bumpedAtMs = nowMs
        entry.isDirty = false
      }
      return entry.generation
    },
    bump: (orgId) => {
      const entry = changed.get(orgId)
      if (entry === undefined) {
        changed.set(orgId, { generation: 0, bumpedAtMs: Number.NEGATIVE_INFINITY, isDirty: true })
      } else {
        entry.isDirty = true
      }
    },
  }
}
