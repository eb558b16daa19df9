/** What the screens of locations ask the API for. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { pageByOffset, pageRowsMax } from '../../api/list-pages.ts'
import { useMay } from '../../api/session.ts'
import { useListPages } from '../../api/use-list-pages.ts'
import { orderAncestors } from './grow-tree.ts'

/** 2,000 locations: a tree that nobody reads to its end. The search finds the others. */
const treePagesMax = 10
export interface Some<T> {
  readonly rows: readonly T[]
  /** There are more than were asked for. */
  readonly isCut: boolean
}

type Ask<T> = (offset: number) => Promise<{ data: T[]; offset: number; total_count: number }>

async function askAll<T>(pagesMax: number, ask: Ask<T>): Promise<Some<T>> {
  const rows: T[] = []
  for (let page = 0; page < pagesMax; page += 1) {
    const { rows: more, next } = pageByOffset(await ask(rows.length))
    rows.push(...more)
    if (next === null) return { rows, isCut: false }
  }
  return { rows, isCut: true }
}

export function useLocations(q: string) {
  return useQuery({
    queryKey: ['locations', { q }],
    queryFn: () =>
      askAll<Model<'Location'>>(treePagesMax, (offset) =>
        bodyOf(
          api.GET('/api/v1/locations', {
            params: { query: { limit: pageRowsMax, offset, sort: 'name', ...(q === '' ? {} : { q }) } },
          }),
        ),
      ),
    refetchInterval: 60_000,
  })
}

/** What moved within this time is shown as moving. */
export const movedWithinS = 300
/** Up to here an answer has below 100 KB; it is asked for every five seconds then, and every fifteen else. */
const fewLocations = 300

/** How many assets are where, as the API counts them. The counting stops while nobody looks at the page, and while it is paused. */
export function useLocationCounts(isPaused = false) {
  const mayTrack = useMay('tracking:read')
  return useQuery({
    queryKey: ['location-counts'],
    enabled: mayTrack,
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/reports/location-counts', {
          params: { query: { moved_within_seconds: movedWithinS } },
        }),
      ),
    refetchInterval: ({ state: { data } }) =>
      isPaused ? false : (data?.locations.length ?? 0) <= fewLocations ? 5_000 : 15_000,
  })
}

export function useLocation(locationId: number) {
  const path = { location_id: locationId }
  return useQuery({
    queryKey: ['locations', locationId],
    queryFn: async () => {
      const [location, ancestors, children] = await Promise.all([
        dataOf(api.GET('/api/v1/locations/{location_id}', { params: { path } })),
        dataOf(api.GET('/api/v1/locations/{location_id}/ancestors', { params: { path } })),
        dataOf(
          api.GET('/api/v1/locations/{location_id}/children', {
            params: { path, query: { limit: pageRowsMax } },
          }),
        ),
      ])
      return { location, ancestors: orderAncestors(location, ancestors), children }
    },
  })
}

/** Assets of which this is the current or the last known location. */
export function useAssetsAt(locationId: number) {
  return useListPages<Model<'AssetLocation'>>({
    queryKey: ['places', locationId],
    everyMs: 5_000,
    ask: async (place) => {
      const query = { limit: pageRowsMax, offset: Number(place ?? 0), location_id: [locationId] }
      return pageByOffset(await bodyOf(api.GET('/api/v1/reports/asset-locations', { params: { query } })))
    },
  })
}

/** A few that have the text in their name or key, for a choice. */
export function findLocations(q: string, limit: number): Promise<readonly Model<'Location'>[]> {
  return dataOf(
    api.GET('/api/v1/locations', {
      params: { query: { limit, sort: 'name', is_active: true, ...(q === '' ? {} : { q }) } },
    }),
  )
}
