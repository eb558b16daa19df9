/**
 * Reads a geofence in its public form:
 *
 *   {"type": "circle", "latitude", "longitude", "radius_m"}
 *   {"type": "polygon", "points": [[latitude, longitude], …]}
 *
 * Invariants
 *   Q1. All problems are reported, not only the first, and unknown keys are problems.
 *   Q2. What is accepted can be located in: finite numbers in range; a polygon is simple, encloses an area, lies within
 *       ±85° and is less than 180° wide.
 */
import type { Circle, Geofence, LatLon, Polygon } from '../geofence.ts'
import type { FieldProblem, FieldProblemCode, Parsed } from '../read.ts'
import { findCrossing, polygonAreaM2, unroll } from './polygon.ts'

/** A fix is seldom better than this: a smaller circle would be a coin that is tossed. */
export const radiusMinM = 5
/** A metropolitan region; a larger place is a country, and its outline no circle. */
export const radiusMaxM = 100_000
export const pointsMin = 3
/** What a person draws; an edge costs each fix near it some nanoseconds. */
export const pointsMax = 100
/** Where maps end (Web Mercator: 85.05°), and where longitude stops being a direction. */
const polygonLatitudeMax = 85
/** From here on "the shorter way round" is ambiguous. */
const widthMax = 180
/** Less than a parking meter: points on one line. */
const areaMinM2 = 1

interface Report {
  readonly prefix: string
  readonly problems: FieldProblem[]
}

type Json = Readonly<Record<string, unknown>>

/** `field` is the geofence's own name in problems; its members are `field.radius_m` and so on. */
export function parseGeofence(json: unknown, field: string): Parsed<Geofence> {
  const into: Report = { prefix: `${field}.`, problems: [] }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { ok: false, problems: [{ field, code: 'invalid_value', message: 'must be an object or null' }] }
  }
  const geofence = parseByType(json as Json, into)
  if (geofence === null || into.problems.length > 0) return { ok: false, problems: into.problems }
  return { ok: true, value: geofence }
}

/**
 * What was stored after `parseGeofence`; null for none, and for one that makes no sense. Looks at kinds of values only:
 * whether a polygon crosses itself was judged when it came, and costs the square of its points.
 */
export function readStoredGeofence(document: unknown): Geofence | null {
  if (typeof document !== 'object' || document === null) return null
  const { type, latitude, longitude, radius_m: radiusM, points } = document as Json
  if (type === 'circle' && isNumber(latitude) && isNumber(longitude) && isNumber(radiusM))
    return { type, latitude, longitude, radiusM }
  if (type === 'polygon' && Array.isArray(points) && points.length >= pointsMin && points.every(isPoint))
    return { type, points }
  return null
}

function isPoint(entry: unknown): entry is LatLon {
  return Array.isArray(entry) && entry.length === 2 && isNumber(entry[0]) && isNumber(entry[1])
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function parseByType(json: Json, into: Report): Geofence | null {
  switch (json['type']) {
    case 'circle':
      return parseCircle(json, into)
    case 'polygon':
      return parsePolygon(json, into)
    case undefined:
    case null:
      return report(into, 'type', 'required', 'is required: circle or polygon')
    default:
      return report(into, 'type', 'invalid_value', 'must be one of circle, polygon')
  }
}

function parseCircle(json: Json, into: Report): Circle | null {
  refuseUnknown(json, ['type', 'latitude', 'longitude', 'radius_m'], into)
  const latitude = parseNumber(json['latitude'], 'latitude', { min: -90, max: 90 }, into)
  const longitude = parseNumber(json['longitude'], 'longitude', { min: -180, max: 180 }, into)
  const radiusM = parseNumber(json['radius_m'], 'radius_m', { min: radiusMinM, max: radiusMaxM }, into)
  if (latitude === null || longitude === null || radiusM === null) return null
  return { type: 'circle', latitude, longitude, radiusM }
}

function parsePolygon(json: Json, into: Report): Polygon | null {
  refuseUnknown(json, ['type', 'points'], into)
  const list = json['points']
  if (list === undefined || list === null) return report(into, 'points', 'required', 'is required')
  if (!Array.isArray(list))
    return report(into, 'points', 'invalid_value', 'must be a list of [latitude, longitude]')
  if (list.length < pointsMin)
    return report(into, 'points', 'too_short', `must have at least ${pointsMin} entries`)
  if (list.length > pointsMax)
    return report(into, 'points', 'too_long', `must have at most ${pointsMax} entries`)
  const points = list.flatMap((entry, index) => parsePoint(entry, `points.${index}`, into) ?? [])
  if (points.length < list.length || !isLocatable(points, into)) return null
  return { type: 'polygon', points }
}

function parsePoint(entry: unknown, field: string, into: Report): readonly LatLon[] | null {
  if (!Array.isArray(entry) || entry.length !== 2)
    return report(into, field, 'invalid_value', 'must be [latitude, longitude]')
  const bounds = { min: -polygonLatitudeMax, max: polygonLatitudeMax }
  const latitude = parseNumber(entry[0], `${field}.0`, bounds, into)
  const longitude = parseNumber(entry[1], `${field}.1`, { min: -180, max: 180 }, into)
  return latitude === null || longitude === null ? null : [[latitude, longitude]]
}

function isLocatable(points: readonly LatLon[], into: Report): boolean {
  const unrolled = unroll(points)
  const longitudes = unrolled.map(([, longitude]) => longitude)
  const width = Math.max(...longitudes) - Math.min(...longitudes)
  if (width >= widthMax) {
    report(into, 'points', 'invalid_value', `must be less than ${widthMax} degrees wide`)
    return false
  }
  const [first] = points
  const last = points.at(-1)
  if (first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1]) {
    const message = 'must not repeat the first point at the end: a polygon closes by itself'
    report(into, 'points', 'invalid_value', message)
    return false
  }
  const crossing = findCrossing(unrolled)
  if (crossing !== null) {
    const [one, other] = crossing
    report(into, 'points', 'invalid_value', `must not cross itself: edges ${one} and ${other} meet`)
    return false
  }
  if (polygonAreaM2(unrolled) < areaMinM2) {
    report(into, 'points', 'invalid_value', `must enclose at least ${areaMinM2} square metre`)
    return false
  }
  return true
}

function parseNumber(
  value: unknown,
  field: string,
  { min, max }: { readonly min: number; readonly max: number },
  into: Report,
): number | null {
  if (value === undefined || value === null) return report(into, field, 'required', 'is required')
  if (typeof value !== 'number' || !Number.isFinite(value))
    return report(into, field, 'invalid_value', 'must be a number')
  if (value < min) return report(into, field, 'too_small', `must be at least ${min}; received ${value}`)
  if (value > max) return report(into, field, 'too_large', `must be at most ${max}; received ${value}`)
  return value
}

function refuseUnknown(json: Json, known: readonly string[], into: Report): void {
  for (const key of Object.keys(json)) {
    if (known.includes(key)) continue
    const name = key.length <= 64 ? key : `${key.slice(0, 64)}…`
    report(into, name, 'unknown_field', `is not a field of a ${json['type']}; known are ${known.join(', ')}`)
  }
}

function report(into: Report, field: string, code: FieldProblemCode, message: string): null {
  into.problems.push({ field: `${into.prefix}${field}`, code, message })
  return null
}
