import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Geofence, LatLon } from '../geofence.ts'
import type { Position } from '../read.ts'
import { type Fenced, type Located, locateFix, nearMax, prepareFences } from './locate-fix.ts'
import { contains, edgeDistanceM, edgesOf, polygonAreaM2, unroll } from './polygon.ts'
import { degrees, distanceM, earthRadiusM, radians, wrapLongitude } from './sphere.ts'

interface Place extends Fenced {
  readonly name: string
}

const place = (name: string, geofence: Geofence): Place => ({ name, geofence })
const circle = (latitude: number, longitude: number, radiusM: number): Geofence => ({
  type: 'circle',
  latitude,
  longitude,
  radiusM,
})
const box = (south: number, west: number, size: number): Geofence => ({
  type: 'polygon',
  points: [
    [south, west],
    [south, west + size],
    [south + size, west + size],
    [south + size, west],
  ],
})

/** The point so far away in that direction, on the sphere. */
function towards(from: LatLon, bearing: number, distance: number): LatLon {
  const [lat, lon] = [radians(from[0]), radians(from[1])]
  const angle = distance / earthRadiusM
  const to = Math.asin(Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing))
  const east = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(lat),
    Math.cos(angle) - Math.sin(lat) * Math.sin(to),
  )
  return [degrees(to), wrapLongitude(degrees(lon + east))]
}

function locate(places: readonly Place[], at: LatLon, accuracyM: number | null = null): Located<Place> {
  return locateFix(prepareFences(places), { latitude: at[0], longitude: at[1], accuracyM })
}

function names({ inside, near }: Located<Place>): unknown {
  return [inside?.name ?? null, near.map(({ name }) => name)]
}

const latitudes = fc.double({ min: -80, max: 80, noNaN: true })
const longitudes = fc.double({ min: -180, max: 179.999, noNaN: true })
const bearings = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true })
const accuracies = fc.option(fc.double({ min: 0, max: 2_000, noNaN: true }))

/** A simple polygon: points around a middle, by rising direction. */
const stars = (atLatitudes: fc.Arbitrary<number>): fc.Arbitrary<readonly LatLon[]> =>
  fc
    .tuple(
      atLatitudes,
      longitudes,
      fc.array(fc.double({ min: 20, max: 5_000, noNaN: true }), { minLength: 3, maxLength: 12 }),
    )
    .map(([latitude, longitude, reaches]) =>
      reaches.map((reach, index) =>
        towards([latitude, longitude], (2 * Math.PI * index) / reaches.length, reach),
      ),
    )

describe('geometry', () => {
  test('distances on the sphere: a degree of latitude, and the other side of the globe', () => {
    const at = (latitude: number, longitude: number) => ({ latitude, longitude })
    expect(distanceM(at(0, 0), at(1, 0))).toBeCloseTo(111_195, 0)
    expect(distanceM(at(60, 0), at(60, 0.001))).toBeCloseTo(55.6, 1)
    expect(distanceM(at(10, 20), at(-10, -160))).toBeCloseTo(Math.PI * earthRadiusM, 0)
    // Vincenty on WGS 84: Berlin to Munich 504.42 km; the sphere is off by less than 0.6 %.
    const found = distanceM(at(52.52, 13.405), at(48.137, 11.575))
    expect(Math.abs(found / 504_420 - 1)).toBeLessThan(0.006)
  })

  test('the area of a box between parallels is exact, from a square metre to a country', () => {
    const sizes = fc.double({ min: 1e-5, max: 10, noNaN: true })
    fc.assert(
      fc.property(fc.double({ min: -80, max: 70, noNaN: true }), longitudes, sizes, (south, west, size) => {
        const { points } = box(south, west, size) as { readonly points: readonly LatLon[] }
        const area =
          earthRadiusM ** 2 * radians(size) * (Math.sin(radians(south + size)) - Math.sin(radians(south)))
        expect(Math.abs(polygonAreaM2(unroll(points)) / area - 1)).toBeLessThan(1e-5)
      }),
    )
  })

  test('the distance to an edge is within 1 % of the nearest of its points, up to 10 km and 80 degrees', () => {
    const distances = fc.double({ min: 1, max: 10_000, noNaN: true })
    fc.assert(
      fc.property(stars(latitudes), bearings, distances, (points, bearing, distance) => {
        const [latitude, longitude] = towards(points[0] ?? [0, 0], bearing, distance)
        const unrolled = unroll(points)
        const beside = (unrolled[0]?.[1] ?? 0) + wrapLongitude(longitude - (unrolled[0]?.[1] ?? 0))
        let nearest = Number.POSITIVE_INFINITY
        for (const [from, to] of edgesOf(unrolled)) {
          for (let step = 0; step <= 400; step++) {
            const at = [0, 1].map(
              (axis) => (from[axis] ?? 0) + (step / 400) * ((to[axis] ?? 0) - (from[axis] ?? 0)),
            )
            nearest = Math.min(
              nearest,
              distanceM({ latitude, longitude }, { latitude: at[0] ?? 0, longitude: at[1] ?? 0 }),
            )
          }
        }
        const found = edgeDistanceM(unrolled, latitude, beside)
        // Between two samples the real minimum may be nearer: an edge of 10 km is sampled every 25 m.
        expect(found).toBeLessThan(nearest * 1.01 + 0.01)
        expect(found).toBeGreaterThan(nearest * 0.99 - 15)
      }),
      { numRuns: 60 },
    )
  })
})

describe('circles', () => {
  test('W1, W2: inside up to the radius, near up to the larger of accuracy and 20 m beyond it', () => {
    const radii = fc.double({ min: 5, max: 100_000, noNaN: true })
    const factors = fc.double({ min: 0, max: 3, noNaN: true })
    fc.assert(
      fc.property(
        fc.tuple(fc.double({ min: -90, max: 90, noNaN: true }), longitudes),
        radii,
        bearings,
        factors,
        accuracies,
        (middle, radiusM, bearing, factor, accuracyM) => {
          const margin = Math.max(accuracyM ?? 0, 20)
          const distance = factor < 2 ? factor * radiusM : radiusM + (factor - 2) * 2 * margin
          fc.pre(Math.abs(distance - radiusM) > 0.01 && Math.abs(distance - radiusM - margin) > 0.01)
          const found = locate(
            [place('c', circle(...middle, radiusM))],
            towards(middle, bearing, distance),
            accuracyM,
          )
          expect(names(found)).toEqual([
            distance < radiusM ? 'c' : null,
            distance < radiusM + margin ? ['c'] : [],
          ])
        },
      ),
      { numRuns: 500 },
    )
  })

  test('W3: far north a metre is more degrees of longitude, and the box allows for it', () => {
    const hall = place('hall', circle(70, 25, 50))
    expect(names(locate([hall], towards([70, 25], Math.PI / 2, 95), 50))).toEqual([null, ['hall']])
  })

  test('W3: a circle across the antimeridian is found from both sides', () => {
    for (const longitude of [180, -180, 179.9995, -179.9995]) {
      const buoy = place('buoy', circle(-17, longitude, 200))
      for (const at of [179.9996, 180, -180, -179.9996]) expect(locate([buoy], [-17, at]).inside).toBe(buoy)
    }
  })

  test('a circle over a pole reaches every longitude', () => {
    const pole = place('pole', circle(89.9, 0, 50_000))
    expect(locate([pole], [89.8, 180]).inside).toBe(pole)
    expect(locate([pole], [89.8, 90]).inside).toBe(pole)
    expect(locate([pole], [89, 180]).near).toEqual([])
  })
})

describe('many fences', () => {
  const geofences = fc.oneof(
    fc.tuple(latitudes, longitudes, fc.integer({ min: 5, max: 5_000 })).map((of) => circle(...of)),
    stars(latitudes).map((points): Geofence => ({ type: 'polygon', points })),
  )

  /** Without boxes and without order: each fence on its own. */
  function naive(places: readonly Place[], { latitude, longitude, accuracyM }: Position): Located<Place> {
    const margin = Math.max(accuracyM ?? 0, 20)
    const judged = places.map((each) => {
      const { geofence } = each
      if (geofence.type === 'circle') {
        const beyond = Math.max(0, distanceM(geofence, { latitude, longitude }) - geofence.radiusM)
        const area = Math.PI * geofence.radiusM ** 2
        return { each, beyond, area }
      }
      const unrolled = unroll(geofence.points)
      const lons = unrolled.map(([, lon]) => lon)
      const middle = (Math.min(...lons) + Math.max(...lons)) / 2
      const beside = middle + wrapLongitude(longitude - middle)
      const isInside = contains(unrolled, latitude, beside)
      const beyond = isInside ? 0 : edgeDistanceM(unrolled, latitude, beside)
      return { each, beyond, area: polygonAreaM2(unrolled) }
    })
    const near = judged.filter(({ beyond }) => beyond <= margin)
    const smallest = near.filter(({ beyond }) => beyond === 0).sort((one, other) => one.area - other.area)
    return { inside: smallest[0]?.each ?? null, near: near.map(({ each }) => each) }
  }

  test('W1, W2, W3: the answer is that of every fence looked at on its own', () => {
    const offsets = fc.double({ min: 0, max: 6_000, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(geofences, { minLength: 1, maxLength: 8 }),
        fc.nat(7),
        bearings,
        offsets,
        accuracies,
        (shapes, chosen, bearing, offset, accuracyM) => {
          const places = shapes.map((shape, index) => place(`${index}`, shape))
          const target = shapes[chosen % shapes.length]
          if (target === undefined) return
          const anchor: LatLon =
            target.type === 'circle' ? [target.latitude, target.longitude] : (target.points[0] ?? [0, 0])
          const [latitude, longitude] = towards(anchor, bearing, offset)
          const fix = { latitude, longitude, accuracyM }
          const found = locateFix(prepareFences(places), fix)
          const expected = naive(places, fix)
          expect(found.inside).toBe(expected.inside)
          expect(new Set(found.near)).toEqual(new Set(expected.near))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('turning the globe under fences and fix changes nothing, also where they lie across the antimeridian', () => {
    fc.assert(
      fc.property(
        stars(latitudes),
        fc.double({ min: -180, max: 180, noNaN: true }),
        bearings,
        fc.double({ min: 0, max: 8_000, noNaN: true }),
        (points, turn, bearing, offset) => {
          const turned = ([latitude, longitude]: LatLon): LatLon => [
            latitude,
            wrapLongitude(longitude + turn),
          ]
          const at = towards(points[0] ?? [0, 0], bearing, offset)
          const before = locate([place('p', { type: 'polygon', points })], at, 100)
          const after = locate([place('p', { type: 'polygon', points: points.map(turned) })], turned(at), 100)
          // A point within a hair of the border may change sides by rounding.
          const unrolled = unroll(points)
          const lon = (unrolled[0]?.[1] ?? 0) + wrapLongitude(at[1] - (unrolled[0]?.[1] ?? 0))
          const edge = edgeDistanceM(unrolled, at[0], lon)
          fc.pre(edge > 0.001 && Math.abs(edge - 100) > 0.001)
          expect(names(after)).toEqual(names(before))
        },
      ),
    )
  })

  test('W1: of nested fences the smallest; of equal ones the first', () => {
    const yard = place('yard', box(50, 8, 0.1))
    const dock = place('dock', circle(50.05, 8.05, 40))
    const twin = place('twin', circle(50.05, 8.05, 40))
    expect(names(locate([yard, dock, twin], [50.05, 8.05]))).toEqual(['dock', ['dock', 'twin', 'yard']])
    expect(names(locate([yard, dock], [50.06, 8.05]))).toEqual(['yard', ['yard']])
    expect(names(locate([yard, dock], [51, 8.05]))).toEqual([null, []])
  })

  test('W2: near the edge of the one and inside the other; nearest first', () => {
    const hall = place('hall', circle(50, 8, 100))
    const next = place('next', circle(...towards([50, 8], 0, 250), 100))
    const at = towards([50, 8], 0, 119)
    expect(names(locate([next, hall], at))).toEqual([null, ['hall']])
    expect(names(locate([next, hall], at, 32))).toEqual([null, ['hall', 'next']])
  })

  test('W2: a fix that is near very many fences names the nearest, the one it is in among them', () => {
    const places = Array.from({ length: 300 }, (_, index) =>
      place(`${index}`, circle(...towards([50, 8], 1, 40 + index * 10), 5)),
    )
    const home = place('home', circle(50, 8, 3_000))
    const { inside, near } = locate([...places, home], [50, 8], 50_000)
    expect(inside).toBe(home)
    expect(near).toHaveLength(nearMax)
    expect(near.slice(0, 3).map(({ name }) => name)).toEqual(['home', '0', '1'])
  })

  test('without fences there is nowhere to be', () => {
    expect(names(locate([], [0, 0], 1e9))).toEqual([null, []])
  })
})
