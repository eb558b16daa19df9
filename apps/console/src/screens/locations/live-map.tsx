/** How many assets are where, as it changes: as boxes, as a drawing of the geofences, and as a table. */
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { LinkButton } from '../../parts/link-button.tsx'
import { Card, Page } from '../../parts/page.tsx'
import { RecordName } from '../../parts/record-name.tsx'
import { exactly } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { CountBoxes } from './count-boxes.tsx'
import { FenceDrawing } from './fence-drawing.tsx'
import { type Count, type CountChange, compareCounts, sayMoves } from './grow-map.ts'
import { countsById, growTree, type TreeRow } from './grow-tree.ts'
import { movedWithinS, useLocationCounts } from './location-queries.ts'

type Counts = NonNullable<ReturnType<typeof useLocationCounts>['data']>

/** As many as fit beside the map; what came before is in the events. */
const changesMax = 12

export default function LiveMap() {
  const [isPaused, setPaused] = useState(false)
  const query = useLocationCounts(isPaused)
  const mayTrack = useMay('tracking:read')
  const changes = useChanges(query.data)
  return (
    <Page
      title="Live map"
      actions={
        <>
          <Button onClick={() => setPaused(!isPaused)} aria-pressed={isPaused}>
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
          <LinkButton to="/locations">All locations</LinkButton>
        </>
      }
    >
      {!mayTrack ? (
        <Empty title="Your session may not see this">
          It may see locations, and not what is there. A link with “See where assets are” shows the map.
        </Empty>
      ) : (
        <Loaded query={query} what="the counts">
          {(counts) => (
            <>
              <Sums counts={counts} isPaused={isPaused} />
              {counts.location_count === 0 ? (
                <Empty title="No location yet">
                  The map shows how many assets each location has. Make locations first, under{' '}
                  <Link to="/locations" className="text-accent underline">
                    Locations
                  </Link>
                  .
                </Empty>
              ) : (
                <div className="grid gap-4 xl:grid-cols-[1fr_17rem]">
                  <div className="min-w-0">
                    <Tabs
                      label="Ways to see the counts"
                      tabs={[
                        {
                          name: 'boxes',
                          label: 'Boxes',
                          content: () => <CountBoxes places={counts.locations} />,
                        },
                        {
                          name: 'drawing',
                          label: 'Geofences',
                          content: () => <FenceDrawing places={counts.locations} />,
                        },
                        { name: 'table', label: 'Table', content: () => <CountTable counts={counts} /> },
                      ]}
                    />
                    {counts.location_count > counts.locations.length && (
                      <p className="mt-3 text-muted text-sm">
                        The {counts.locations.length.toLocaleString()} locations with the most assets, of{' '}
                        {counts.location_count.toLocaleString()}.
                      </p>
                    )}
                  </div>
                  <div className="self-start">
                    <Changes changes={changes} />
                  </div>
                </div>
              )}
            </>
          )}
        </Loaded>
      )}
    </Page>
  )
}

interface SumsProps {
  readonly counts: Counts
  readonly isPaused: boolean
}

function Sums({ counts, isPaused }: SumsProps) {
  const sumOf = (of: (place: Count) => number): number =>
    counts.locations.reduce((sum, place) => sum + of(place), 0)
  const moves = sayMoves(
    sumOf(({ arrived_count: count }) => count),
    sumOf(({ left_count: count }) => count),
  )
  const time = new Date(counts.counted_at).toLocaleTimeString()
  return (
    <p className="-mt-3 mb-4 text-muted">
      <strong className="text-text">{counts.present_count.toLocaleString()}</strong>{' '}
      {counts.present_count === 1 ? 'asset is' : 'assets are'} at a location now
      {counts.absent_count > 0 && `, ${counts.absent_count.toLocaleString()} at none`}
      {'; '}
      {moves === '' ? 'nothing moved' : moves} in the last {movedWithinS / 60} minutes.{' '}
      <time dateTime={counts.counted_at} title={exactly(counts.counted_at)} className="whitespace-nowrap">
        {isPaused ? 'Paused at' : 'Counted at'} {time}.
      </time>
    </p>
  )
}

interface Noted extends CountChange {
  readonly at: string
}

/** What changed from one answer to the next while the page was open, the latest first. */
function useChanges(counts: Counts | undefined): readonly Noted[] {
  const before = useRef<readonly Count[] | null>(null)
  const [changes, setChanges] = useState<readonly Noted[]>([])
  useEffect(() => {
    if (counts === undefined) return
    const fresh = before.current === null ? [] : compareCounts(before.current, counts.locations)
    before.current = counts.locations
    if (fresh.length === 0) return
    const noted = fresh.map((change) => ({ ...change, at: counts.counted_at }))
    setChanges((all) => [...noted, ...all].slice(0, changesMax))
  }, [counts])
  return changes
}

function Changes({ changes }: { readonly changes: readonly Noted[] }) {
  return (
    <Card title="What changed while you look">
      {changes.length === 0 ? (
        <p className="text-muted text-sm">
          Nothing so far. A change stands here, and in its box, within seconds.
        </p>
      ) : (
        <ol aria-live="polite" aria-relevant="additions" className="grid gap-2 text-sm">
          {changes.map(({ id, name, externalKey, before, now, at }) => (
            <li key={`${id} ${at}`} className="min-w-0">
              <Link
                to="/locations/$locationId"
                params={{ locationId: String(id) }}
                className="block truncate text-accent underline"
              >
                <RecordName name={name} externalKey={externalKey} />
              </Link>
              <span className="tabular-nums">
                {before.toLocaleString()} <span aria-hidden="true">→</span>
                <span className="sr-only">became</span> {now.toLocaleString()}
              </span>{' '}
              <time dateTime={at} title={exactly(at)} className="text-muted">
                {new Date(at).toLocaleTimeString()}
              </time>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}

interface Shown {
  readonly id: number
  readonly parent_id: number | null
  readonly name: string
  readonly external_key: string
  readonly count: Model<'LocationCount'>
}

type Row = TreeRow<Shown>

/** Deeper ones are not moved further to the right: a phone would show nothing of them. */
const indentMax = 8

const columns: readonly Column<Row>[] = [
  {
    name: 'Location',
    width: 'minmax(0, 3fr)',
    cell: ({ location: { id, name, external_key: key }, depth }) => (
      <Link
        to="/locations/$locationId"
        params={{ locationId: String(id) }}
        className="block truncate text-accent underline"
        style={{ marginInlineStart: `${Math.min(depth, indentMax) * 1.25}rem` }}
      >
        <RecordName name={name} externalKey={key} />
        {depth > 0 && <span className="sr-only">, level {depth + 1}</span>}
      </Link>
    ),
  },
  { name: 'Right there', width: '7rem', isNumber: true, cell: ({ here }) => here.toLocaleString() },
  { name: 'With all inside', width: '8rem', isNumber: true, cell: ({ inside }) => inside.toLocaleString() },
  {
    name: 'Came or left',
    width: '10rem',
    cell: ({ location: { count } }) => sayMoves(count.arrived_inside_count, count.left_inside_count) || '–',
  },
]

const nothingClosed: ReadonlySet<number> = new Set()

function CountTable({ counts }: { readonly counts: Counts }) {
  const { set } = useUrlFilters()
  const rows = growTree(
    counts.locations.map(
      (count): Shown => ({
        ...{ id: count.location_id, parent_id: count.parent_id, name: count.location_name },
        ...{ external_key: count.location_external_key, count },
      }),
    ),
    { counts: countsById(counts.locations), closed: nothingClosed },
  )
  return (
    <DataTable
      label="Assets by location"
      columns={columns}
      rows={rows}
      rowKey={({ location }) => String(location.id)}
      onOpen={({ location }) => set({ tab: '', in: String(location.id) })}
    />
  )
}
