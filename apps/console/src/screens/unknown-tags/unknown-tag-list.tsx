/** What readers see and nobody has registered, and a way to make it an asset's tag. */
import { useState } from 'react'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { pageByOffset, pageRowsMax } from '../../api/list-pages.ts'
import { useMay } from '../../api/session.ts'
import { askForMore, useListPages } from '../../api/use-list-pages.ts'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/choice.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { RegisterDialog } from './register-dialog.tsx'

type UnknownTag = Model<'UnknownTag'>

const columns: readonly Column<UnknownTag>[] = [
  {
    name: 'Tag',
    width: 'minmax(0, 2fr)',
    cell: ({ value }) => (
      <bdi className="font-mono text-sm" title={value}>
        {value}
      </bdi>
    ),
  },
  { name: 'Reads', width: '6rem', isNumber: true, cell: ({ reads }) => reads.toLocaleString() },
  { name: 'Last seen', width: '9rem', cell: (tag) => <RelativeTime at={tag.last_seen_at} /> },
  {
    name: 'By reader',
    width: 'minmax(0, 1.5fr)',
    cell: ({ last_scan_device_external_key: key, last_scan_device_name: name, last_antenna_port: port }) => {
      const antenna = port === null ? '' : `antenna ${port}`
      const second = [name === null ? '' : key, antenna].filter((each) => each !== '').join(', ')
      const first = name ?? key ?? 'not known'
      return (
        <>
          <bdi className="block truncate" title={first}>
            {first}
          </bdi>
          <bdi className="block truncate text-muted text-sm" title={second}>
            {second}
          </bdi>
        </>
      )
    },
  },
  {
    name: 'Strongest',
    width: '7rem',
    isNumber: true,
    cell: ({ rssi_max_dbm: dbm }) => (dbm === null ? '–' : `${dbm} dBm`),
  },
]

const orders = [
  ['', 'most reads first'],
  ['-last_seen_at', 'seen last first'],
] as const

export default function UnknownTagList() {
  const filters = useUrlFilters()
  const mayWrite = useMay('assets:write')
  const [chosen, setChosen] = useState<UnknownTag | null>(null)
  const [device, order] = [filters.one('device'), filters.one('sort')]
  const query = useListPages<UnknownTag>({
    queryKey: ['unknown-tags', { device, order }],
    // They are some five seconds old anyway.
    everyMs: 10_000,
    ask: async (place) =>
      pageByOffset(
        await bodyOf(
          api.GET('/api/v1/unknown-tags', {
            params: {
              query: {
                limit: pageRowsMax,
                offset: Number(place ?? 0),
                sort: order === '' ? '-reads' : order,
                ...(device === '' ? {} : { device: [device] }),
              },
            },
          }),
        ),
      ),
  })
  const registerColumn: Column<UnknownTag> = {
    name: 'Register',
    width: '9rem',
    cell: (tag) => (
      <Button onClick={() => setChosen(tag)} aria-label={`Register ${tag.value}`}>
        Register
      </Button>
    ),
  }
  return (
    <Page title="Unknown tags">
      <p className="-mt-3 mb-4 text-muted">
        What readers see and no asset has. A tag that is registered leaves the list at once.
      </p>
      <div className="mb-4 flex flex-wrap items-end gap-4">
        <SearchField
          label="Key of a reader, whole"
          value={device}
          onChange={(text) => filters.set({ device: text.trim() })}
        />
        <Choice label="Order" value={order} options={orders} onChange={(sort) => filters.set({ sort })} />
      </div>
      <Loaded query={query} what="the unknown tags">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={filters.isAny ? 'No unknown tag is like that' : 'No unknown tag'}>
              All that readers have seen so far belongs to an asset.
            </Empty>
          ) : (
            <DataTable
              label="Unknown tags"
              onEnd={() => askForMore(query)}
              columns={mayWrite ? [...columns, registerColumn] : columns}
              rows={rows}
              rowHeightPx={60}
              rowKey={(tag) => tag.match_key}
              onOpen={mayWrite ? setChosen : undefined}
            />
          )
        }
      </Loaded>
      <MoreRows query={query} noun="unknown tags" />
      {chosen !== null && <RegisterDialog tag={chosen} onClose={() => setChosen(null)} />}
    </Page>
  )
}
