/** What the screens of readers ask the API for: scan devices, and their antennas, which the API calls scan points. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { pageByOffset, pageRowsMax } from '../../api/list-pages.ts'
import { useMay } from '../../api/session.ts'
import { useListPages } from '../../api/use-list-pages.ts'

export type Reader = Model<'ScanDevice'>
export type Antenna = Model<'ScanPoint'>

export function useReaders(q: string) {
  return useListPages<Reader>({
    queryKey: ['readers', { q }],
    ask: async (place) =>
      pageByOffset(
        await bodyOf(
          api.GET('/api/v1/scan-devices', {
            params: {
              query: {
                limit: pageRowsMax,
                offset: Number(place ?? 0),
                sort: 'name',
                ...(q === '' ? {} : { q }),
              },
            },
          }),
        ),
      ),
  })
}

export function useReader(readerId: number) {
  return useQuery({
    queryKey: ['readers', readerId],
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/scan-devices/{scan_device_id}', { params: { path: { scan_device_id: readerId } } }),
      ),
  })
}

/** A reader has 4 to 64 antennas: one page has them all. */
export function useAntennas(readerId: number) {
  return useQuery({
    queryKey: ['readers', readerId, 'antennas'],
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/scan-points', {
          params: { query: { scan_device_id: [readerId], limit: pageRowsMax, sort: 'antenna_port' } },
        }),
      ),
  })
}

/** Of the locations that antennas watch, by id: an antenna itself has only their keys. Empty for who may not see locations. */
export function useLocationNames(ids: readonly number[]) {
  const maySee = useMay('locations:read')
  return useQuery({
    queryKey: ['locations', 'names', ids],
    enabled: maySee && ids.length > 0,
    queryFn: async () => {
      const query = { id: ids.slice(0, pageRowsMax), limit: pageRowsMax }
      const locations = await dataOf(api.GET('/api/v1/locations', { params: { query } }))
      return new Map(locations.map(({ id, name }) => [id, name]))
    },
  })
}
