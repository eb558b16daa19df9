/** What the screens of assets ask the API for. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { type ListPage, pageByOffset, pageRowsMax } from '../../api/list-pages.ts'
import { useMay } from '../../api/session.ts'
import { useListPages } from '../../api/use-list-pages.ts'

export interface AssetRow {
  readonly asset: Model<'Asset'>
  /** Null: never seen, or this session may not know. */
  readonly place: Model<'AssetLocation'> | null
}

export interface AssetFilter {
  readonly q: string
  readonly state: string
  readonly sort: string
}

/** Where things are changes by the second; a list that is looked at is never older than this. */
const everyMs = 30_000

export function useAssets(filter: AssetFilter) {
  const mayTrack = useMay('tracking:read')
  return useListPages<AssetRow>({
    queryKey: ['assets', filter, mayTrack],
    everyMs,
    ask: async (place) => {
      const page = pageByOffset(
        await bodyOf(api.GET('/api/v1/assets', { params: { query: queryOf(filter, place) } })),
      )
      return mayTrack
        ? await withPlaces(page)
        : { ...page, rows: page.rows.map((asset) => ({ asset, place: null })) }
    },
  })
}

function queryOf({ q, state, sort }: AssetFilter, place: string | null) {
  return {
    limit: pageRowsMax,
    offset: Number(place ?? 0),
    sort: sort === '' ? 'external_key' : sort,
    ...(q === '' ? {} : { q }),
    ...(state === 'active' || state === 'inactive' ? { is_active: state === 'active' } : {}),
    ...(state === 'deleted' ? { include_deleted: true } : {}),
  }
}

/** One request more for a page of assets, and not one for each. */
async function withPlaces({ rows, ...page }: ListPage<Model<'Asset'>>): Promise<ListPage<AssetRow>> {
  const ids = rows.map(({ id }) => id)
  const places =
    ids.length === 0
      ? []
      : await dataOf(
          api.GET('/api/v1/reports/asset-locations', {
            params: { query: { limit: pageRowsMax, asset_id: ids, include_deleted: true } },
          }),
        )
  const placeOf = new Map(places.map((place) => [place.asset_id, place]))
  return { ...page, rows: rows.map((asset) => ({ asset, place: placeOf.get(asset.id) ?? null })) }
}

export function useAsset(assetId: number) {
  return useQuery({
    queryKey: ['assets', assetId],
    queryFn: () => dataOf(api.GET('/api/v1/assets/{asset_id}', { params: { path: { asset_id: assetId } } })),
  })
}

export function usePlace(assetId: number) {
  return useQuery({
    queryKey: ['assets', assetId, 'place'],
    queryFn: async () => {
      const query = { asset_id: [assetId], include_deleted: true }
      const [place] = await dataOf(api.GET('/api/v1/reports/asset-locations', { params: { query } }))
      return place ?? null
    },
    refetchInterval: 10_000,
  })
}

/** Scans of the last `days`, the latest first. */
export function useHistory(assetId: number, days: number) {
  return useListPages<Model<'AssetScan'>>({
    queryKey: ['assets', assetId, 'history', days],
    ask: async (place) => {
      const from = new Date(Date.now() - days * 86_400_000).toISOString()
      const query = { limit: pageRowsMax, offset: Number(place ?? 0), from }
      const path = { asset_id: assetId }
      return pageByOffset(
        await bodyOf(api.GET('/api/v1/assets/{asset_id}/history', { params: { path, query } })),
      )
    },
  })
}
