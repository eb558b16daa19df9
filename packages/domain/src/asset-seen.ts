/**
 * Who was seen lately: the `asset-seen` topic. An asset that is read all the time gets one `asset.scanned` a minute,
 * and yet its last sighting is known within two seconds; this is what carries the difference. Best effort by design:
 * a record that is lost is made up for by the next one, or by the asset's next event.
 */
import type { AssetId, OrgId } from './ids.ts'

export interface SeenAsset {
  readonly orgId: OrgId
  readonly assetId: AssetId
  /** Epoch ms. */
  readonly lastSeenMs: number
}

export interface AssetSeen {
  /** When it was written, epoch ms. */
  readonly atMs: number
  readonly seen: readonly SeenAsset[]
}

/** Entries of one record at most: 27 bytes each at the very most, so 135 kB, half of what the topic lets through. */
export const seenPerRecordMax = 5_000
