/**
 * What the tracker knows of one asset. Written to the compacted `asset-state` topic; read back on assignment before
 * the first scan of the partition is processed. It holds names of places too, so that a replay after a rename still
 * derives the same bytes.
 */
import type { AssetRef, LocationRef } from './asset.ts'
import type { EventId, LocationId, OrgId } from './ids.ts'

export interface Candidate {
  /** Leaf first, then ancestors. Never empty. */
  readonly path: readonly LocationRef[]
  /** Asset time of the first read of this candidate; on a first sighting that of the first read anywhere. */
  readonly sinceMs: number
  /** Receive time of its last read; `receivedAtMs` of the events it leads to. */
  readonly lastSeenMs: number
  /** Reads of this candidate only, since it became one. */
  readonly reads: number
  readonly rssiMaxCdbm: number | null
}

/** A stay in one location of the path, from `location.entered` to `location.exited`. */
export interface Visit {
  /** Pairs the two events. */
  readonly visitId: string
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

export interface AssetState {
  readonly orgId: OrgId
  readonly asset: AssetRef
  /** Where it is: leaf first, then ancestors; empty while no location is confirmed. */
  readonly path: readonly LocationRef[]
  /** The stay in each location of `path`, in the same order; empty while the asset is nowhere or absent. */
  readonly visits: readonly Visit[]
  /** False before the first location, and after an absence exit; the path is then the last known one. */
  readonly isPresent: boolean
  /** Largest receive time among its scans: the asset's own clock, which never goes back. */
  readonly lastSeenMs: number
  /** `occurred_at` of the last transition. */
  readonly lastTransitionMs: number | null
  readonly candidate: Candidate | null
  /** Newest first, at most `sightingsMax` of them (movement/sighting.ts). */
  readonly sightings: readonly Sighting[]
  /** Sequence of the last event; 0 before the first. */
  readonly sequence: number
  readonly previousEventId: EventId | null
  /**
   * The `scan` member of event data, as text, for events that a timer derives: the candidate's last scan, or without
   * a candidate the scan of the last event. Not renewed by suppressed reads: that would cost more than the read.
   */
  readonly lastScanJson: string
  /** Offset on `scans` of the last scan or tick applied. A replayed record at or below it is skipped. */
  readonly offset: number
}
