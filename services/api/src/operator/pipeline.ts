/**
 * How far the pipeline is behind, from offsets and times of records. Pure.
 *
 * Invariants
 *   G1. What a group has not committed counts from where the topic begins, and what it has not read and retention has
 *       deleted does not count.
 *   G2. An age is null, never 0, where something waits and its time is not known.
 *   G3. A record of a tier is due when it has waited as long as its tier waits; before, it is not late, however many there are.
 */

/** A partition as Kafka has it and as a group has read it. */
export interface PartitionPlace {
  /** The first offset that is still there. */
  readonly first: number
  /** The next offset to be written. */
  readonly end: number
  /** The next offset to be read; null: the group has committed nothing here. */
  readonly committed: number | null
}

/** Where a group goes on, or null where nothing waits: G1. */
export function headOf({ first, end, committed }: PartitionPlace): number | null {
  const head = Math.max(first, committed ?? first)
  return head < end ? head : null
}

/** Records that wait: G1. Never negative: ends are read after the rest, and a commit may overtake them all the same. */
export function waitingOf(place: PartitionPlace): number {
  const head = headOf(place)
  return head === null ? 0 : place.end - head
}

/**
 * Heads to look at, by partition: those where most waits, at most `headsMax`; null for the rest.
 */
export function chooseHeads(places: readonly PartitionPlace[], headsMax: number): readonly (number | null)[] {
  const most = [...places.keys()]
    .filter((index) => waitingAt(places, index) > 0)
    .sort((one, other) => waitingAt(places, other) - waitingAt(places, one))
    .slice(0, headsMax)
  return places.map((place, index) => (most.includes(index) ? headOf(place) : null))
}

export interface GroupLag {
  readonly group: string
  readonly topic: string
  readonly lagRecords: number
  /** Of the oldest record that waits; 0 for none, null where it is not known (G2). */
  readonly lagMs: number | null
}

export interface Named {
  readonly group: string
  readonly topic: string
}

/** `times`: of the heads, epoch ms, by partition. */
export function groupLag(
  { group, topic }: Named,
  places: readonly PartitionPlace[],
  { times, nowMs }: { readonly times: readonly (number | null)[]; readonly nowMs: number },
): GroupLag {
  const lagRecords = sumOf(places.map(waitingOf))
  return { group, topic, lagRecords, lagMs: lagRecords === 0 ? 0 : ageOf(oldestOf(times), nowMs) }
}

export interface TierBacklog {
  readonly tier: string
  /** How long each waits here, ms. */
  readonly waitMs: number
  readonly waiting: number
  /** Of them, those whose time has come. */
  readonly due: number
  /** For how long the head has been due; 0 where none is, null where its time is not known (G2). */
  readonly overdueMs: number | null
}

export interface TierTimes {
  readonly nowMs: number
  /** Of the heads, epoch ms, by partition. */
  readonly times: readonly (number | null)[]
  /** The first offset that is not due yet, by partition. */
  readonly dueBelow: readonly number[]
}

/** G3 */
export function tierBacklog(
  { tier, waitMs }: Pick<TierBacklog, 'tier' | 'waitMs'>,
  places: readonly PartitionPlace[],
  { nowMs, times, dueBelow }: TierTimes,
): TierBacklog {
  const due = places.map((place, index) =>
    waitingOf({ ...place, end: Math.min(place.end, dueBelow[index] ?? place.first) }),
  )
  const waiting = sumOf(places.map(waitingOf))
  const age = ageOf(oldestOf(times), nowMs)
  const overdueMs = waiting === 0 ? 0 : age === null ? null : Math.max(0, age - waitMs)
  return { tier, waitMs, waiting, due: sumOf(due), overdueMs }
}

function waitingAt(places: readonly PartitionPlace[], index: number): number {
  const place = places[index]
  return place === undefined ? 0 : waitingOf(place)
}

function oldestOf(times: readonly (number | null)[]): number | null {
  return times.reduce((oldest, each) => {
    if (each === null) return oldest
    return oldest === null ? each : Math.min(oldest, each)
  }, null)
}

/** Clocks of brokers, producers and this process differ by some ms: what is written now is not of tomorrow. */
function ageOf(atMs: number | null, nowMs: number): number | null {
  return atMs === null ? null : Math.max(0, nowMs - atMs)
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, each) => sum + each, 0)
}
