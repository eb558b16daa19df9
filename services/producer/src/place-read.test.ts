import type { LocationRef, ScanPointKind } from '@scanhook/domain/asset'
import { prepareFences } from '@scanhook/domain/fencing/locate-fix'
import { locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { defaultMovementSettings, type MovementOverrides } from '@scanhook/domain/movement-settings'
import type { Position, ScanRead } from '@scanhook/domain/read'
import type { FencedLocation } from '@scanhook/postgres/fence-lookup'
import type { LevelsOfPoint } from '@scanhook/postgres/scan-lookup'
import { describe, expect, test } from 'vitest'
import { type KnownPoint, pointFinisher } from './known-point.ts'
import { bringsFix, placeRead } from './place-read.ts'

const locationRef = (id: number): LocationRef => ({
  id: locationId(id),
  externalKey: `L-${id}`,
  name: `Place ${id}`,
  parentId: null,
  parentExternalKey: null,
})

function known(
  kind: ScanPointKind,
  levels: Partial<LevelsOfPoint>,
  system: MovementOverrides = {},
): KnownPoint {
  return pointFinisher(system)({
    device: { id: scanDeviceId(1), externalKey: 'd', name: 'D', type: 'x' },
    point: { id: scanPointId(2), antennaPort: 1, kind },
    path: [locationRef(3), locationRef(4)],
    overrides: { point: {}, locations: [{}, {}], organization: {}, ...levels },
    isActive: true,
  })
}

const read = (position: Position | null): ScanRead => ({
  orgId: orgId(7),
  readId: null,
  deviceKey: 'd',
  antennaPort: null,
  tagType: 'gps',
  tagValue: '359586015829802',
  readAtMs: null,
  rssiCdbm: null,
  reads: 1,
  position,
})

function fenced(id: number, radiusM: number, overrides: readonly MovementOverrides[] = [{}]): FencedLocation {
  return {
    geofence: { type: 'circle', latitude: 50, longitude: 8, radiusM },
    path: overrides.map((_, step) => locationRef(id + step)),
    overrides,
  }
}

const here: Position = { latitude: 50, longitude: 8, accuracyM: 12 }
const away: Position = { latitude: 51, longitude: 8, accuracyM: null }

describe('settings of a point', () => {
  test('point before location before the locations above it before organization before system', () => {
    const levels = {
      point: { confirmReads: 5 },
      locations: [
        { confirmReads: 4, confirmMs: 40 },
        { confirmMs: 30, reorderMs: 3 },
      ],
      organization: { confirmReads: 2, confirmMs: 20, reorderMs: 2, smoothingMs: 200 },
    }
    const system = { confirmReads: 1, confirmMs: 10, reorderMs: 1, smoothingMs: 100, slotFreshMs: 1_000 }
    expect(known('zone', levels, system).place.settings).toEqual({
      ...defaultMovementSettings.zone,
      confirmReads: 5,
      confirmMs: 40,
      reorderMs: 3,
      smoothingMs: 200,
      slotFreshMs: 1_000,
    })
  })

  test('K1: where nobody says anything, they are the very object of the defaults; equal ones of two points are one', () => {
    expect(known('portal', {}).place.settings).toBe(defaultMovementSettings.portal)
    const finish = pointFinisher({ confirmMs: 7 })
    const point = {
      device: { id: scanDeviceId(1), externalKey: 'd', name: 'D', type: 'x' },
      point: { id: scanPointId(2), antennaPort: 1, kind: 'zone' as const },
      path: [],
      overrides: { point: {}, locations: [], organization: {} },
      isActive: true,
    }
    expect(finish(point).place.settings).toBe(finish(point).place.settings)
  })
})

describe('a position', () => {
  test('counts at a tracker’s scan point only', () => {
    expect(bringsFix(read(here), known('gps', {}))).toBe(true)
    expect(bringsFix(read(here), known('zone', {}))).toBe(false)
    expect(bringsFix(read(null), known('gps', {}))).toBe(false)
    expect(bringsFix(read(here), undefined)).toBe(false)
  })

  test('places the read in the smallest fence and names the near ones; outside all it is nowhere', () => {
    const point = known('gps', {})
    const fences = prepareFences([fenced(20, 500), fenced(10, 100, [{}, {}])])
    const inside = placeRead(read(here), point, fences)
    expect(inside.place.path).toEqual([locationRef(10), locationRef(11)])
    expect(inside.fix).toEqual({ ...here, nearIds: [10, 20] })
    const outside = placeRead(read(away), point, fences)
    expect(outside.place.path).toEqual([])
    expect(outside.fix).toEqual({ ...away, nearIds: [] })
    expect(placeRead(read(null), point, null)).toEqual({ place: point.place, fix: null })
  })

  test('the fence’s location has its say about settings, and the point’s own location none', () => {
    const point = known('gps', {
      point: { confirmReads: 3 },
      locations: [{ reorderMs: 1 }, {}],
      organization: { confirmMs: 5, smoothingMs: 5 },
    })
    const fences = prepareFences([fenced(10, 100, [{ confirmReads: 9, confirmMs: 8 }, { confirmMs: 7 }])])
    expect(placeRead(read(here), point, fences).place.settings).toEqual({
      ...defaultMovementSettings.gps,
      confirmReads: 3,
      confirmMs: 8,
      smoothingMs: 5,
    })
    expect(placeRead(read(away), point, fences).place.settings).toEqual({
      ...defaultMovementSettings.gps,
      confirmReads: 3,
      confirmMs: 5,
      smoothingMs: 5,
    })
  })

  test('K1: one place for a point and a fence, until the fences are found anew', () => {
    const point = known('gps', {})
    const fences = prepareFences([fenced(10, 100)])
    const first = placeRead(read(here), point, fences).place
    expect(placeRead(read({ ...here, accuracyM: 1 }), point, fences).place).toBe(first)
    expect(placeRead(read(away), point, fences).place).toBe(placeRead(read(away), point, fences).place)
    const anew = placeRead(read(here), point, prepareFences([fenced(10, 100)])).place
    expect(anew).not.toBe(first)
    expect(anew).toEqual(first)
  })

  test('K2: a tracker that passes fence after fence is still placed right', () => {
    const point = known('gps', {})
    for (let id = 0; id < 2_500; id++) {
      const { place } = placeRead(read(here), point, prepareFences([fenced(id, 100)]))
      expect(place.path[0]?.id).toBe(id)
    }
  })
})
