/**
 * Who reads what: the group leader's decision. Pure.
 *
 * Sticky: whoever had a partition keeps it as far as balance allows, because a move costs its new owner the rebuilding
 * of state (the tracker reads back its changelog) and costs its old one the work under way. Balanced per topic first, so that no member
 * gets all partitions of a small topic, and over all topics second.
 *
 * Invariants
 *   A1. Every partition of a topic that at least one member wants goes to exactly one of those members.
 *   A2. Within a topic, members' shares differ by at most one.
 *   A3. The same input gives the same output, whatever the order of members.
 *   A4. When nothing changed, nothing moves.
 */
export interface Member {
  readonly memberId: string
  readonly topics: readonly string[]
  /** What it had until now: topic → partitions. */
  readonly owned: Readonly<Record<string, readonly number[]>>
}

/** memberId → topic → partitions, ascending. */
export type GroupAssignment = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>

export function assignPartitions(
  members: readonly Member[],
  partitionCounts: ReadonlyMap<string, number>,
): GroupAssignment {
  const ordered = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  const totals = new Map(ordered.map(({ memberId }) => [memberId, 0]))
  const assignment = new Map(ordered.map(({ memberId }) => [memberId, new Map<string, readonly number[]>()]))
  for (const topic of [...partitionCounts.keys()].sort()) {
    const readers = ordered.filter(({ topics }) => topics.includes(topic))
    for (const [memberId, partitions] of shareTopic(
      topic,
      partitionCounts.get(topic) ?? 0,
      readers,
      totals,
    )) {
      if (partitions.length === 0) continue
      assignment.get(memberId)?.set(
        topic,
        partitions.sort((a, b) => a - b),
      )
      totals.set(memberId, (totals.get(memberId) ?? 0) + partitions.length)
    }
  }
  return assignment
}

function shareTopic(
  topic: string,
  count: number,
  readers: readonly Member[],
  totals: ReadonlyMap<string, number>,
): Map<string, number[]> {
  const shares = new Map<string, number[]>(readers.map(({ memberId }) => [memberId, []]))
  if (readers.length === 0) return shares
  const quotas = quotasOf(topic, count, readers, totals)
  const free = keepOwned(topic, count, readers, quotas, shares)
  for (const { memberId } of readers) {
    const share = shares.get(memberId) ?? []
    while (share.length < (quotas.get(memberId) ?? 0) && free.length > 0) share.push(free.shift() ?? 0)
  }
  return shares
}

/** Everybody the floor; the rest one each to those with least so far, and among equals to whoever had most here. */
function quotasOf(
  topic: string,
  count: number,
  readers: readonly Member[],
  totals: ReadonlyMap<string, number>,
): Map<string, number> {
  const floor = Math.floor(count / readers.length)
  const quotas = new Map(readers.map(({ memberId }) => [memberId, floor]))
  const candidates = [...readers].sort(
    (a, b) =>
      (totals.get(a.memberId) ?? 0) - (totals.get(b.memberId) ?? 0) ||
      (b.owned[topic]?.length ?? 0) - (a.owned[topic]?.length ?? 0),
  )
  for (const { memberId } of candidates.slice(0, count - floor * readers.length))
    quotas.set(memberId, floor + 1)
  return quotas
}

/** Gives members what they had, up to their quota; returns what is free, ascending. */
function keepOwned(
  topic: string,
  count: number,
  readers: readonly Member[],
  quotas: ReadonlyMap<string, number>,
  shares: ReadonlyMap<string, number[]>,
): number[] {
  const taken = new Set<number>()
  for (const { memberId, owned } of readers) {
    const share = shares.get(memberId) ?? []
    for (const partition of owned[topic] ?? []) {
      const isFree = partition >= 0 && partition < count && !taken.has(partition)
      if (!isFree || share.length >= (quotas.get(memberId) ?? 0)) continue
      taken.add(partition)
      share.push(partition)
    }
  }
  return Array.from({ length: count }, (_, partition) => partition).filter(
    (partition) => !taken.has(partition),
  )
}
