/**
 * A change announcement on the compacted `master-data` topic, written through the transactional outbox. Caches
 * invalidate from it; `endpoint` announcements carry the whole document, because the data plane lives from them.
 */
import type { OrgId } from './ids.ts'

export const masterDataKinds = [
  'asset',
  'tag',
  'location',
  'scan_device',
  'scan_point',
  'endpoint',
  'organization',
] as const
export type MasterDataKind = (typeof masterDataKinds)[number]

export interface MasterDataChange {
  readonly orgId: OrgId
  readonly kind: MasterDataKind
  readonly id: number
  /** Position in the outbox: grows over all changes. */
  readonly version: number
  readonly changedAtMs: number
  readonly isDeleted: boolean
  /**
   * JSON. `endpoint`: an `Endpoint`. `tag`: `{"match_key","tag_type","asset_id","value"}`. `scan_device`: `{"external_key"}`.
   * `scan_point`: `{"device_external_key","antenna_port"}`. Others: `{}`. What a cache needs to find its entry, never a secret in clear.
   */
  readonly document: string
}
