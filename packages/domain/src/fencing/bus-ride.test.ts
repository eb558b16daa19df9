/** A recorded bus ride of 2019 through a city in the west of Ireland, past a handful of fences along its way. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Geofence, LatLon } from '../geofence.ts'
import { type Fenced, locateFix, prepareFences } from './locate-fix.ts'

const file = resolve(import.meta.dirname, '../../../../../shared/data/gps/bus-304-2019-02-18.gpx.gz')
const isHere = existsSync(file)

interface Stop extends Fenced {
  readonly name: string
}

/** At every quarter of the ride. */
function stopsAlong(track: readonly LatLon[]): readonly Stop[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share, index): Stop => {
    const [latitude, longitude] = track[Math.round(share * (track.length - 1))] ?? [0, 0]
    return { name: `stop ${index + 1}`, geofence: fenceAround([latitude, longitude], index) }
  })
}

/** Circles and polygons in turns, some 60 m around. */
function fenceAround([latitude, longitude]: LatLon, index: number): Geofence {
  if (index % 2 === 0) return { type: 'circle', latitude, longitude, radiusM: 60 }
  const corners = [
    [-1, -1],
    [-1, 1],
    [1, 1],
    [1, -1],
  ]
  return {
    type: 'polygon',
    points: corners.map(([y = 0, x = 0]): LatLon => [latitude + y * 0.00055, longitude + x * 0.0009]),
  }
}

test.skipIf(!isHere)(
  `a real bus ride passes the fences on its way in order${isHere ? '' : ' (skipped: the recording is not here)'}`,
  () => {
    const gpx = gunzipSync(readFileSync(file)).toString()
    const track = [...gpx.matchAll(/<trkpt lat="([^"]+)" lon="([^"]+)"/g)].map(
      ([, latitude, longitude]): LatLon => [Number(latitude), Number(longitude)],
    )
    expect(track.length).toBeGreaterThan(2_000)
    const fences = prepareFences(stopsAlong(track))
    const passed: string[] = []
    for (const [latitude, longitude] of track) {
      const { inside, near } = locateFix(fences, { latitude, longitude, accuracyM: 10 })
      if (inside === null) continue
      expect(near).toContain(inside)
      if (passed.at(-1) !== inside.name) passed.push(inside.name)
    }
    expect(passed).toEqual(['stop 1', 'stop 2', 'stop 3', 'stop 4', 'stop 5'])
  },
)
