/**
 * Which fenced location a fix is in, and which ones it is not certainly outside of.
 *
 * Supported: circles anywhere, also across the antimeridian and over a pole; polygons within ±85°, also across the
 * antimeridian (`parseGeofence` refuses others). Exactness: sphere.ts and polygon.ts; together less than 1 % of the
 * distance from a fence's edge, up to 80° of latitude and 10 km from the edge. Inside or outside of a polygon is exact.
 *
 * A fix looks at the bounding box of every fence: 10,000 of them take some 20 µs. An index would be worth its code
 * where trackers report many times a second.
 *
 * Invariants
 *   W1. The fence found contains the fix, and no smaller one does; of equal areas the first given.
 *   W2. Near is every fence that contains the fix or whose edge is no farther than the fix's own error, and no other;
 *       the nearest `nearMax`, inside ones first.
 *   W3. The bounding boxes change no answer.
 */
import type { Circle, Geofence, Polygon } from '../geofence.ts'
import type { Position } from '../read.ts'
import { contains, edgeDistanceM, polygonAreaM2, unroll } from './polygon.ts'
import { degrees, distanceM, earthRadiusM, radians, wrapLongitude } from './sphere.ts'

/** What is needed of a place to find it; the caller's own object, which comes back. */
export interface Fenced {
  readonly geofence: Geofence
}

/** Made once for many fixes. */
export interface Fences<Place extends Fenced> {
  /** By rising area. */
  readonly shapes: readonly Shape<Place>[]
  /** Of each shape: latitude and longitude of its middle, half its height and width in degrees. */
  readonly boxes: Float64Array
}

interface Shape<Place> {
  readonly place: Place
  readonly areaM2: number
  readonly box: Box
  /** Metres beyond its edge; 0 inside. */
  readonly beyondM: (latitude: number, longitude: number) => number
}

type Box = readonly [latitude: number, longitude: number, halfHeight: number, halfWidth: number]

export interface Located<Place> {
  /** The smallest that contains the fix; null outside all. */
  readonly inside: Place | null
  /** Nearest first. */
  readonly near: readonly Place[]
}

/** A receiver's own figure is a 68 % circle, and phones promise more than they hold. */
const accuracyMinM = 20
/**
 * A fix that is near more fences than this says nothing about any of them; it also bounds what a scan carries: 100 ids
 * are 800 bytes.
 */
export const nearMax = 100

export function prepareFences<Place extends Fenced>(places: readonly Place[]): Fences<Place> {
  const shapes = places
    .map((place) =>
      place.geofence.type === 'circle' ? circleOf(place, place.geofence) : polygonOf(place, place.geofence),
    )
    .sort((one, other) => one.areaM2 - other.areaM2)
  return { shapes, boxes: Float64Array.from(shapes.flatMap(({ box }) => box)) }
}

export function locateFix<Place extends Fenced>(fences: Fences<Place>, fix: Position): Located<Place> {
  const { latitude, longitude, accuracyM } = fix
  const marginM = Math.max(accuracyM ?? 0, accuracyMinM)
  const margin = extentOf(latitude, marginM)
  const near: { readonly place: Place; readonly beyondM: number }[] = []
  let inside: Place | null = null
  for (let index = 0; index < fences.shapes.length; index++) {
    if (!isInBox(fences.boxes, index * 4, fix, margin)) continue
    const shape = fences.shapes[index]
    if (shape === undefined) continue
    const beyondM = shape.beyondM(latitude, longitude)
    if (beyondM > marginM) continue
    near.push({ place: shape.place, beyondM })
    if (beyondM === 0) inside ??= shape.place
  }
  // Stable: of those that contain it, the smallest stays first.
  near.sort((one, other) => one.beyondM - other.beyondM)
  return { inside, near: near.slice(0, nearMax).map(({ place }) => place) }
}

/** Asked of every fence for every fix: no intermediate objects here. */
function isInBox(
  boxes: Float64Array,
  at: number,
  { latitude, longitude }: Position,
  margin: { readonly height: number; readonly width: number },
): boolean {
  const northward = Math.abs(latitude - (boxes[at] ?? 0))
  if (northward > (boxes[at + 2] ?? 0) + margin.height) return false
  // Both longitudes were wrapped, the middle of a polygon perhaps not: at most one and a half turns apart.
  const eastward = Math.abs(longitude - (boxes[at + 1] ?? 0)) % 360
  return Math.min(eastward, 360 - eastward) <= (boxes[at + 3] ?? 0) + margin.width
}

/** How far a circle on the globe reaches to the north and to the east, in degrees; a little more, for rounding. */
function extentOf(latitude: number, radiusM: number): { readonly height: number; readonly width: number } {
  const angle = (radiusM / earthRadiusM) * 1.000_001
  const reach = Math.sin(Math.min(angle, Math.PI / 2)) / Math.cos(radians(latitude))
  // A circle with a pole inside reaches every longitude.
  const isPolar = Math.abs(radians(latitude)) + angle >= Math.PI / 2
  return { height: degrees(angle), width: isPolar || reach >= 1 ? 180 : degrees(Math.asin(reach)) }
}

function circleOf<Place>(place: Place, circle: Circle): Shape<Place> {
  const { latitude, longitude, radiusM } = circle
  const { height, width } = extentOf(latitude, radiusM)
  return {
    place,
    // A cap of the sphere.
    areaM2: 4 * Math.PI * earthRadiusM ** 2 * Math.sin(radiusM / earthRadiusM / 2) ** 2,
    box: [latitude, longitude, height, width],
    beyondM: (lat, lon) => Math.max(0, distanceM(circle, { latitude: lat, longitude: lon }) - radiusM),
  }
}

function polygonOf<Place>(place: Place, { points }: Polygon): Shape<Place> {
  const unrolled = unroll(points)
  const latitudes = unrolled.map(([latitude]) => latitude)
  const longitudes = unrolled.map(([, longitude]) => longitude)
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)]
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)]
  const middle = (west + east) / 2
  return {
    place,
    areaM2: polygonAreaM2(unrolled),
    box: [(south + north) / 2, middle, (north - south) / 2, (east - west) / 2],
    beyondM: (latitude, longitude) => {
      const beside = middle + wrapLongitude(longitude - middle)
      return contains(unrolled, latitude, beside) ? 0 : edgeDistanceM(unrolled, latitude, beside)
    },
  }
}
