/** Record keys: what must stay in order together shares a key, and so a partition. Written once, here. */
import type { AssetId, EndpointId, OrgId } from '@scanhook/domain/ids'
import type { MasterDataKind } from '@scanhook/domain/master-data'

/** Key on `scans`, `asset-state` and (for asset events) `events`. */
export function assetKey(orgId: OrgId, assetId: AssetId): string {
  return `${orgId}:${assetId}`
}

/** The other way round; null for a key that is not of this form. */
export function parseAssetKey(key: Buffer): { readonly orgId: number; readonly assetId: number } | null {
  const ids = /^(\d{1,16}):(\d{1,16})$/.exec(key.toString('latin1'))
  return ids === null ? null : { orgId: Number(ids[1]), assetId: Number(ids[2]) }
}

/** Key on `events` for business events; `subject` as in `DomainEvent.subject`, e.g. `shipment:S-17`. */
export function subjectKey(orgId: OrgId, subject: string): string {
  return `${orgId}:${subject}`
}

/** Key on `deliveries`, the retry tiers, `deliveries.dead`, `attempts` and `endpoint-events`. */
export function endpointKey(endpointId: EndpointId): string {
  return `${endpointId}`
}

/** Key on `master-data`: the compaction keeps the last announcement of each. */
export function masterDataKey(orgId: OrgId, kind: MasterDataKind, id: number): string {
  return `${orgId}:${kind}:${id}`
}
