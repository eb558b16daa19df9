/** The tracked thing and the place it can be in, as they travel inside scans and events: both id forms and the name. */
import type { AssetId, LocationId } from './ids.ts'

export interface AssetRef {
  readonly id: AssetId
  readonly externalKey: string
  readonly name: string
}

export interface LocationRef {
  readonly id: LocationId
  readonly externalKey: string
  readonly name: string
  readonly parentId: LocationId | null
  readonly parentExternalKey: string | null
}

/** TrakRF's three, and `gps`: a tracker is its own tag. */
export const tagTypes = ['rfid', 'ble', 'barcode', 'gps'] as const
export type TagType = (typeof tagTypes)[number]

/** What silence at a scan point means differs by kind (docs/reference/events.md). */
export const scanPointKinds = ['zone', 'portal', 'manual', 'gps'] as const
export type ScanPointKind = (typeof scanPointKinds)[number]
