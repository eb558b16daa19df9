/** AssetRef and LocationRef, which several records contain. */
import type { AssetRef, LocationRef } from '@scanhook/domain/asset'
import { assetId, locationId } from '@scanhook/domain/ids'

export interface RawAssetRef {
  readonly id: number
  readonly external_key: string
  readonly name: string
}

export interface RawLocationRef {
  readonly id: number
  readonly external_key: string
  readonly name: string
  readonly parent_id: number | null
  readonly parent_external_key: string | null
}

export function assetToRaw(asset: AssetRef): RawAssetRef {
  return { id: asset.id, external_key: asset.externalKey, name: asset.name }
}

export function assetFromRaw(raw: RawAssetRef): AssetRef {
  return { id: assetId(raw.id), externalKey: raw.external_key, name: raw.name }
}

export function pathToRaw(path: readonly LocationRef[]): RawLocationRef[] {
  const raw: RawLocationRef[] = []
  for (const location of path) {
    raw.push({
      id: location.id,
      external_key: location.externalKey,
      name: location.name,
      parent_id: location.parentId,
      parent_external_key: location.parentExternalKey,
    })
  }
  return raw
}

export function pathFromRaw(raw: readonly RawLocationRef[]): LocationRef[] {
  const path: LocationRef[] = []
  for (const location of raw) {
    path.push({
      id: locationId(location.id),
      externalKey: location.external_key,
      name: location.name,
      parentId: location.parent_id === null ? null : locationId(location.parent_id),
      parentExternalKey: location.parent_external_key,
    })
  }
  return path
}
