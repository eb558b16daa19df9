/** AssetSeen: from the tracker to the recorder. */
import type { AssetSeen } from '@scanhook/domain/asset-seen'
import { assetId, orgId } from '@scanhook/domain/ids'
import type { RecordMapping } from '../record-mapping.ts'

export interface RawAssetSeen {
  readonly at_ms: number
  readonly seen: readonly {
    readonly org_id: number
    readonly asset_id: number
    readonly last_seen_ms: number
  }[]
}

export const assetSeenMapping: RecordMapping<AssetSeen, RawAssetSeen> = {
  file: 'asset-seen',
  toRaw: (record) => ({
    at_ms: record.atMs,
    seen: record.seen.map((asset) => ({
      org_id: asset.orgId,
      asset_id: asset.assetId,
      last_seen_ms: asset.lastSeenMs,
    })),
  }),
  fromRaw: (raw) => ({
    atMs: raw.at_ms,
    seen: raw.seen.map((asset) => ({
      orgId: orgId(asset.org_id),
      assetId: assetId(asset.asset_id),
      lastSeenMs: asset.last_seen_ms,
    })),
  }),
}
