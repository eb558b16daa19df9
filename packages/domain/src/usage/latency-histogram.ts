/**
 * How long receivers took, as counts in fixed buckets: they can be added up over endpoints and days, which quantiles
 * can't. Pure; `packages/postgres/src/usage.ts` sorts into the same buckets in SQL.
 *
 * Invariants
 *   L1. A quantile is at most 19 % away from the true one between 1 ms and 16.4 s; below and above it is that limit.
 *   L2. The quantiles of a sum of histograms are those of all their values together: adding loses nothing more.
 */

/**
 * Lower bounds of the buckets behind the first, in ms: 1, 1.41, 2, 2.83 … 16,384. Two for each doubling: a value is then at
 * most a fourth root of two (1.19) away from the middle of its bucket. The longest timeout of any profile is 15 s.
 */
export const latencyBoundsMs: readonly number[] = Array.from({ length: 29 }, (_, index) => 2 ** (index / 2))

/** L1: how far a quantile may be from the true one, as a share of it. */
export const latencyErrorShare = 0.19

/** Below 1 ms, between the bounds, and from the last on. The columns of stored usage have this many. */
export const latencyBucketCount: number = latencyBoundsMs.length + 1

/** Counts in each bucket; `latencyBucketCount` of them. */
export type LatencyCounts = readonly number[]

/** Index of the bucket that `ms` counts in. */
export function latencyBucketOf(ms: number): number {
  const above = latencyBoundsMs.findIndex((bound) => ms < bound)
  return above === -1 ? latencyBoundsMs.length : above
}

/** What a share of the requests took at most (nearest rank), in ms with one decimal. `share` in (0, 1]; null for no requests. */
export function latencyQuantileMs(counts: LatencyCounts, share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(share * total))
  let seen = 0
  const index = counts.findIndex((count) => {
    seen += count
    return seen >= rank
  })
  return Math.round(middleOf(index) * 10) / 10
}

/** The geometric middle: as far from one end of the bucket as from the other. */
function middleOf(index: number): number {
  const lower = latencyBoundsMs[index - 1]
  const upper = latencyBoundsMs[index]
  if (lower === undefined) return latencyBoundsMs[0] ?? 0
  return upper === undefined ? lower : Math.sqrt(lower * upper)
}
