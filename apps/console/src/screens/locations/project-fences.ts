/** Geofences as shapes of a drawing: north is up, one scale for both directions, everything in view. Pure. */
import type { Model } from '../../api/api.ts'

/** As the API writes it; whatever else stands there is no fence. */
export type Fence =
  | {
      readonly type: 'circle'
      readonly latitude: number
      readonly longitude: number
      readonly radius_m: number
    }
  | { readonly type: 'polygon'; readonly points: readonly (readonly [number, number])[] }

type Location = Pick<Model<'Location'>, 'id' | 'name' | 'geofence'>

export type Shape = {
  readonly id: number
  readonly name: string
  /** Where its text stands. */
  readonly x: number
  readonly y: number
} & (
  | { readonly kind: 'circle'; readonly radius: number }
  | { readonly kind: 'polygon'; readonly points: string }
)

export interface Drawing {
  readonly width: number
  readonly height: number
  /** The largest first, so that what lies inside is drawn on top. */
  readonly shapes: readonly Shape[]
  /** What `scaleLength` units of the drawing are on the ground, a round number. */
  readonly scaleM: number
  readonly scaleLength: number
}

/** The earth's mean circumference by 360: what a degree of latitude is. */
const meterPerDegree = 111_195
const margin = 24

/** Null for what is no fence. */
export function readFence(json: unknown): Fence | null {
  if (typeof json !== 'object' || json === null) return null
  const { type, latitude, longitude, radius_m: radius, points } = json as Readonly<Record<string, unknown>>
  if (type === 'circle' && isNumber(latitude) && isNumber(longitude) && isNumber(radius) && radius > 0)
    return { type, latitude, longitude, radius_m: radius }
  if (type === 'polygon' && Array.isArray(points) && points.length >= 3 && points.every(isPoint))
    return { type, points }
  return null
}

function isPoint(point: unknown): point is readonly [number, number] {
  return Array.isArray(point) && point.length === 2 && isNumber(point[0]) && isNumber(point[1])
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

interface Placed {
  readonly location: Location
  /** Metres east and north of the first fence. */
  readonly points: readonly (readonly [number, number])[]
  readonly radiusM: number | null
  readonly sizeM: number
}

/** Null when no location has a fence. Flat: right for a site or a city, and recognisable for a country. */
export function projectFences(
  locations: readonly Location[],
  width: number,
  heightMax: number,
): Drawing | null {
  const fenced = locations.flatMap((location) => {
    const fence = readFence(location.geofence)
    return fence === null ? [] : [{ location, fence }]
  })
  const [first] = fenced
  if (first === undefined) return null
  const [lat0, lon0] =
    first.fence.type === 'circle'
      ? [first.fence.latitude, first.fence.longitude]
      : (first.fence.points[0] ?? [0, 0])
  const shrink = Math.max(0.01, Math.cos((lat0 * Math.PI) / 180))
  const toM = (lat: number, lon: number): readonly [number, number] => {
    // The shorter way round, so that a site across the date line is one.
    const east = ((((lon - lon0 + 180) % 360) + 360) % 360) - 180
    return [east * meterPerDegree * shrink, (lat - lat0) * meterPerDegree]
  }
  const placed = fenced.map(({ location, fence }): Placed => {
    if (fence.type === 'circle') {
      const points = [toM(fence.latitude, fence.longitude)]
      return { location, points, radiusM: fence.radius_m, sizeM: fence.radius_m * 2 }
    }
    const points = fence.points.map(([lat, lon]) => toM(lat, lon))
    const span = boundsOf([{ points, radiusM: null }])
    return {
      location,
      points,
      radiusM: null,
      sizeM: Math.max(span.east - span.west, span.north - span.south),
    }
  })
  const { west, east, south, north } = boundsOf(placed)
  const scale = Math.min(
    (width - 2 * margin) / Math.max(1, east - west),
    (heightMax - 2 * margin) / Math.max(1, north - south),
  )
  const height = (north - south) * scale + 2 * margin
  const shiftX = (width - (east - west) * scale) / 2
  const at = ([x, y]: readonly [number, number]): readonly [number, number] => [
    shiftX + (x - west) * scale,
    margin + (north - y) * scale,
  ]
  const scaleM = roundLength(width / 4 / scale)
  return {
    ...{ width, height, scaleM, scaleLength: scaleM * scale },
    shapes: placed
      .toSorted((one, other) => other.sizeM - one.sizeM)
      .map(({ location: { id, name }, points, radiusM }): Shape => {
        const drawn = points.map(at)
        const [x, y] = middleOf(drawn)
        if (radiusM !== null) return { id, name, x, y, kind: 'circle', radius: Math.max(4, radiusM * scale) }
        const text = drawn.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ')
        return { id, name, x, y, kind: 'polygon', points: text }
      }),
  }
}

function boundsOf(placed: readonly Pick<Placed, 'points' | 'radiusM'>[]) {
  const all = placed.flatMap(({ points, radiusM }) =>
    points.flatMap(([x, y]) => [
      [x - (radiusM ?? 0), y - (radiusM ?? 0)] as const,
      [x + (radiusM ?? 0), y + (radiusM ?? 0)] as const,
    ]),
  )
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)]
  const bound = (values: readonly number[], of: (one: number, other: number) => number): number =>
    values.reduce((one, other) => of(one, other), values[0] ?? 0)
  return {
    ...{ west: bound(xs, Math.min), east: bound(xs, Math.max) },
    ...{ south: bound(ys, Math.min), north: bound(ys, Math.max) },
  }
}

function middleOf(points: readonly (readonly [number, number])[]): readonly [number, number] {
  const sum = points.reduce(([x, y], [px, py]) => [x + px, y + py] as const, [0, 0] as const)
  return [sum[0] / points.length, sum[1] / points.length]
}

/** The largest 1, 2 or 5 with zeros that is not longer. */
function roundLength(meters: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, meters)))
  return [5, 2, 1].map((each) => each * power).find((each) => each <= meters) ?? power
}

/** 1500 is "1.5 km". */
export function sayMeters(meters: number): string {
  return meters >= 1000 ? `${(meters / 1000).toLocaleString('en')} km` : `${meters.toLocaleString('en')} m`
}
