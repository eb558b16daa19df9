/** What is tracked, and where it is. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'

interface Row {
  readonly asset: Model<'Asset'>
  /** Undefined: it was never seen, or that is not known yet. */
  readonly place: Model<'AssetLocation'> | undefined
}

/** Their places are asked for by id in one address, which has to stay below what proxies accept (8 KiB). */
const pageSize = 100

const columns: readonly Column<Row>[] = [
  {
    name: 'Asset',
    width: 'minmax(0, 2fr)',
    cell: ({ asset: { id, name } }) => (
      <Link
        to="/assets/$assetId"
        params={{ assetId: String(id) }}
        className="text-accent underline"
        title={name}
      >
        <bdi>{name}</bdi>
      </Link>
    ),
  },
  { name: 'Key', cell: ({ asset: { external_key: key } }) => <bdi title={key}>{key}</bdi> },
  { name: 'Where it is', cell: ({ place }) => <bdi>{sayPlace(place)}</bdi> },
  { name: 'Seen', cell: ({ place }) => <RelativeTime at={place?.asset_last_seen} none="never" /> },
  { name: 'Tags', isNumber: true, width: '4rem', cell: ({ asset }) => asset.tags.length },
]

function sayPlace(place: Model<'AssetLocation'> | undefined): string {
  if (place === undefined) return '–'
  return place.location_external_key ?? 'nowhere'
}

export default function AssetList() {
  const filters = useUrlFilters()
  const navigate = useNavigate()
  const q = filters.one('q')
  const offset = Math.max(0, Number(filters.one('offset')) || 0)
  const query = useQuery({
    queryKey: ['assets', { q, offset }],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/assets', {
          params: { query: { limit: pageSize, offset, ...(q === '' ? {} : { q }) } },
        }),
      ),
  })
  const ids = (query.data?.data ?? []).map(({ id }) => id)
  const mayTrack = useMay('tracking:read')
  const places = useQuery({
    queryKey: ['asset-places', ids],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/reports/asset-locations', {
          params: { query: { asset_id: ids, limit: pageSize } },
        }),
      ),
    enabled: mayTrack && ids.length > 0,
    refetchInterval: 15_000,
  })
  const placeOf = new Map((places.data?.data ?? []).map((place) => [place.asset_id, place]))
  return (
    <Page title="Assets">
      <div className="mb-4">
        <SearchField
          label="Search assets"
          value={q}
          onChange={(text) => filters.set({ q: text, offset: '' })}
        />
      </div>
      <Loaded query={query} what="the assets">
        {({ data, total_count: total }) =>
          data.length === 0 ? (
            <Empty title={q === '' ? 'No asset yet' : 'No asset is like that'}>
              Assets are made with POST /api/v1/assets, or many at once with an import.
            </Empty>
          ) : (
            <>
              <DataTable
                label="Assets"
                columns={columns}
                rows={data.map((asset) => ({ asset, place: placeOf.get(asset.id) }))}
                rowKey={({ asset }) => String(asset.id)}
                onOpen={({ asset }) => void navigate({ to: `/assets/${asset.id}` })}
              />
              <p className="mt-3 flex flex-wrap items-center gap-3 text-muted">
                {(offset + 1).toLocaleString()} to {(offset + data.length).toLocaleString()} of{' '}
                {(total ?? 0).toLocaleString()}
                <Button
                  disabled={offset === 0}
                  onClick={() => filters.set({ offset: String(Math.max(0, offset - pageSize)) })}
                >
                  Previous
                </Button>
                <Button
                  disabled={offset + data.length >= (total ?? 0)}
                  onClick={() => filters.set({ offset: String(offset + pageSize) })}
                >
                  Next
                </Button>
              </p>
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
