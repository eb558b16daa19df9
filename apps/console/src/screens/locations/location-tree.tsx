/** All locations as a tree, with how many assets are in each just now. */
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { FirstSteps } from '../../parts/first-steps.tsx'
import { LinkButton } from '../../parts/link-button.tsx'
import { Page } from '../../parts/page.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Failure, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { countsById, growTree, listParents, type TreeRow } from './grow-tree.ts'
import { LocationForm } from './location-dialogs.tsx'
import { useLocationCounts, useLocations } from './location-queries.ts'

type Row = TreeRow<Model<'Location'>>

/** Deeper ones are not moved further to the right: a phone would show nothing of them. */
const indentMax = 8
/** With more, only the top is open at first: some ten screens are not read from one end to the other. */
const openMax = 200
const noRows: readonly Model<'Location'>[] = []

export default function LocationTree() {
  const filters = useUrlFilters()
  const navigate = useNavigate()
  const mayTrack = useMay('tracking:read')
  const mayWrite = useMay('locations:write')
  const [isMaking, setMaking] = useState(false)
  /** Null: as it is at first. */
  const [chosen, setChosen] = useState<ReadonlySet<number> | null>(null)
  const q = filters.one('q')
  const query = useLocations(q)
  const counted = useLocationCounts()
  const all = query.data?.rows ?? noRows
  const isFolded = q === '' && all.length > openMax
  const closed = useMemo(
    () => chosen ?? (isFolded ? listParents(all, { isTopOpen: true }) : new Set<number>()),
    [chosen, isFolded, all],
  )
  const toggle = (id: number): void => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const places = counted.data?.locations
  const tree = useMemo(
    () => growTree(all, { counts: countsById(places ?? []), closed }),
    [all, places, closed],
  )
  const sayCount = (count: number): string => (counted.data === undefined ? '–' : count.toLocaleString())
  const columns: readonly Column<Row>[] = [
    {
      name: 'Location',
      width: 'minmax(0, 3fr)',
      cell: (row) => <NameCell row={row} isClosed={closed.has(row.location.id)} onToggle={toggle} />,
    },
    { name: 'Key', cell: ({ location: { external_key: key } }) => <span title={key}>{key}</span> },
    { name: 'State', width: '6rem', cell: ({ location }) => (location.is_active ? 'Active' : 'Inactive') },
  ]
  const countColumns: readonly Column<Row>[] = [
    { name: 'Right there', width: '7rem', isNumber: true, cell: ({ here }) => sayCount(here) },
    { name: 'With all inside', width: '8rem', isNumber: true, cell: ({ inside }) => sayCount(inside) },
  ]
  return (
    <Page
      title="Locations"
      actions={
        <>
          {mayTrack && <LinkButton to="/locations/live">Live map</LinkButton>}
          {mayWrite && <LinkButton to="/import/locations">Import or export</LinkButton>}
          {mayWrite && (
            <Button kind="primary" onClick={() => setMaking(true)}>
              New location
            </Button>
          )}
        </>
      }
    >
      {isMaking && <LocationForm location={null} onClose={() => setMaking(false)} />}
      <div className="mb-4 flex flex-wrap items-center gap-4">
        <SearchField label="Search locations" value={q} onChange={(text) => filters.set({ q: text })} />
        <span className="flex gap-2">
          <Button onClick={() => setChosen(new Set())}>Open all</Button>
          <Button onClick={() => setChosen(listParents(all, { isTopOpen: false }))}>Close all</Button>
        </span>
        {!mayTrack && (
          <p className="text-muted text-sm">Your session may see locations, and not what is there.</p>
        )}
      </div>
      {counted.isError && (
        <div className="mb-3">
          <Failure error={counted.error} onRetry={() => void counted.refetch()} />
        </div>
      )}
      <Loaded query={query} what="the locations">
        {({ rows, isCut }) =>
          rows.length === 0 ? (
            <Empty title={filters.isAny ? 'No location is like that' : 'No location yet'}>
              {filters.isAny ? (
                'Another word, or a part of one, may find it.'
              ) : (
                <FirstSteps what="location" importPath="/import/locations">
                  A location is a place where assets are seen: a dock, a room, a shelf.
                </FirstSteps>
              )}
            </Empty>
          ) : (
            <>
              <DataTable
                label="Locations"
                columns={mayTrack ? [...columns, ...countColumns] : columns}
                rows={tree}
                rowKey={({ location }) => String(location.id)}
                onOpen={({ location }) => void navigate({ to: `/locations/${location.id}` })}
                rowKeys={[
                  {
                    key: 'o',
                    does: 'open or close what is inside',
                    run: ({ location }) => toggle(location.id),
                  },
                ]}
              />
              {isCut && (
                <p className="mt-3 text-muted text-sm">
                  The first {rows.length.toLocaleString()} locations; the search finds the others.
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

interface NameProps {
  readonly row: Row
  readonly isClosed: boolean
  readonly onToggle: (id: number) => void
}

function NameCell({ row: { location, depth, hasChildren }, isClosed, onToggle }: NameProps) {
  return (
    <span
      className="flex min-w-0 items-center gap-1"
      style={{ paddingInlineStart: `${Math.min(depth, indentMax) * 1.25}rem` }}
    >
      {hasChildren ? (
        <button
          type="button"
          aria-expanded={!isClosed}
          aria-label={`What is inside ${location.name}`}
          onClick={() => onToggle(location.id)}
          // As in trees elsewhere: right opens, left closes.
          onKeyDown={(event) => {
            if (event.key !== (isClosed ? 'ArrowRight' : 'ArrowLeft')) return
            event.preventDefault()
            onToggle(location.id)
          }}
          className="min-h-9 min-w-9 rounded hover:bg-raised"
        >
          <span aria-hidden="true">{isClosed ? '▸' : '▾'}</span>
        </button>
      ) : (
        <span className="min-w-9" />
      )}
      <Link
        to="/locations/$locationId"
        params={{ locationId: String(location.id) }}
        className="truncate text-accent underline"
        title={location.name}
      >
        <bdi>{location.name}</bdi>
      </Link>
      {depth > 0 && <span className="sr-only">, level {depth + 1}</span>}
    </span>
  )
}
