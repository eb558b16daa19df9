/** What happened, whether anybody wanted to be told or not. */

import type { paths } from '@scanhook/client/schema'
import { Link, useNavigate } from '@tanstack/react-router'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { pageByCursor, pageRowsMax } from '../../api/list-pages.ts'
import { useEventTypes } from '../../api/shared-lists.ts'
import { askForMore, useListPages } from '../../api/use-list-pages.ts'
import { Button } from '../../parts/button.tsx'
import { Choice, TimeChoice } from '../../parts/choice.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Page } from '../../parts/page.tsx'
import { RecordName } from '../../parts/record-name.tsx'
import { RecordPlace } from '../../parts/record-place.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { TypeName } from '../../parts/type-name.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { readAsset, readPlaces } from './read-place.ts'

type Query = NonNullable<paths['/api/v1/events']['get']['parameters']['query']>

const columns: readonly Column<Model<'Event'>>[] = [
  {
    name: 'Type',
    width: 'minmax(0, 1.25fr)',
    isTwoLines: true,
    cell: ({ id, type }) => (
      <Link to="/events/$eventId" params={{ eventId: id }} className="text-accent underline">
        <TypeName type={type} />
      </Link>
    ),
  },
  {
    name: 'Subject',
    width: 'minmax(0, 1.75fr)',
    cell: ({ subject, data }) => {
      const asset = readAsset(data)
      return asset === null ? (
        <bdi title={subject}>{subject}</bdi>
      ) : (
        <RecordName name={asset.name} externalKey={asset.externalKey} />
      )
    },
  },
  { name: 'Where', width: 'minmax(0, 1.25fr)', cell: ({ data }) => <Where data={data} /> },
  { name: 'Occurred', width: '9rem', cell: ({ occurred_at: at }) => <RelativeTime at={at} /> },
  { name: 'Came in', width: '9rem', cell: ({ received_at: at }) => <RelativeTime at={at} /> },
]

function Where({ data }: { readonly data: unknown }) {
  const { to } = readPlaces(data)
  return to === null ? '–' : <RecordPlace {...to} />
}

export default function EventList() {
  const filters = useUrlFilters()
  const navigate = useNavigate()
  const types = useEventTypes()
  const { one } = filters
  const given = {
    type: one('type') === '' ? undefined : [one('type')],
    subject: one('subject') === '' ? undefined : [one('subject')],
    from: one('from') || undefined,
    to: one('to') || undefined,
  }
  // What an address says that the API does not know is refused by the API, in words.
  const query = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Query
  const list = useListPages({
    queryKey: ['events', query],
    ask: async (cursor) =>
      pageByCursor(
        await bodyOf(
          api.GET('/api/v1/events', {
            params: { query: { ...query, limit: pageRowsMax, ...(cursor === null ? {} : { cursor }) } },
          }),
        ),
      ),
  })
  return (
    <Page title="Events">
      <section aria-label="Filters" className="mb-4 flex flex-wrap items-end gap-3">
        <SearchField
          label="Subject, as it is"
          value={one('subject')}
          onChange={(subject) => filters.set({ subject })}
        />
        <Choice
          label="Type"
          value={one('type')}
          options={[['', 'any'], ...(types.data ?? []).map(({ name }) => [name, name] as const)]}
          onChange={(type) => filters.set({ type })}
        />
        <TimeChoice label="From" value={one('from')} onChange={(from) => filters.set({ from })} />
        <TimeChoice label="To" value={one('to')} onChange={(to) => filters.set({ to })} />
        {filters.isAny && <Button onClick={filters.clear}>Clear filters</Button>}
      </section>
      <Loaded query={list} what="the events">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={filters.isAny ? 'No event is like that' : 'Nothing has happened yet'}>
              Events come from reads of tags and from what others send to POST /api/v1/events.
            </Empty>
          ) : (
            <>
              <DataTable
                label="Events"
                onEnd={() => askForMore(list)}
                columns={columns}
                rows={rows}
                rowHeightPx={60}
                rowKey={({ id }) => id}
                onOpen={({ id }) => void navigate({ to: `/events/${id}` })}
              />
              <MoreRows query={list} noun="events" />
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
