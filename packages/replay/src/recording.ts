/**
 * A recording: a small installation (places, readers, assets) and what its readers saw, in the order and with the
 * timing in which they saw it. Owns the nouns; the text form is in parse-recording.ts and render-recording.ts.
 */
import type { ScanPointKind, TagType } from '@scanhook/domain/asset'

export interface RecordedLocation {
  readonly externalKey: string
  readonly name: string
  /** Stands before its children in the list; null for a root. */
  readonly parentExternalKey: string | null
}

export interface RecordedScanPoint {
  readonly antennaPort: number
  readonly locationExternalKey: string | null
  readonly kind: ScanPointKind
}

export interface RecordedScanDevice {
  readonly externalKey: string
  readonly name: string
  readonly type: string
  readonly scanPoints: readonly RecordedScanPoint[]
}

export interface RecordedAsset {
  readonly externalKey: string
  readonly name: string
  readonly tags: readonly { readonly tagType: TagType; readonly value: string }[]
}

export interface RecordingHeader {
  readonly name: string
  readonly description: string
  readonly locations: readonly RecordedLocation[]
  readonly scanDevices: readonly RecordedScanDevice[]
  readonly assets: readonly RecordedAsset[]
}

export interface RecordedRead {
  /** Milliseconds since the recording began; never falls from one read to the next. */
  readonly atMs: number
  /** External key of the scan device. */
  readonly device: string
  readonly antennaPort: number
  readonly tag: { readonly type: TagType; readonly value: string }
  /** Null when the reader gave none. */
  readonly rssiDbm: number | null
}

export interface Recording {
  readonly header: RecordingHeader
  readonly reads: Iterable<RecordedRead>
}
