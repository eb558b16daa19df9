/** One asset: where it is, and where it was. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { exactly, RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { layOutStays, sayStay } from './lay-out-stays.ts'

const staysMax = 100

export default function AssetDetail() {
  const { assetId = '' } = useParams({ strict: false })
  const path = { asset_id: Number(assetId) }
  const mayTrack = useMay('tracking:read')
  const query = useQuery({
    queryKey: ['assets', assetId],
    queryFn: () => dataOf(api.GET('/api/v1/assets/{asset_id}', { params: { path } })),
  })
  return (
    <Loaded query={query} what="the asset">
      {(asset) => (
        <Page title={asset.name}>
          <div className="grid gap-4">
            <div className="grid gap-4 lg:grid-cols-2">
              <Card title="What it is">
                <Facts
                  facts={[
                    ['Key', <bdi key="key">{asset.external_key}</bdi>],
                    ['Description', <bdi key="description">{asset.description ?? '–'}</bdi>],
                    ['Counts', asset.is_active ? 'yes' : 'no, it is not active'],
                    ['Tags', <Tags key="tags" tags={asset.tags} />],
                    ['Changed', <RelativeTime key="changed" at={asset.updated_at} />],
                  ]}
                />
              </Card>
              {mayTrack && <Whereabouts assetId={asset.id} />}
            </div>
            {mayTrack && <History assetId={asset.id} />}
            {Object.keys(asset.metadata).length > 0 && (
              <Card title="Metadata">
                <CodeBlock what="the metadata" text={JSON.stringify(asset.metadata, null, 2)} />
              </Card>
            )}
          </div>
        </Page>
      )}
    </Loaded>
  )
}

function Tags({ tags }: { readonly tags: readonly Model<'Tag'>[] }) {
  if (tags.length === 0) return <>none: nothing can see it</>
  return (
    <ul>
      {tags.map(({ id, tag_type: type, value, is_active: isActive }) => (
        <li key={id} className="break-all">
          {type} <bdi className="font-mono text-sm">{value}</bdi>
          {!isActive && ', not active'}
        </li>
      ))}
    </ul>
  )
}

function Whereabouts({ assetId }: { readonly assetId: number }) {
  const query = useQuery({
    queryKey: ['asset-places', [assetId]],
    queryFn: () =>
      bodyOf(api.GET('/api/v1/reports/asset-locations', { params: { query: { asset_id: [assetId] } } })),
    refetchInterval: 10_000,
  })
  return (
    <Card title="Where it is">
      <Loaded query={query} what="where it is">
        {({ data: [place] }) =>
          place === undefined ? (
            <p>No reader has seen it.</p>
          ) : (
            <Facts
              facts={[
                [
                  'Location',
                  place.location_id === null ? (
                    'nowhere'
                  ) : (
                    <Link
                      key="location"
                      to={`/locations/${place.location_id}` as '/'}
                      className="text-accent underline"
                    >
                      <bdi>{place.location_external_key}</bdi>
                    </Link>
                  ),
                ],
                ['Since', <RelativeTime key="since" at={place.dwell_started_at} />],
                ['Last seen', <RelativeTime key="seen" at={place.asset_last_seen} />],
                ['Presence', place.presence],
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}

function History({ assetId }: { readonly assetId: number }) {
  const query = useQuery({
    queryKey: ['asset-history', assetId],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/assets/{asset_id}/history', {
          params: {
            path: { asset_id: assetId },
            query: { limit: staysMax, sort: '-event_observed_at' },
          },
        }),
      ),
  })
  return (
    <Card title="Where it was, the newest first">
      <Loaded query={query} what="where it was">
        {({ data, total_count: total }) => {
          if (data.length === 0) return <Empty title="It has not moved yet" />
          return (
            <>
              <ol className="grid gap-2">
                {layOutStays(data).map(({ stay, share }) => (
                  <li key={`${stay.event_observed_at} ${stay.location_id}`} className="grid gap-0.5">
                    <p>
                      <bdi className="font-medium">{stay.location_external_key ?? 'nowhere'}</bdi> from{' '}
                      <time dateTime={stay.event_observed_at}>{exactly(stay.event_observed_at)}</time>,{' '}
                      {sayStay(stay.duration_seconds)}
                    </p>
                    <div aria-hidden="true" className="h-2 rounded bg-raised">
                      <div
                        className={`h-2 rounded ${stay.location_id === null ? 'bg-edge' : 'bg-accent'}`}
                        style={{ width: `${share * 100}%` }}
                      />
                    </div>
                  </li>
                ))}
              </ol>
              {(total ?? 0) > data.length && (
                <p className="mt-3 text-muted">
                  The newest {data.length} of {(total ?? 0).toLocaleString()}.
                </p>
              )}
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}
