/**
 * A scan: a known asset was seen at a scan point. Resolved from a read by the producer; what the `scans` topic
 * carries, keyed by org:asset. A scan is self-contained (names and settings included), so that a replay derives
 * byte-identical events however master data has changed since.
 */
import type { AssetRef, LocationRef, ScanPointKind, TagType } from './asset.ts'
import type { AssetId, LocationId, OrgId, ScanDeviceId, ScanPointId } from './ids.ts'
import type { MovementSettings } from './movement-settings.ts'

/** Where a scan was made, as master data had it then. Many scans share one; compare by content, not by identity. */
export interface Place {
  /** The scan point's location first, then its ancestors up to the root; empty when the point has no location. */
  readonly path: readonly LocationRef[]
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
  /** Resolved for this point: point over location over organization over system. */
  readonly settings: MovementSettings
}

/** Where a GPS tracker says it is; `place.path` is that of the smallest fence around it, empty outside all. */
export interface Fix {
  /** Degrees, WGS 84. */
  readonly latitude: number
  readonly longitude: number
  /** Radius of the error circle; null when the tracker does not say. */
  readonly accuracyM: number | null
  /** Fenced locations that it is not certainly outside of: nearer than the fence's edge and its own error. */
  readonly nearIds: readonly LocationId[]
}

export interface ScanTag {
  readonly tagType: TagType
  readonly value: string
}

export interface Scan {
  readonly kind: 'scan'
  readonly orgId: OrgId
  /** Stable over redeliveries: the client's read id, else a hash of (org, device, antenna, tag, read time). */
  readonly scanId: string
  readonly asset: AssetRef
  readonly place: Place
  readonly tag: ScanTag
  /** Null unless the read brought a position. */
  readonly fix: Fix | null
  /** The reader's clock as it was; informational. */
  readonly readAtMs: number | null
  /** When our front door (or the upstream Kafka record's timestamp) saw it, epoch ms. Moves the partition's clock. */
  readonly receivedAtMs: number
  /** When it was made, as far as the reader's clock can be believed; never after `receivedAtMs`. The time that decides. */
  readonly atMs: number
  readonly rssiCdbm: number | null
  readonly reads: number
}

/** Moves a partition's clock on when no scan does; written once a second by the partition's owner. */
export interface Tick {
  readonly kind: 'tick'
  readonly atMs: number
}

/** A reader that was heard, be it by a heartbeat or by a read of anybody's tag. */
export interface HeardDevice {
  readonly orgId: OrgId
  readonly deviceId: ScanDeviceId
  readonly lastHeardMs: number
  /** Since when it has been heard without a gap as long as its `deviceOfflineMs`. */
  readonly aliveSinceMs: number
}

/**
 * Readers heard since the last such record; written into every partition of `scans` by each producer. Only with it
 * can an asset's silence be told from its reader's. Moves the partition's clock like a tick.
 */
export interface Liveness {
  readonly kind: 'liveness'
  readonly atMs: number
  readonly devices: readonly HeardDevice[]
}

/** What a withdrawal withdraws. A tag's concerns the asset it was on, and only if that was last heard by this tag. */
export type Withdrawn =
  | { readonly kind: 'asset'; readonly assetId: AssetId }
  | { readonly kind: 'tag'; readonly assetId: AssetId; readonly value: string }
  /** In every partition: who is there is not known to whoever writes it. */
  | { readonly kind: 'location'; readonly locationId: LocationId }

/** An asset or a location was deleted, or a tag was taken off its asset. */
export interface Withdrawal {
  readonly kind: 'withdrawal'
  readonly orgId: OrgId
  readonly atMs: number
  readonly withdrawn: Withdrawn
}

export type ScanRecord = Scan | Tick | Liveness | Withdrawal
