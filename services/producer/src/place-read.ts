/** Where a read was made: at its scan point, or, for a tracker's fix, in the smallest fence around it. Pure. */
import { locateFix } from '@scanhook/domain/fencing/locate-fix'
import type { ScanRead } from '@scanhook/domain/read'
import type { Fix, Place } from '@scanhook/domain/scan'
import type { KnownFences, KnownPoint } from './known-point.ts'

export interface Placed {
  readonly place: Place
  readonly fix: Fix | null
}

/** A position counts where the scan point says that it is a tracker's; elsewhere the antenna knows better. */
export function bringsFix(read: ScanRead, point: KnownPoint | null | undefined): boolean {
  return read.position !== null && point?.place.point.kind === 'gps'
}

/** `fences` of the read's organization; asked only where `bringsFix`. */
export function placeRead(read: ScanRead, point: KnownPoint, fences: KnownFences | null): Placed {
  const { position } = read
  if (position === null || fences === null) return { place: point.place, fix: null }
  const { inside, near } = locateFix(fences, position)
  const nearIds = near.flatMap(({ path }) => path[0]?.id ?? [])
  return { place: point.placeIn(inside), fix: { ...position, nearIds } }
}
