/**
 * How well each scan point hears an asset: one slot per scan point, a few per asset.
 *
 * A slot's level is the mean of its reads, each weighing the less the older it is (by e in `smoothingMs`). A read that
 * arrives behind a newer one is weighed as if it had arrived in its turn, so the level does not depend on the order of
 * arrival. Smoothing per scan point and not per location: a near and a far reader of one place mixed into one mean cost
 * 10 points of time in the right zone on real walks.
 *
 * Invariants
 *   L1. At most `slotsMax` slots; where all are taken a slot that is no longer fresh gives way first, then the weakest,
 *       the newcomer included. Giving up the oldest instead found none of 17 real changes: a dozen readers that hear
 *       one tag twice a second push each other out before any level means something.
 *   L2. The level is the same for any order of arrival, but for rounding to a hundredth of a dBm.
 *   L3. An unknown signal is below every known one.
 */
import type { Slot } from '../asset-state.ts'
import type { LocationId } from '../ids.ts'
import type { Scan } from '../scan.ts'

/** On nine real walks past twelve gateways six slots did as well as twelve, but for one short stay. */
export const slotsMax = 6

// Counts only break ties; a counter that stops here keeps the packed state small.
const readsMax = 65_535
// A read that stands for a thousand others must not silence what follows for seconds.
const weightMaxHundredths = 6_400

/** The slots after a scan at `atMs` (asset time); `nowMs` is the asset's clock, not before it. */
export function hear(slots: readonly Slot[], scan: Scan, nowMs: number): readonly Slot[] {
  const pointId = scan.place.point.id
  const index = slots.findIndex((slot) => slot.place.point.id === pointId)
  const known = slots[index]
  if (known !== undefined) return slots.with(index, heard(known, scan))
  const fresh: Slot = {
    place: scan.place,
    levelCdbm: scan.rssiCdbm,
    weightHundredths: scan.rssiCdbm === null ? 0 : weightOf(scan.reads),
    lastMs: scan.atMs,
    reads: Math.min(scan.reads, readsMax),
  }
  if (slots.length < slotsMax) return [...slots, fresh]
  const loser = weakest([...slots, fresh], nowMs)
  return loser === slotsMax ? slots : slots.with(loser, fresh)
}

function weightOf(reads: number): number {
  return Math.min(reads * 100, weightMaxHundredths)
}

function heard(slot: Slot, scan: Scan): Slot {
  const lastMs = Math.max(slot.lastMs, scan.atMs)
  const reads = Math.min(slot.reads + scan.reads, readsMax)
  const { rssiCdbm } = scan
  if (rssiCdbm === null) return { ...slot, place: scan.place, lastMs, reads }
  const { smoothingMs } = scan.place.settings
  const before = slot.weightHundredths * decay(lastMs - slot.lastMs, smoothingMs)
  const added = weightOf(scan.reads) * decay(lastMs - scan.atMs, smoothingMs)
  const weight = before + added
  const isFirstLevel = slot.levelCdbm === null || weight === 0
  const levelCdbm = isFirstLevel
    ? rssiCdbm
    : Math.round(((slot.levelCdbm ?? 0) * before + rssiCdbm * added) / weight)
  const weightHundredths = Math.min(Math.round(weight), weightMaxHundredths)
  return { place: scan.place, levelCdbm, weightHundredths, lastMs, reads }
}

function decay(ageMs: number, smoothingMs: number): number {
  if (ageMs === 0) return 1
  return smoothingMs === 0 ? 0 : Math.exp(-ageMs / smoothingMs)
}

export function isFresh(slot: Slot, nowMs: number): boolean {
  return nowMs - slot.lastMs <= slot.place.settings.slotFreshMs
}

/** L1: stale before fresh, then by level, then whoever was heard longest ago, then the larger id. */
function weakest(slots: readonly Slot[], nowMs: number): number {
  let loser = 0
  for (let index = 1; index < slots.length; index++) {
    const slot = slots[index]
    const worst = slots[loser]
    if (slot !== undefined && worst !== undefined && isWeaker(slot, worst, nowMs)) loser = index
  }
  return loser
}

function isWeaker(slot: Slot, than: Slot, nowMs: number): boolean {
  const freshness = Number(isFresh(slot, nowMs)) - Number(isFresh(than, nowMs))
  if (freshness !== 0) return freshness < 0
  const byLevel = compareLevels(slot.levelCdbm, than.levelCdbm)
  if (byLevel !== 0) return byLevel < 0
  if (slot.lastMs !== than.lastMs) return slot.lastMs < than.lastMs
  return slot.place.point.id > than.place.point.id
}

/** L3. Negative when the first is weaker. */
export function compareLevels(one: number | null, other: number | null): number {
  return (one ?? Number.NEGATIVE_INFINITY) === (other ?? Number.NEGATIVE_INFINITY)
    ? 0
    : (one ?? Number.NEGATIVE_INFINITY) - (other ?? Number.NEGATIVE_INFINITY)
}

/** The best fresh slot of a location; null when none is. */
export function bestOf(slots: readonly Slot[], leaf: LocationId, nowMs: number): Slot | null {
  let best: Slot | null = null
  for (const slot of slots) {
    if (slot.place.path[0]?.id !== leaf || !isFresh(slot, nowMs)) continue
    if (best === null || isBetter(slot, best)) best = slot
  }
  return best
}

/** The best fresh slot of all locations but one; slots of scan points without a location do not count. */
export function bestElsewhere(slots: readonly Slot[], leaf: LocationId | null, nowMs: number): Slot | null {
  let best: Slot | null = null
  for (const slot of slots) {
    const id = slot.place.path[0]?.id
    if (id === undefined || id === leaf || !isFresh(slot, nowMs)) continue
    if (best === null || isBetter(slot, best)) best = slot
  }
  return best
}

/** By level, then reads, then recency, then the smaller id: never by the order in which they stand. */
function isBetter(slot: Slot, than: Slot): boolean {
  const byLevel = compareLevels(slot.levelCdbm, than.levelCdbm)
  if (byLevel !== 0) return byLevel > 0
  if (slot.reads !== than.reads) return slot.reads > than.reads
  if (slot.lastMs !== than.lastMs) return slot.lastMs > than.lastMs
  return slot.place.point.id < than.place.point.id
}

// An own level fades by 2 dB for each second after it stopped being fresh, instead of counting for nothing at once. In 24
// simulated hours of a parked BLE tag with real gaps, whose neighbour zone hears it 8 dB weaker, that makes 81 false moves
// of 562; 1 dB a second made 25, and let a true move to a reader 25 dB weaker wait for 34 s instead of 20 s
// (docs/adr/0010).
const fadeCdbmPerMs = 0.2

/** What the asset's own place still has to say: its best fresh slot, else its best one, faded. Null when it has none. */
export function ownOf(slots: readonly Slot[], leaf: LocationId, nowMs: number): Slot | null {
  const fresh = bestOf(slots, leaf, nowMs)
  if (fresh !== null) return fresh
  let best: Slot | null = null
  for (const slot of slots) {
    if (slot.place.path[0]?.id !== leaf || slot.levelCdbm === null) continue
    const staleMs = nowMs - slot.lastMs - slot.place.settings.slotFreshMs
    const faded = { ...slot, levelCdbm: Math.round(slot.levelCdbm - staleMs * fadeCdbmPerMs) }
    if (best === null || isBetter(faded, best)) best = faded
  }
  return best
}

/**
 * Whether a place leads the asset's own by the margin. `own` is null when nobody hears it there any more. Without a margin two may be
 * level: then the one that was heard later leads, or the place that an asset has just left would call it back as soon as all is silent.
 */
export function leads(challenger: Slot, own: Slot | null, marginCdbm: number): boolean {
  if (own === null) return true
  if (challenger.levelCdbm === null) return false
  if (own.levelCdbm === null) return true
  const leadCdbm = challenger.levelCdbm - own.levelCdbm
  return leadCdbm === 0 && marginCdbm === 0 ? challenger.lastMs > own.lastMs : leadCdbm >= marginCdbm
}
