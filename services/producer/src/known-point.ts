/**
 * A scan point as reads are resolved with it: found once, with the finished place that all of its scans carry. What
 * settings hold there is decided here, at look-up, and not for every read.
 *
 * Invariants
 *   K1. Scans of one point share one place, scans of a tracker one per fence, until something of it has changed.
 *   K2. Places per tracker are bounded by `placesMax`; beyond it they are made anew.
 */
import type { Fences } from '@scanhook/domain/fencing/locate-fix'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import type { Place } from '@scanhook/domain/scan'
import { resolveSettings, settingsInterner } from '@scanhook/domain/setting/resolve-settings'
import type { FencedLocation } from '@scanhook/postgres/fence-lookup'
import type { ResolvedPoint } from '@scanhook/postgres/scan-lookup'

export interface KnownPoint {
  readonly place: Place
  readonly isActive: boolean
  /** Of a fix: in the fenced location, or nowhere. Its settings then count instead of those of the point's own location. */
  readonly placeIn: (fenced: FencedLocation | null) => Place
}

export type KnownFences = Fences<FencedLocation>

/** A fleet behind one scan point passes fewer fences between two look-ups of the point (10 minutes); 100 bytes each. */
const placesMax = 1_000
/** Different outcomes of all settings, 300 bytes each: more than there are reasons to set them differently. */
const settingsMax = 10_000

/** `system` is the word of the deployment's configuration, the last before the defaults. */
export function pointFinisher(system: MovementOverrides): (point: ResolvedPoint) => KnownPoint {
  const intern = settingsInterner(settingsMax)
  return (found) => {
    const { device, point, isActive, overrides } = found
    const placeAt = (path: Place['path'], ofPath: readonly MovementOverrides[]): Place => ({
      path,
      device,
      point,
      settings: intern(
        resolveSettings(point.kind, [overrides.point, ...ofPath, overrides.organization, system]),
      ),
    })
    // By object: fences that were looked up anew are other objects, and so get other places.
    const places = new Map<FencedLocation | null, Place>()
    return {
      place: placeAt(found.path, overrides.locations),
      isActive,
      placeIn: (fenced) => {
        const known = places.get(fenced)
        if (known !== undefined) return known
        const made = fenced === null ? placeAt([], []) : placeAt(fenced.path, fenced.overrides)
        if (places.size >= placesMax) places.clear() // K2
        places.set(fenced, made)
        return made
      },
    }
  }
}
