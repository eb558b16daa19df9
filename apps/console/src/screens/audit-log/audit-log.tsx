/** Who changed what, and from what to what. */
import type { paths } from '@scanhook/client/schema'
import { useState } from 'react'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { usePages } from '../../api/use-pages.ts'
import { Button } from '../../parts/button.tsx'
import { Choice, TimeChoice } from '../../parts/choice.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import type { Column } from '../../parts/data-table.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Facts, Page } from '../../parts/page.tsx'
import { PagedTable } from '../../parts/paged-table.tsx'
import { exactly, RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { sayActor, sayOperation } from './say-change.ts'

type Entry = Model<'AuditEntry'>
type Query = NonNullable<paths['/api/v1/audit-log']['get']['parameters']['query']>

const actors = {
  api_key: 'API key',
  oauth_client: 'Access token',
  portal_link: 'Link into the console',
  system: 'Scanhook itself',
} as const satisfies Record<Entry['actor']['kind'], string>
const resources = {
  organization: 'Organization',
  api_key: 'API key',
  token_chain: 'Token chain',
  portal_link: 'Link into the console',
  asset: 'Asset',
  tag: 'Tag',
  location: 'Location',
  scan_device: 'Scan device',
  scan_point: 'Scan point',
  webhook: 'Webhook',
  delivery: 'Delivery',
  job: 'Job',
  event_cursor: 'Event cursor',
} as const satisfies Record<Entry['resource']['kind'], string>

export default function AuditLog() {
  const filters = useUrlFilters()
  const [opened, setOpened] = useState<Entry | null>(null)
  const { one } = filters
  const given = {
    actor_kind: one('actor') === '' ? undefined : [one('actor')],
    resource_kind: one('kind') === '' ? undefined : [one('kind')],
    resource_id: one('id') === '' ? undefined : [one('id')],
    from: one('from') || undefined,
    to: one('to') || undefined,
  }
  // What an address says that the API does not know is refused by the API, in words.
  const query = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Query
  const pages = usePages(['audit-log', query], (cursor) =>
    bodyOf(
      api.GET('/api/v1/audit-log', {
        params: { query: { ...query, limit: 200, ...(cursor === undefined ? {} : { cursor }) } },
      }),
    ),
  )
  const columns: readonly Column<Entry>[] = [
    {
      name: 'What',
      width: 'minmax(0, 1.5fr)',
      cell: (entry) => (
        <button
          type="button"
          className="min-h-8 text-left text-accent underline"
          onClick={() => setOpened(entry)}
        >
          {sayOperation(entry.operation)}
        </button>
      ),
    },
    {
      name: 'Of',
      width: 'minmax(0, 2fr)',
      cell: ({ resource: { name, id } }) => <bdi title={name ?? undefined}>{name ?? id ?? '–'}</bdi>,
    },
    { name: 'By', cell: ({ actor }) => sayActor(actors[actor.kind], actor.id) },
    { name: 'When', cell: ({ at }) => <RelativeTime at={at} /> },
  ]
  return (
    <Page title="Audit log">
      <section aria-label="Filters" className="mb-4 flex flex-wrap items-end gap-3">
        <SearchField
          label="Id of what was changed"
          value={one('id')}
          onChange={(id) => filters.set({ id })}
        />
        <Choice
          label="By"
          value={one('actor')}
          choices={Object.entries(actors)}
          onChange={(actor) => filters.set({ actor })}
        />
        <Choice
          label="Kind"
          value={one('kind')}
          choices={Object.entries(resources)}
          onChange={(kind) => filters.set({ kind })}
        />
        <TimeChoice label="From" value={one('from')} onChange={(from) => filters.set({ from })} />
        <TimeChoice label="To" value={one('to')} onChange={(to) => filters.set({ to })} />
        {filters.isAny && <Button onClick={filters.clear}>Clear filters</Button>}
      </section>
      <PagedTable
        label="Audit log"
        what="the audit log"
        pages={pages}
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={setOpened}
        empty={<Empty title={filters.isAny ? 'No entry is like that' : 'Nothing was changed yet'} />}
      />
      {opened !== null && <EntryDialog entry={opened} onClose={() => setOpened(null)} />}
    </Page>
  )
}

function EntryDialog({ entry, onClose }: { readonly entry: Entry; readonly onClose: () => void }) {
  const { actor, resource, before, after, truncated_fields: truncated } = entry
  return (
    <Dialog title={sayOperation(entry.operation)} onClose={onClose}>
      <div className="grid gap-3">
        <Facts
          facts={[
            ['Of', <bdi key="of">{resource.name ?? resource.id ?? '–'}</bdi>],
            ['By', sayActor(actors[actor.kind], actor.id)],
            ['When', exactly(entry.at)],
            ['Request', entry.request_id ?? '–'],
          ]}
        />
        <h3 className="font-medium">Before</h3>
        {before === null ? (
          <p className="text-muted">It was made.</p>
        ) : (
          <CodeBlock what="what was before" text={JSON.stringify(before, null, 2)} />
        )}
        <h3 className="font-medium">After</h3>
        {after === null ? (
          <p className="text-muted">It is gone.</p>
        ) : (
          <CodeBlock what="what was after" text={JSON.stringify(after, null, 2)} />
        )}
        {truncated.length > 0 && (
          <p className="text-warn">Changed, too, and too long to be kept: {truncated.join(', ')}.</p>
        )}
      </div>
    </Dialog>
  )
}
