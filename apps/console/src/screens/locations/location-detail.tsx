/** One location: what it is, and what is there now. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'

const columns: readonly Column<Model<'AssetLocation'>>[] = [
  {
    name: 'Asset',
    cell: ({ asset_id: id, asset_external_key: key }) => (
      <Link to={`/assets/${id}` as '/'} className="text-accent underline">
        <bdi>{key}</bdi>
      </Link>
    ),
  },
  { name: 'Presence', cell: ({ presence }) => presence },
  { name: 'Since', cell: ({ dwell_started_at: at }) => <RelativeTime at={at} /> },
  { name: 'Last seen', cell: ({ asset_last_seen: at }) => <RelativeTime at={at} /> },
]

export default function LocationDetail() {
  const { locationId = '' } = useParams({ strict: false })
  const path = { location_id: Number(locationId) }
  const mayTrack = useMay('tracking:read')
  const query = useQuery({
    queryKey: ['locations', locationId],
    queryFn: () => dataOf(api.GET('/api/v1/locations/{location_id}', { params: { path } })),
  })
  return (
    <Loaded query={query} what="the location">
      {(location) => (
        <Page title={location.name}>
          <div className="grid gap-4">
            <Card title="What it is">
              <Facts
                facts={[
                  ['Key', <bdi key="key">{location.external_key}</bdi>],
                  ['Description', <bdi key="description">{location.description ?? '–'}</bdi>],
                  [
                    'Inside of',
                    location.parent_id === null ? (
                      'nothing: it is at the top'
                    ) : (
                      <Link
                        key="parent"
                        to={`/locations/${location.parent_id}` as '/'}
                        className="text-accent underline"
                      >
                        <bdi>{location.parent_external_key}</bdi>
                      </Link>
                    ),
                  ],
                  ['Counts', location.is_active ? 'yes' : 'no, it is not active'],
                ]}
              />
            </Card>
            {mayTrack && <Present locationId={location.id} />}
            {location.geofence !== null && (
              <Card title="Geofence">
                <CodeBlock what="the geofence" text={JSON.stringify(location.geofence, null, 2)} />
              </Card>
            )}
          </div>
        </Page>
      )}
    </Loaded>
  )
}

function Present({ locationId }: { readonly locationId: number }) {
  const query = useQuery({
    queryKey: ['asset-places', 'at', locationId],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/reports/asset-locations', {
          params: { query: { location_id: [locationId], limit: 200 } },
        }),
      ),
    refetchInterval: 15_000,
  })
  return (
    <section>
      <h2 className="mb-2 font-semibold">What is there</h2>
      <Loaded query={query} what="what is there">
        {({ data, total_count: total }) =>
          data.length === 0 ? (
            <Empty title="Nothing is there right now">Assets in locations inside of it stand there.</Empty>
          ) : (
            <>
              <p className="mb-2 text-muted">
                {(total ?? 0).toLocaleString()} in all
                {(total ?? 0) > data.length && `, the first ${data.length} below`}
              </p>
              <DataTable
                label="Assets at this location"
                columns={columns}
                rows={data}
                rowKey={({ asset_id: id }) => String(id)}
              />
            </>
          )
        }
      </Loaded>
    </section>
  )
}
