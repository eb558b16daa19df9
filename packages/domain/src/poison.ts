/**
 * A record that can't be processed, set aside with its coordinates. `poison` carries the bytes as they came, with
 * the reason and the coordinates in headers (`poison-reason`, `poison-detail`, `poison-topic`, `poison-partition`,
 * `poison-offset`, `poison-service`), so nothing is lost by a decoder that is wrong.
 */
export const poisonReasons = [
  'null_value',
  'bad_magic',
  'unknown_schema',
  'undecodable',
  'too_large',
  'invalid_json',
  'invalid_field',
  'unknown_organization',
  'timestamp_out_of_range',
] as const
export type PoisonReason = (typeof poisonReasons)[number]

/** Reads that are well formed and lead to nothing: counted by reason (`scanhook_reads_dropped_total`), not stored. */
export const dropReasons = [
  'duplicate',
  'unknown_tag',
  'unknown_device',
  'unknown_scan_point',
  'inactive_asset',
  'too_old',
] as const
export type DropReason = (typeof dropReasons)[number]
