/** Where an asset has been: stays as bars in time, a lane for each location, and the same as a table. */
import { useEffect, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/choice.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Card } from '../../parts/page.tsx'
import { RecordName } from '../../parts/record-name.tsx'
import { exactly } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { useHistory } from './asset-queries.ts'
import { type Bar, joinStays, layBars, layLanes, type Stay, sayStay } from './join-stays.ts'
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
                <RecordName name={lane.where} externalKey={lane.externalKey} />
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

/** The picture has a thousand parts: what a short stay is at least, so that it is seen. */
const [barsWidth, barWidthMin] = [1_000, 2]
/** Of a lane: more are drawn in one stroke, which says nothing under the pointer. With twelve lanes, 480 elements and their words. */
const barsMax = 40

function Bars({ stays, range }: { readonly stays: readonly Stay[]; readonly range: Range }) {
  const bars = layBars(stays, { ...range, width: barsWidth, widthMin: barWidthMin })
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${barsWidth} 20`}
      preserveAspectRatio="none"
      className="h-5 w-full rounded bg-raised"
    >
      {bars.length > barsMax ? (
        <path
          d={bars
            .map(({ x, width }) => `M${x.toFixed(2)} 3h${width.toFixed(2)}v14h${(-width).toFixed(2)}z`)
            .join('')}
          className="fill-accent"
        />
      ) : (
        bars.map((bar) => (
          <rect key={bar.x} x={bar.x} width={bar.width} y={3} height={14} className="fill-accent">
            <title>{sayBar(bar)}</title>
          </rect>
        ))
      )}
    </svg>
  )
}

function sayBar({ stays }: Bar): string {
  const [first, last] = [stays[0], stays.at(-1)]
  if (first === undefined || last === undefined) return ''
  return stays.length === 1
    ? `${first.where}: ${sayAt(first.fromMs)}, ${sayStay(first.untilMs - first.fromMs)}`
    : `${first.where}: ${stays.length.toLocaleString()} stays from ${sayAt(first.fromMs)} to ${sayAt(last.untilMs)}`
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
  {
    name: 'Location',
    width: 'minmax(0, 1.5fr)',
    cell: ({ where, externalKey }) => <RecordName name={where} externalKey={externalKey} />,
  },
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
