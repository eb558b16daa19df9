/** What the rules of movement may be told. The tables of docs/reference/events.md; measured on real walks. */
export interface MovementSettings {
  /** An `asset.scanned` per (asset, location) at most this often; 0 is every scan. */
  readonly scanSuppressMs: number
  /** How long a candidate must stand before it is where the asset is. */
  readonly confirmMs: number
  /** Reads that a candidate needs, itself included, before it is where the asset is. Not asked on a first sighting. */
  readonly confirmReads: number
  /** How much weaker than the candidate's best a read of the present location must be not to contradict it. */
  readonly switchMarginCdbm: number
  /** A scan received this long before the last transition happened is late: it decides nothing any more. */
  readonly reorderMs: number
  /** `path`: enter and exit every level up to what old and new place have in common; `leaf`: the place itself only. */
  readonly hierarchyEvents: 'path' | 'leaf'
}

export const defaultMovementSettings: MovementSettings = {
  // TrakRF keeps one history row per asset and minute.
  scanSuppressMs: 60_000,
  // On nine real BLE walks, waiting 1.5 s also on the first sighting found the right zone in 8 of 9, at once in 0 of 9.
  confirmMs: 1_500,
  confirmReads: 2,
  // On three real BLE walks with single reads: 6 dB found all 9 changes and no false one, 3 dB made 13 false ones,
  // and without a margin overlapping gateways contradicted every candidate: none was found.
  switchMarginCdbm: 600,
  // Antennas of one reader were seen at most 0.22 s out of order.
  reorderMs: 500,
  hierarchyEvents: 'path',
}
