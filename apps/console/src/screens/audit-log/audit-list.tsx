/** Settings → Audit log: who changed what. */
import { useState } from 'react'
import type { Model } from '../../api/api.ts'
import { askForMore } from '../../api/use-list-pages.ts'
import { Button } from '../../parts/button.tsx'
import { Choice, TimeChoice } from '../../parts/choice.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { useAuditLog, useKeyNames } from './audit-queries.ts'
import { EntryDialog } from './entry-dialog.tsx'
import { actorWords, kindWords, sayActor, sayOperation } from './say-entry.ts'

type Entry = Model<'AuditEntry'>

/** Filters that come from an entry, and stand as buttons that take them away. */
const narrow = [
  ['operation', 'only'],
  ['resource', 'of resource'],
  ['actor_id', 'by number'],
  ['request', 'of request'],
] as const

export default function AuditList() {
  const filters = useUrlFilters()
  const names = useKeyNames()
  const [open, setOpen] = useState<Entry | null>(null)
  const query = useAuditLog({
    kind: filters.one('kind'),
    actor: filters.one('actor'),
    from: filters.one('from'),
    to: filters.one('to'),
    operation: filters.one('operation'),
    resource: filters.one('resource'),
    actorId: filters.one('actor_id'),
    request: filters.one('request'),
  })
  const columns: readonly Column<Entry>[] = [
    { name: 'When', width: '9rem', cell: ({ at }) => <RelativeTime at={at} /> },
    {
      name: 'What',
      cell: (entry) => (
        <button
          type="button"
          className="max-w-full truncate text-accent underline"
          onClick={() => setOpen(entry)}
        >
          {sayOperation(entry.operation)}
        </button>
      ),
    },
    {
      name: 'Of',
      width: 'minmax(0, 1.5fr)',
      cell: ({ resource: { name, id } }) => <bdi title={name ?? id ?? ''}>{name ?? id ?? '–'}</bdi>,
    },
    {
      name: 'By',
      cell: ({ actor }) => {
        const text = sayActor(actor, names)
        return <bdi title={text}>{text}</bdi>
      },
    },
  ]
  return (
    <Page title="Audit log">
      <div className="mb-4 flex flex-wrap items-end gap-4">
        <Choice
          label="Of"
          value={filters.one('kind')}
          options={[['', 'anything'], ...kindWords]}
          onChange={(kind) => filters.set({ kind })}
        />
        <Choice
          label="By"
          value={filters.one('actor')}
          options={[['', 'anybody'], ...actorWords]}
          onChange={(actor) => filters.set({ actor })}
        />
        <TimeChoice label="From" value={filters.one('from')} onChange={(from) => filters.set({ from })} />
        <TimeChoice label="To" value={filters.one('to')} onChange={(to) => filters.set({ to })} />
      </div>
      <div className="mb-4 flex flex-wrap gap-2 empty:hidden">
        {narrow.map(([name, says]) => {
          const value = filters.one(name)
          return value === '' ? null : (
            <Button key={name} kind="quiet" onClick={() => filters.set({ [name]: '' })}>
              <span className="max-w-80 truncate">
                {says} <bdi>{name === 'operation' ? sayOperation(value) : value}</bdi>
              </span>
              <span className="sr-only">: take this filter away</span>
              <span aria-hidden="true">×</span>
            </Button>
          )
        })}
        {filters.isAny && (
          <Button kind="quiet" onClick={filters.clear}>
            No filters
          </Button>
        )}
      </div>
      <Loaded query={query} what="the audit log">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={filters.isAny ? 'No entry is like that' : 'Nothing was changed yet'}>
              Every change through the API has an entry, and so has what Scanhook changes by itself. They are
              kept for a year, if nobody has set another time.
            </Empty>
          ) : (
            <DataTable
              label="Audit log"
              onEnd={() => askForMore(query)}
              columns={columns}
              rows={rows}
              rowKey={({ id }) => id}
              onOpen={setOpen}
            />
          )
        }
      </Loaded>
      <MoreRows query={query} noun="entries" />
      {open !== null && (
        <EntryDialog
          entry={open}
          actor={sayActor(open.actor, names)}
          onNarrow={(change) => {
            setOpen(null)
            filters.set(change)
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  )
}
