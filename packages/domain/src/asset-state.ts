/**
 * What the tracker knows of one asset. Written to the compacted `asset-state` topic; read back on assignment before
 * the first scan of the partition is processed. It holds names of places and the settings in force too, so that a
 * replay after a change of either still derives the same bytes. Only whole numbers where time or signal is counted:
 * what is packed and unpacked again is then exactly what it was.
 */
import type { AssetRef, LocationRef } from './asset.ts'
import type { EventId, LocationId, OrgId } from './ids.ts'
import type { Place, ScanTag } from './scan.ts'

/** The facts of one or more scans at one scan point, as an event shows them. */
export interface ScanFacts {
  readonly place: Place
  readonly tag: ScanTag
  /** Of the last of them. */
  readonly readAtMs: number | null
  readonly receivedAtMs: number
  /** Best signal among them. */
  readonly rssiCdbm: number | null
  /** How many reads they stand for. */
  readonly reads: number
}

/** Where the asset seems to be going: `facts.place.path[0]`, or nowhere for a GPS fix outside all fences. */
export interface Candidate {
  /** Its own scans since it became the candidate; `reads` counts only these. */
  readonly facts: ScanFacts
  /** Asset time at which it took the lead; on a first sighting that of the first read anywhere. */
  readonly sinceMs: number
}

/** How well one scan point hears the asset. */
export interface Slot {
  readonly place: Place
  /** Smoothed signal in hundredths of a dBm; null while no read had one. */
  readonly levelCdbm: number | null
  /** How much the level weighs against the next read, in hundredths of a read, as of `lastMs`. */
  readonly weightHundredths: number
  /** Asset time of its last read. */
  readonly lastMs: number
  /** Reads since it has the slot. */
  readonly reads: number
}

/** A stay in one location of the path, from `location.entered` to `location.exited`. */
export interface Visit {
  /** Sequence of the first event of the transition that began it; the visit's id follows from it. */
  readonly firstSequence: number
  /** When it began: the `occurred_at` of its `location.entered`. */
  readonly sinceMs: number
}

/** What is remembered of an asset's sightings in one location, because `asset.scanned` is suppressed per (asset, location). */
export interface Sighting {
  /** Null for scan points without a location. */
  readonly locationId: LocationId | null
  /** Asset time of the last `asset.scanned` there. */
  readonly emittedAtMs: number
  /** Reads since then, and the best signal among them; the next `asset.scanned` carries both. */
  readonly reads: number
  readonly rssiMaxCdbm: number | null
}

/** The last late sighting that was reported; a batch uploaded hours later must not be a flood. */
export interface LateSighting {
  readonly locationId: LocationId | null
  readonly atMs: number
}

/** The last GPS fix that was believed, in ten-millionths of a degree. */
export interface LastFix {
  readonly latitudeE7: number
  readonly longitudeE7: number
  readonly atMs: number
}

export interface AssetState {
  readonly orgId: OrgId
  readonly asset: AssetRef
  /** Where it is, as it was entered: leaf first, then ancestors; empty while no location is known. */
  readonly path: readonly LocationRef[]
  /** Where it was heard last in that location: whose silence counts, and by which settings. */
  readonly here: Place | null
  /** The stay in each location of `path`, in the same order; empty while the asset is nowhere or absent. */
  readonly visits: readonly Visit[]
  /** False before the first location, and after an exit without an entry; the path is then the last known one. */
  readonly isPresent: boolean
  /** Largest time among its scans that were not late: the asset's own clock, which never goes back. */
  readonly lastSeenMs: number
  /** `occurred_at` of the last transition. */
  readonly lastTransitionMs: number | null
  /** Passive reads do not move it before this. */
  readonly heldUntilMs: number | null
  readonly candidate: Candidate | null
  /** At most `slotsMax` (movement/slots.ts). */
  readonly slots: readonly Slot[]
  /** Newest first, at most `sightingsMax` of them (movement/sighting.ts). */
  readonly sightings: readonly Sighting[]
  readonly late: LateSighting | null
  readonly lastFix: LastFix | null
  /** The last scan that was not late: what an exit by silence shows, and by which tag the asset is known to be. */
  readonly lastScan: ScanFacts
  /** Sequence of the last event; 0 before the first. */
  readonly sequence: number
  readonly previousEventId: EventId | null
  /** Offset on `scans` of the last record applied. A replayed record at or below it is skipped. */
  readonly offset: number
}
