/**
 * What the rules of movement may be told, and what they do when nobody tells them. Settings stand on a scan point, on
 * its location (or one above it), on the organization, and in the deployment's configuration, in this order of
 * precedence. The producer resolves them for every scan and writes the result into it, so that a replay derives the
 * same events however settings have changed since.
 *
 * Sources of the defaults and ranges: docs/reference/settings.md.
 */
import type { ScanPointKind } from './asset.ts'

export interface MovementSettings {
  /** An `asset.scanned` per (asset, location) at most this often; 0 is every scan. */
  readonly scanSuppressMs: number
  /** Time constant of the smoothing per scan point; 0 takes the last read. */
  readonly smoothingMs: number
  /** How long a scan point's signal counts after its last read. */
  readonly slotFreshMs: number
  /** By how much a place must be louder than the asset's own to become a candidate. */
  readonly switchMarginCdbm: number
  /** How long a candidate must lead before it is where the asset is. */
  readonly confirmMs: number
  /** Reads of the candidate that this takes, while anything else is heard. */
  readonly confirmReads: number
  /** The same wait for an asset that is nowhere yet: nobody knows what the other readers will say. */
  readonly firstConfirmMs: number
  /** A candidate with fewer reads wins when nothing at all was heard for so long: tags that speak twice a minute. */
  readonly quietConfirmMs: number
  /** Weaker reads are not heard at all; null hears everything. */
  readonly rssiFloorCdbm: number | null
  /** Silence after which an asset has left; null: silence means nothing. */
  readonly exitTimeoutMs: number | null
  /** Silence of a reader after which it counts as offline, and its assets' silence means nothing; null: not asked. */
  readonly deviceOfflineMs: number | null
  /** After a manual or portal read, passive reads move the asset no sooner than this. */
  readonly manualHoldMs: number
  /** How far a reader's clock, its usual offset taken off, may stray and still be believed to the millisecond. */
  readonly maxClockSkewMs: number
  /** A scan that is older than what is known by more than this is late: it decides nothing any more. */
  readonly reorderMs: number
  /** A read that is older than this when it arrives is refused. */
  readonly lateLimitMs: number
  /** `path`: enter and exit every level up to what old and new place have in common; `leaf`: the place itself only. */
  readonly hierarchyEvents: 'path' | 'leaf'
}

/** Some of them, as one level of precedence says. A key that is absent leaves the word to the next level. */
export type MovementOverrides = { readonly [K in keyof MovementSettings]?: MovementSettings[K] | undefined }

const zone: MovementSettings = {
  // TrakRF keeps one history row per asset and minute.
  scanSuppressMs: 60_000,
  smoothingMs: 1_000,
  slotFreshMs: 5_000,
  switchMarginCdbm: 300,
  confirmMs: 1_500,
  confirmReads: 2,
  firstConfirmMs: 3_000,
  quietConfirmMs: 10_000,
  rssiFloorCdbm: null,
  exitTimeoutMs: 300_000,
  deviceOfflineMs: 60_000,
  manualHoldMs: 60_000,
  maxClockSkewMs: 5_000,
  reorderMs: 500,
  lateLimitMs: 86_400_000,
  hierarchyEvents: 'path',
}

/** What holds where nobody says otherwise; silence and the wait differ by kind. */
export const defaultMovementSettings: Readonly<Record<ScanPointKind, MovementSettings>> = {
  zone,
  portal: { ...zone, exitTimeoutMs: null },
  manual: { ...zone, exitTimeoutMs: null },
  // A tracker reports once in a minute or so; a fix at a fence's edge must be confirmed by another.
  gps: { ...zone, confirmMs: 60_000, firstConfirmMs: 60_000, exitTimeoutMs: 3_600_000 },
}
