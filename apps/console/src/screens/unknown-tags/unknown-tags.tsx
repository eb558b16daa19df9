/** What readers see and nobody has registered. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'

const columns: readonly Column<Model<'UnknownTag'>>[] = [
  {
    name: 'Tag',
    width: 'minmax(0, 2fr)',
    cell: ({ value }) => (
      <bdi className="font-mono text-sm" title={value}>
        {value}
      </bdi>
    ),
  },
  { name: 'Kind', width: '5rem', cell: ({ tag_type: type }) => type ?? '–' },
  { name: 'Reads', isNumber: true, width: '6rem', cell: ({ reads }) => reads.toLocaleString() },
  { name: 'Last seen', cell: ({ last_seen_at: at }) => <RelativeTime at={at} /> },
  { name: 'First seen', cell: ({ first_seen_at: at }) => <RelativeTime at={at} /> },
  {
    name: 'By',
    cell: ({ last_scan_device_external_key: device, last_antenna_port: port }) => (
      <bdi>
        {device ?? '–'}
        {port !== null && `, antenna ${port}`}
      </bdi>
    ),
  },
]

export default function UnknownTags() {
  const filters = useUrlFilters()
  const device = filters.one('device')
  const query = useQuery({
    queryKey: ['unknown-tags', { device }],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/unknown-tags', {
          params: {
            query: { limit: 200, sort: '-reads', ...(device === '' ? {} : { device: [device] }) },
          },
        }),
      ),
    refetchInterval: 10_000,
  })
  return (
    <Page title="Unknown tags">
      <div className="mb-4">
        <SearchField
          label="Key of the reader, as it is"
          value={device}
          onChange={(text) => filters.set({ device: text })}
        />
      </div>
      <Loaded query={query} what="the unknown tags">
        {({ data, total_count: total }) =>
          data.length === 0 ? (
            <Empty title={device === '' ? 'Every tag that was read is known' : 'That reader saw none'}>
              A tag that is read and belongs to no asset stands here some seconds later.
            </Empty>
          ) : (
            <>
              <DataTable
                label="Unknown tags"
                columns={columns}
                rows={data}
                rowKey={({ match_key: key, tag_type: type }) => `${type} ${key}`}
              />
              <p className="mt-3 text-muted">
                {(total ?? 0) > data.length
                  ? `The ${data.length} read most of ${(total ?? 0).toLocaleString()}.`
                  : `${data.length} in all.`}{' '}
                Registering a tag (POST /api/v1/assets/…/tags) takes it off the list.
              </p>
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
