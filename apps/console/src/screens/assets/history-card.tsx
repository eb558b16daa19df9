/** Where an asset has been: stays as bars in time, a lane for each location, and the same as a table. */
import { useEffect, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/choice.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Card } from '../../parts/page.tsx'
import { exactly } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { useHistory } from './asset-queries.ts'
import { joinStays, layLanes, type Stay, sayStay } from './join-stays.ts'
import {
  clip,
  isWhole,
  move,
  type Range,
  readRange,
  ticksOf,
  within,
  writeRange,
  zoomIn,
  zoomOut,
} from './zoom-range.ts'

const periods = [
  ['1', 'last 24 hours'],
  ['', 'last 7 days'],
  ['30', 'last 30 days'],
] as const
/** More than fit beside each other on a screen; the table has all. */
const lanesMax = 12
/** Loaded without a press: ten requests, of sixty a minute that a session has. */
const scansLoaded = 2_000

export function HistoryCard({ assetId }: { readonly assetId: number }) {
  const filters = useUrlFilters()
  const period = filters.one('days')
  const query = useHistory(assetId, Number(period === '' ? 7 : period))
  const { hasNextPage, isFetching, isError, fetchNextPage } = query
  const isMore = hasNextPage && !isFetching && !isError && (query.data?.rows.length ?? 0) < scansLoaded
  useEffect(() => {
    if (isMore) void fetchNextPage()
  }, [isMore, fetchNextPage])
  return (
    <Card title="Where it has been">
      <div className="mb-4">
        <Choice
          label="Period"
          value={period}
          options={periods}
          onChange={(days) => filters.set({ days, range: '' })}
        />
      </div>
      <Loaded query={query} what="the history">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title="Not seen in this time">
              Every scan of the asset at a scan point stands here, at most one for a location and minute.
            </Empty>
          ) : (
            <Timeline stays={joinStays(rows)} />
          )
        }
      </Loaded>
      <MoreRows query={query} noun="scans" />
    </Card>
  )
}

const sayAt = (atMs: number): string => exactly(new Date(atMs).toISOString())

function Timeline({ stays }: { readonly stays: readonly Stay[] }) {
  const filters = useUrlFilters()
  const whole: Range = { fromMs: stays[0]?.fromMs ?? 0, untilMs: stays.at(-1)?.untilMs ?? 0 }
  const asked = readRange(filters.one('range'))
  const range = asked === null ? whole : within(asked, whole)
  const seen = clip(stays, range)
  const lanes = layLanes(seen, lanesMax)
  const hidden = new Set(seen.map(({ locationId }) => locationId)).size - lanes.length
  return (
    <figure>
      <figcaption className="mb-2 text-muted text-sm">
        {seen.length.toLocaleString()} {seen.length === 1 ? 'stay' : 'stays'} from {sayAt(range.fromMs)} to{' '}
        {sayAt(range.untilMs)}
        {!isWhole(range, whole) && `, of ${stays.length.toLocaleString()}`}
      </figcaption>
      <ZoomButtons
        range={range}
        whole={whole}
        onChange={(next) => filters.set({ range: isWhole(next, whole) ? '' : writeRange(next) })}
      />
      {lanes.length === 0 ? (
        <p className="py-6 text-muted">No scan in this time. Earlier or later there are some.</p>
      ) : (
        <div aria-hidden="true" className="grid gap-1">
          {lanes.map((lane) => (
            <div
              key={lane.stays[0]?.locationId ?? 'none'}
              className="grid grid-cols-[7rem_1fr] items-center gap-3 sm:grid-cols-[13rem_1fr]"
            >
              <span className="flex min-w-0 justify-between gap-2 text-sm">
                <span className="truncate" title={lane.where}>
                  {lane.where}
                </span>
                <span className="whitespace-nowrap text-muted tabular-nums">{sayStay(lane.totalMs)}</span>
              </span>
              <Bars stays={lane.stays} range={range} />
            </div>
          ))}
          <Axis range={range} />
        </div>
      )}
      {hidden > 0 && (
        <p className="mt-2 text-muted text-sm">
          {hidden === 1 ? 'One location more has' : `${hidden} locations more have`} shorter stays; the table
          has them.
        </p>
      )}
      <StayTable stays={seen} />
    </figure>
  )
}

interface ZoomProps {
  readonly range: Range
  readonly whole: Range
  readonly onChange: (range: Range) => void
}

function ZoomButtons({ range, whole, onChange }: ZoomProps) {
  const isAll = isWhole(range, whole)
  return (
    // biome-ignore lint/a11y/useSemanticElements: no form, and no fields
    <div role="group" aria-label="What of the time is shown" className="mb-3 flex flex-wrap gap-2">
      <Button kind="quiet" onClick={() => onChange(zoomIn(range, whole))}>
        Zoom in
      </Button>
      <Button kind="quiet" disabled={isAll} onClick={() => onChange(zoomOut(range, whole))}>
        Zoom out
      </Button>
      <Button
        kind="quiet"
        disabled={range.fromMs <= whole.fromMs}
        onClick={() => onChange(move(range, -1, whole))}
      >
        Earlier
      </Button>
      <Button
        kind="quiet"
        disabled={range.untilMs >= whole.untilMs}
        onClick={() => onChange(move(range, 1, whole))}
      >
        Later
      </Button>
      <Button kind="quiet" disabled={isAll} onClick={() => onChange(whole)}>
        All of it
      </Button>
    </div>
  )
}

/** Of the picture's thousand parts: what a short stay is at least, so that it is seen. */
const barWidthMin = 2

function Bars({ stays, range }: { readonly stays: readonly Stay[]; readonly range: Range }) {
  const span = Math.max(1, range.untilMs - range.fromMs)
  const room = 1000 - barWidthMin
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 1000 20"
      preserveAspectRatio="none"
      className="h-5 w-full rounded bg-raised"
    >
      {stays.map((stay) => (
        <rect
          key={stay.fromMs}
          x={((stay.fromMs - range.fromMs) / span) * room}
          width={Math.max(barWidthMin, ((stay.untilMs - stay.fromMs) / span) * room)}
          y={3}
          height={14}
          className="fill-accent"
        >
          <title>{`${stay.where}: ${sayAt(stay.fromMs)}, ${sayStay(stay.untilMs - stay.fromMs)}`}</title>
        </rect>
      ))}
    </svg>
  )
}

function Axis({ range }: { readonly range: Range }) {
  const isDays = range.untilMs - range.fromMs > 2 * 86_400_000
  const format = new Intl.DateTimeFormat(
    undefined,
    isDays ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  )
  return (
    <div className="ms-[7.75rem] flex justify-between text-muted text-sm sm:ms-[13.75rem]">
      {ticksOf(range, 4).map((atMs) => (
        <span key={atMs}>{format.format(atMs)}</span>
      ))}
    </div>
  )
}

const columns: readonly Column<Stay>[] = [
  { name: 'Location', cell: ({ where }) => <span title={where}>{where}</span> },
  {
    name: 'From',
    width: 'minmax(0, 1.5fr)',
    cell: ({ fromMs }) => <time dateTime={new Date(fromMs).toISOString()}>{sayAt(fromMs)}</time>,
  },
  {
    name: 'Stayed',
    width: '9rem',
    isNumber: true,
    cell: (stay) => `${stay.isLast ? 'at least ' : ''}${sayStay(stay.untilMs - stay.fromMs)}`,
  },
  { name: 'Scans', width: '5rem', isNumber: true, cell: ({ scans }) => scans.toLocaleString() },
]

function StayTable({ stays }: { readonly stays: readonly Stay[] }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="mt-3" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="mb-2 cursor-pointer text-accent text-sm">The stays as a table</summary>
      {isOpen && (
        <DataTable
          label="Stays"
          columns={columns}
          rows={stays.toReversed()}
          rowHeightPx={40}
          rowKey={({ fromMs }) => String(fromMs)}
        />
      )}
    </details>
  )
}
