/**
 * A scan: a known asset was seen at a scan point. Resolved from a read by the producer; what the `scans` topic
 * carries, keyed by org:asset. A scan is self-contained (names included), so that a replay derives byte-identical
 * events however master data has changed since.
 */
import type { AssetRef, LocationRef, ScanPointKind, TagType } from './asset.ts'
import type { OrgId, ScanDeviceId, ScanPointId } from './ids.ts'

export interface Scan {
  readonly kind: 'scan'
  readonly orgId: OrgId
  /** Stable over redeliveries: the client's read id, else a hash of (org, device, antenna, tag, read time). */
  readonly scanId: string
  readonly asset: AssetRef
  /** The scan point's location first, then its ancestors up to the root; empty when the point has no location. */
  readonly path: readonly LocationRef[]
  readonly tag: { readonly tagType: TagType; readonly value: string }
  readonly device: {
    readonly id: ScanDeviceId
    readonly externalKey: string
    readonly name: string
    readonly type: string
  }
  readonly point: {
    readonly id: ScanPointId
    readonly antennaPort: number
    readonly kind: ScanPointKind
  }
  readonly readAtMs: number | null
  /** When our front door (or the upstream Kafka record's timestamp) saw it, epoch ms. The time that decides. */
  readonly receivedAtMs: number
  readonly rssiCdbm: number | null
  readonly reads: number
}

/** Moves a partition's clock on when no scan does; written once a second by the partition's owner. */
export interface Tick {
  readonly kind: 'tick'
  readonly atMs: number
}

export type ScanRecord = Scan | Tick
