/**
 * Polygons with edges that are straight in latitude and longitude. Pure geometry; knows no locations. Longitudes are
 * unrolled: each point's is next to the one before it, so beyond ±180 where the polygon crosses the antimeridian.
 *
 * Whether a point is inside is exact. A distance to an edge is measured on the plane that touches the globe's parallel
 * at the point (equirectangular): besides what the sphere costs, it is wrong by the growth of tan(latitude) × distance
 * / 6,371 km at most, so 0.02 % per km at 50°, 0.2 % at 85°.
 */
import type { LatLon } from '../geofence.ts'
import { earthRadiusM, radians, wrapLongitude } from './sphere.ts'

/** Beginning with the first point's own longitude. */
export function unroll(points: readonly LatLon[]): readonly LatLon[] {
  const unrolled: LatLon[] = []
  let before = points[0]?.[1] ?? 0
  for (const [latitude, longitude] of points) {
    before += wrapLongitude(longitude - before)
    unrolled.push([latitude, before])
  }
  return unrolled
}

export function* edgesOf(points: readonly LatLon[]): Generator<readonly [LatLon, LatLon]> {
  let from = points.at(-1)
  for (const to of points) {
    if (from !== undefined) yield [from, to]
    from = to
  }
}

/** Crossings of the ray to the north, by the half-open rule: a point on a shared edge is in one of two neighbours. */
export function contains(unrolled: readonly LatLon[], latitude: number, longitude: number): boolean {
  let isInside = false
  let [fromLat, fromLon] = unrolled.at(-1) ?? [0, 0]
  for (const [toLat, toLon] of unrolled) {
    if (fromLon > longitude !== toLon > longitude) {
      const crossing = fromLat + ((longitude - fromLon) / (toLon - fromLon)) * (toLat - fromLat)
      if (crossing > latitude) isInside = !isInside
    }
    fromLat = toLat
    fromLon = toLon
  }
  return isInside
}

/** From a point to the nearest edge. */
export function edgeDistanceM(unrolled: readonly LatLon[], latitude: number, longitude: number): number {
  const shrink = Math.cos(radians(latitude))
  let nearest = Number.POSITIVE_INFINITY
  for (const [[fromLat, fromLon], [toLat, toLon]] of edgesOf(unrolled)) {
    const x = (fromLon - longitude) * shrink
    const y = fromLat - latitude
    const dx = (toLon - fromLon) * shrink
    const dy = toLat - fromLat
    const square = dx * dx + dy * dy
    const along = square === 0 ? 0 : Math.min(1, Math.max(0, -(x * dx + y * dy) / square))
    nearest = Math.min(nearest, Math.hypot(x + along * dx, y + along * dy))
  }
  return radians(nearest) * earthRadiusM
}

/** Exact on the sphere for these edges: the sum over edges of Δλ × the mean of sin φ along it. */
export function polygonAreaM2(unrolled: readonly LatLon[]): number {
  let sum = 0
  for (const [[fromLat, fromLon], [toLat, toLon]] of edgesOf(unrolled)) {
    const half = radians(toLat - fromLat) / 2
    const mean = Math.sin(radians(fromLat + toLat) / 2) * (half === 0 ? 1 : Math.sin(half) / half)
    sum += radians(toLon - fromLon) * mean
  }
  return Math.abs(sum) * earthRadiusM ** 2
}

/** Numbers (from 1) of two edges that cross or touch without being neighbours; null when it is simple. */
export function findCrossing(unrolled: readonly LatLon[]): readonly [number, number] | null {
  const count = unrolled.length
  for (let one = 0; one < count; one++) {
    for (let other = one + 2; other < count; other++) {
      if (one === 0 && other === count - 1) continue // neighbours, too
      if (doMeet(edgeAt(unrolled, one), edgeAt(unrolled, other))) return [one + 1, other + 1]
    }
  }
  return null
}

type Edge = readonly [LatLon, LatLon]

function edgeAt(points: readonly LatLon[], index: number): Edge {
  const from = points[index] ?? [0, 0]
  return [from, points[(index + 1) % points.length] ?? from]
}

function doMeet([a, b]: Edge, [c, d]: Edge): boolean {
  const [abc, abd, cda, cdb] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)]
  if (abc * abd < 0 && cda * cdb < 0) return true
  return (
    (abc === 0 && isBetween(a, b, c)) ||
    (abd === 0 && isBetween(a, b, d)) ||
    (cda === 0 && isBetween(c, d, a)) ||
    (cdb === 0 && isBetween(c, d, b))
  )
}

/** On which side of the line from a to b the point lies: the sign. */
function side(a: LatLon, b: LatLon, point: LatLon): number {
  return Math.sign((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]))
}

/** For a point on the line through a and b. */
function isBetween(a: LatLon, b: LatLon, point: LatLon): boolean {
  return (
    Math.min(a[0], b[0]) <= point[0] &&
    point[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= point[1] &&
    point[1] <= Math.max(a[1], b[1])
  )
}
