/** Where an asset has been: stays as bars in time, a lane for each location, and the same as a table. */
import { Choice } from '../../parts/choice.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Card } from '../../parts/page.tsx'
import { exactly } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { useHistory } from './asset-queries.ts'
import { joinStays, layLanes, type Stay, sayStay } from './join-stays.ts'

const periods = [
  ['1', 'last 24 hours'],
  ['', 'last 7 days'],
  ['30', 'last 30 days'],
] as const
/** More than fit beside each other on a screen; the table has all. */
const lanesMax = 12

export function HistoryCard({ assetId }: { readonly assetId: number }) {
  const filters = useUrlFilters()
  const period = filters.one('days')
  const query = useHistory(assetId, Number(period === '' ? 7 : period))
  return (
    <Card title="Where it has been">
      <div className="mb-4">
        <Choice label="Period" value={period} options={periods} onChange={(days) => filters.set({ days })} />
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

function Timeline({ stays }: { readonly stays: readonly Stay[] }) {
  const lanes = layLanes(stays, lanesMax)
  const fromMs = stays[0]?.fromMs ?? 0
  const untilMs = stays.at(-1)?.untilMs ?? fromMs
  const span = Math.max(1, untilMs - fromMs)
  const sayAt = (atMs: number): string => exactly(new Date(atMs).toISOString())
  return (
    <figure>
      <figcaption className="mb-2 text-muted text-sm">
        {stays.length.toLocaleString()} {stays.length === 1 ? 'stay' : 'stays'} from {sayAt(fromMs)} to{' '}
        {sayAt(untilMs)}
      </figcaption>
      <div aria-hidden="true" className="grid gap-1">
        {lanes.map(({ where, stays: own }) => (
          <div key={own[0]?.locationId ?? 'none'} className="grid grid-cols-[9rem_1fr] items-center gap-3">
            <span className="truncate text-sm" title={where}>
              {where}
            </span>
            <svg
              aria-hidden="true"
              viewBox="0 0 1000 20"
              preserveAspectRatio="none"
              className="h-5 w-full rounded bg-raised"
            >
              {own.map((stay) => (
                <rect
                  key={stay.fromMs}
                  x={((stay.fromMs - fromMs) / span) * 990}
                  width={Math.max(6, ((stay.untilMs - stay.fromMs) / span) * 990)}
                  y={3}
                  height={14}
                  className="fill-accent"
                >
                  <title>{`${stay.where}: ${sayAt(stay.fromMs)}, ${sayStay(stay.untilMs - stay.fromMs)}`}</title>
                </rect>
              ))}
            </svg>
          </div>
        ))}
      </div>
      <details className="mt-3">
        <summary className="cursor-pointer text-accent text-sm">The stays as a table</summary>
        <table className="mt-2 w-full text-left text-sm">
          <thead>
            <tr className="text-muted">
              <th scope="col">Location</th>
              <th scope="col">From</th>
              <th scope="col" className="text-right">
                Stayed
              </th>
              <th scope="col" className="text-right">
                Scans
              </th>
            </tr>
          </thead>
          <tbody>
            {stays.toReversed().map((stay) => (
              <tr key={stay.fromMs}>
                <th scope="row" className="font-normal">
                  {stay.where}
                </th>
                <td>{sayAt(stay.fromMs)}</td>
                <td className="text-right tabular-nums">
                  {stay.isLast ? 'at least ' : ''}
                  {sayStay(stay.untilMs - stay.fromMs)}
                </td>
                <td className="text-right tabular-nums">{stay.scans.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
