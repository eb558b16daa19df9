/**
 * What a GPS fix says about where an asset is. Inside means in the fence; outside means certainly outside: a fix within
 * its own error of the fence's edge (`Fix.nearIds`) keeps the asset where it is, and another place needs a second fix.
 */
import type { AssetState, Candidate, LastFix } from '../asset-state.ts'
import type { Fix, Scan } from '../scan.ts'
import { isAt, leafId } from './candidate.ts'
import { factsOf, withScan } from './facts.ts'
import { bestOf } from './slots.ts'

// 252 km/h: faster than what is tracked on roads and rails, slower than the jumps of a fix that was reflected.
const speedMaxMps = 70

/** A fix that nobody can have reached in the time is a wrong one. It speaks for itself again when time has passed. */
export function isImpossible(state: AssetState, fix: Fix, atMs: number): boolean {
  const { lastFix } = state
  if (lastFix === null) return false
  const seconds = Math.max(atMs - lastFix.atMs, 0) / 1000
  // Within a second two good fixes lie some metres apart; their error must not look like speed.
  return distanceM(lastFix, fix) > speedMaxMps * Math.max(seconds, 1) + (fix.accuracyM ?? 0)
}

export function lastFixOf(fix: Fix, atMs: number): LastFix {
  return { latitudeE7: Math.round(fix.latitude * 1e7), longitudeE7: Math.round(fix.longitude * 1e7), atMs }
}

/** The candidate after a fix; the scan's place is the smallest fence around it, or none. */
export function weighFix(state: AssetState, scan: Scan, fix: Fix, nowMs: number): Candidate | null {
  const { path } = scan.place
  if (isAt(state, path) || isStillHere(state, fix, nowMs) || isWithin(state, scan)) return null
  if (!state.isPresent && path.length === 0) return null
  const { candidate } = state
  const isSame = candidate !== null && leafId(candidate.facts.place.path) === leafId(path)
  return isSame
    ? { ...candidate, facts: withScan(candidate.facts, scan) }
    : { sinceMs: nowMs, facts: factsOf(scan) }
}

/** Not certainly outside, or heard there by a reader at this very time. */
function isStillHere(state: AssetState, fix: Fix, nowMs: number): boolean {
  const leaf = state.path[0]
  if (!state.isPresent || leaf === undefined) return false
  return fix.nearIds.includes(leaf.id) || bestOf(state.slots, leaf.id, nowMs) !== null
}

/** A reader said Bay 3, the fix says the site that Bay 3 is in: no contradiction, and the reader knows better. */
function isWithin(state: AssetState, { place }: Scan): boolean {
  const fence = place.path[0]
  if (!state.isPresent || fence === undefined || state.here?.point.kind === 'gps') return false
  return state.path.some((location) => location.id === fence.id)
}

const earthRadiusM = 6_371_000

/** Great circle; the earth's flattening makes it wrong by at most 0.6 %. */
function distanceM(from: LastFix, to: Fix): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const fromLatitude = radians(from.latitudeE7 / 1e7)
  const toLatitude = radians(to.latitude)
  const halfLatitude = Math.sin((toLatitude - fromLatitude) / 2)
  const halfLongitude = Math.sin(radians(to.longitude - from.longitudeE7 / 1e7) / 2)
  const chord = halfLatitude ** 2 + Math.cos(fromLatitude) * Math.cos(toLatitude) * halfLongitude ** 2
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(chord)))
}
