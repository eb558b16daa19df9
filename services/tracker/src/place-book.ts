/**
 * The places, paths and settings that the states of one partition mention, each once, under a small number: a thousand
 * assets in one bay share one path, and a packed state names it in a byte or two.
 *
 * Grows by what is new: scan points times the places and settings that each had since the partition was taken over.
 * People change those by hand; a tracker of GPS devices has one entry per device and fence that it was in.
 *
 * Invariant
 *   K1. Equal content has one number and one object; a number stands for the same content for ever.
 */
import assert from 'node:assert/strict'
import type { LocationRef } from '@scanhook/domain/asset'
import type { MovementSettings } from '@scanhook/domain/movement-settings'
import { isSamePath, isSameSettings } from '@scanhook/domain/same-place'
import type { Place } from '@scanhook/domain/scan'

export interface PlaceBook {
  /** The one object of this content. */
  canonical(place: Place): Place
  numberOf(place: Place): number
  placeAt(number: number): Place
  pathNumberOf(path: readonly LocationRef[]): number
  pathAt(number: number): readonly LocationRef[]
  /** A location's own number, from 1: its id takes 52 bits. */
  locationNumberOf(id: number): number
  locationIdAt(number: number): number
  /** Numbers of all paths that a location is on. */
  pathsWith(locationId: number): ReadonlySet<number>
  size(): number
}

export function placeBook(): PlaceBook {
  const places: Place[] = []
  const placeNumbers = new Map<Place, number>()
  const placesByPoint = new Map<number, Place[]>()
  const paths: (readonly LocationRef[])[] = []
  const pathNumbers = new Map<readonly LocationRef[], number>()
  const pathsByLeaf = new Map<number, (readonly LocationRef[])[]>()
  const settings: MovementSettings[] = []
  const locationIds: number[] = []
  const locationNumbers = new Map<number, number>()

  function canonicalPath(path: readonly LocationRef[]): readonly LocationRef[] {
    if (pathNumbers.has(path)) return path
    const leaf = path[0]?.id ?? 0
    const versions = pathsByLeaf.get(leaf) ?? []
    const known = versions.find((version) => isSamePath(version, path))
    if (known !== undefined) return known
    pathsByLeaf.set(leaf, [...versions, path])
    pathNumbers.set(path, paths.push(path) - 1)
    return path
  }

  function canonicalSettings(own: MovementSettings): MovementSettings {
    const known = settings.find((version) => version === own || isSameSettings(version, own))
    if (known !== undefined) return known
    settings.push(own)
    return own
  }

  function canonical(place: Place): Place {
    if (placeNumbers.has(place)) return place
    const versions = placesByPoint.get(place.point.id) ?? []
    const known = versions.find((version) => isSamePlace(version, place))
    if (known !== undefined) return known
    const shared = { ...place, path: canonicalPath(place.path), settings: canonicalSettings(place.settings) }
    placesByPoint.set(place.point.id, [...versions, shared])
    placeNumbers.set(shared, places.push(shared) - 1)
    return shared
  }

  return {
    canonical,
    numberOf: (place) => placeNumbers.get(place) ?? placeNumbers.get(canonical(place)) ?? 0,
    placeAt: (number) => entryOf(places, number),
    pathNumberOf: (path) => pathNumbers.get(path) ?? pathNumbers.get(canonicalPath(path)) ?? 0,
    pathAt: (number) => entryOf(paths, number),
    locationNumberOf(id) {
      const known = locationNumbers.get(id)
      if (known !== undefined) return known
      const number = locationIds.push(id)
      locationNumbers.set(id, number)
      return number
    },
    locationIdAt: (number) => entryOf(locationIds, number - 1),
    pathsWith(locationId) {
      const numbers = new Set<number>()
      for (const [number, path] of paths.entries()) {
        if (path.some((location) => location.id === locationId)) numbers.add(number)
      }
      return numbers
    },
    size: () => places.length,
  }
}

function entryOf<T>(list: readonly T[], number: number): T {
  const entry = list[number]
  assert(entry !== undefined, 'a number was given by this book')
  return entry
}

function isSamePlace(one: Place, other: Place): boolean {
  const { device, point } = one
  return (
    point.kind === other.point.kind &&
    point.antennaPort === other.point.antennaPort &&
    device.id === other.device.id &&
    device.name === other.device.name &&
    device.externalKey === other.device.externalKey &&
    device.type === other.device.type &&
    isSamePath(one.path, other.path) &&
    (one.settings === other.settings || isSameSettings(one.settings, other.settings))
  )
}
