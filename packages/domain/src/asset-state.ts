/**
 * What the tracker knows of one asset. Written to the compacted `asset-state` topic; read back on assignment before
 * the first scan of the partition is processed. It holds names of places too, so that a replay after a rename still
 * derives the same bytes.
 */
import type { AssetRef, LocationRef } from './asset.ts'
import type { EventId, OrgId } from './ids.ts'

export interface Candidate {
  /** Leaf first, then ancestors. Never empty. */
  readonly path: readonly LocationRef[]
  /** Receive time of the first read of this candidate. */
  readonly sinceMs: number
  /** Receive time of its last read. */
  readonly lastSeenMs: number
  /** Reads of this candidate only, since it became one. */
  readonly reads: number
  readonly rssiMaxCdbm: number | null
}

export interface AssetState {
  readonly orgId: OrgId
  readonly asset: AssetRef
  /** Where it is: leaf first, then ancestors; empty while no location is confirmed. */
  readonly path: readonly LocationRef[]
  /** False after an absence exit; the path is then the last known one. */
  readonly isPresent: boolean
  readonly locationSinceMs: number | null
  readonly lastSeenMs: number
  readonly lastTransitionMs: number | null
  readonly candidate: Candidate | null
  readonly lastScannedEmitMs: number | null
  /** Leaf location of the last `asset.scanned`, because suppression is per (asset, location). */
  readonly lastScannedLocationId: number | null
  /** Reads since the last `asset.scanned`, and the best signal among them. */
  readonly readsSinceEmit: number
  readonly rssiMaxSinceEmitCdbm: number | null
  /** Sequence of the last event; 0 before the first. */
  readonly sequence: number
  readonly previousEventId: EventId | null
  /** The visit to the present leaf, pairing entered with exited; null when in no location. */
  readonly visitId: string | null
  /** Where the facts of the last scan are needed by a timer: what `scan` in the event's data shows. */
  readonly lastScanJson: string
  /** Offset on `scans` of the last scan or tick applied. A replayed record at or below it is skipped. */
  readonly offset: number
}
