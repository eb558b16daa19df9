/** The log of deliveries, as it grows. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { ApiProblem } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { useWebhookNames } from '../../api/shared-lists.ts'
import { askForMore } from '../../api/use-list-pages.ts'
import { Button } from '../../parts/button.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { saveFile } from '../../parts/save-file.ts'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { type UrlFilters, useUrlFilters } from '../../use-url-filters.ts'
import { eventColumn, stateColumn } from './delivery-columns.tsx'
import { DeliveryFilters } from './delivery-filters.tsx'
import { type DeliveryFilter, type DeliveryQuery, type Listed, resend } from './delivery-queries.ts'
import { sayOutcome } from './explain-attempt.ts'
import { rowsMax } from './merge-deliveries.ts'
import { type ResendProgress, resendMany } from './resend-many.ts'
import { useLiveDeliveries } from './use-live-deliveries.ts'

/** Sent one after the other at the pace that a session may keep: some minutes. More is a matter for a recovery job. */
const chosenMax = 200

export default function DeliveryList() {
  const filters = useUrlFilters()
  const filter = filterOf(filters)
  return (
    <Page title="Deliveries">
      <DeliveryFilters filters={filters} />
      {/* Another filter is another list: nothing of the old one may stay. */}
      <Deliveries key={JSON.stringify(filter)} filter={filter} isFiltered={filters.isAny} />
    </Page>
  )
}

function filterOf({ one }: UrlFilters): DeliveryFilter {
  const given = {
    state: listOf(one('state')),
    status_class: listOf(one('code')),
    event_type: listOf(one('type')),
    webhook_id: listOf(one('webhook'))?.map(Number),
    from: one('from') || undefined,
    to: one('to') || undefined,
  }
  // What an address says that the API does not know is refused by the API, in words.
  const query = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { query: query as DeliveryQuery, id: one('id') }
}

function listOf(text: string): readonly string[] | undefined {
  return text === '' ? undefined : [text]
}

interface Props {
  readonly filter: DeliveryFilter
  readonly isFiltered: boolean
}

function Deliveries({ filter, isFiltered }: Props) {
  const mayWrite = useMay('webhooks:write')
  const names = useWebhookNames()
  const [isPaused, setPaused] = useState(false)
  const [isScrolled, setScrolled] = useState(false)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const { first, rows, waiting, showWaiting, hasGap, isLive } = useLiveDeliveries(
    filter,
    isPaused || isScrolled,
    filter.id !== '',
  )
  const columns = useMemo(
    () => columnsOf(names.data ?? new Map(), mayWrite, chosen, setChosen),
    [names.data, mayWrite, chosen],
  )
  if (first.isError && rows.length === 0)
    return <Failure error={first.error} onRetry={() => void first.refetch()} />
  if (first.isPending) return <Loading what="the deliveries" />
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <Live
          says={sayLive(isLive, isPaused, isScrolled)}
          waiting={waiting}
          onShow={showWaiting}
          isPaused={isPaused}
          onPause={filter.id === '' ? setPaused : undefined}
        />
        <span className="grow" />
        {chosen.size > 0 && <ResendChosen chosen={chosen} onDone={() => setChosen(new Set())} />}
        <Button disabled={rows.length === 0} onClick={() => saveRows(rows)}>
          Export NDJSON
        </Button>
      </div>
      {hasGap && (
        <p role="status" className="mb-3 text-warn">
          More came at once than this list follows: some are left out. Load the page anew to see them all.
        </p>
      )}
      {rows.length === 0 ? (
        <Empty title={isFiltered ? 'No delivery is like that' : 'Nothing was delivered yet'}>
          {isFiltered
            ? 'An id has to be whole. Take a filter away to see more.'
            : 'A delivery stands here as soon as an event has gone to an endpoint; a test is one, too.'}
        </Empty>
      ) : (
        <div onScrollCapture={({ target }) => setScrolled(target instanceof Element && target.scrollTop > 0)}>
          <Rows
            columns={columns}
            rows={rows}
            onEnd={() => {
              if (rows.length < rowsMax) askForMore(first)
            }}
          />
        </div>
      )}
      <p className="mt-3 flex flex-wrap items-center gap-3 text-muted">
        {rows.length.toLocaleString()} shown, the newest first.
        {first.hasNextPage && rows.length < rowsMax && (
          <Button isBusy={first.isFetchingNextPage} onClick={() => void first.fetchNextPage()}>
            Show older
          </Button>
        )}
      </p>
      {first.isFetchNextPageError && <Failure error={first.error} />}
    </>
  )
}

interface LiveProps {
  readonly says: string
  readonly waiting: number
  readonly onShow: () => void
  readonly isPaused: boolean
  /** Absent: there is nothing to pause. */
  readonly onPause: ((isPaused: boolean) => void) | undefined
}

function Live({ says, waiting, onShow, isPaused, onPause }: LiveProps) {
  return (
    <>
      <Pill tone={says.startsWith('Live') ? 'good' : 'plain'}>{says}</Pill>
      {onPause !== undefined && (
        <Button onClick={() => onPause(!isPaused)}>{isPaused ? 'Go on' : 'Pause'}</Button>
      )}
      <span role="status">
        {waiting > 0 && (
          <Button kind="primary" onClick={onShow}>
            {waiting.toLocaleString()} new
          </Button>
        )}
      </span>
    </>
  )
}

interface RowsProps {
  readonly columns: readonly Column<Listed>[]
  readonly rows: readonly Listed[]
  readonly onEnd: () => void
}

function Rows({ columns, rows, onEnd }: RowsProps) {
  const navigate = useNavigate()
  const announce = useAnnounce()
  const mayWrite = useMay('webhooks:write')
  const sendAgain = ({ id }: Listed): void => {
    if (!mayWrite) {
      announce.failed('Your session may look at deliveries, and not send them again.')
      return
    }
    resend(id).then(
      () => announce.done('It is sent again.'),
      (error: Error) => announce.failed(`It was not sent again: ${error.message}`),
    )
  }
  const copyId = ({ id }: Listed): void => {
    navigator.clipboard.writeText(id).then(
      () => announce.done('Copied the id.'),
      () => announce.failed('The browser did not let the id be copied.'),
    )
  }
  return (
    <DataTable
      label="Deliveries"
      columns={columns}
      rows={rows}
      onEnd={onEnd}
      rowKey={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: `/deliveries/${id}` })}
      rowKeys={[
        { key: 'r', does: 'send again', run: sendAgain },
        { key: 'c', does: 'copy the id', run: copyId },
      ]}
    />
  )
}

function sayLive(isLive: boolean, isPaused: boolean, isScrolled: boolean): string {
  if (!isLive) return 'Not live'
  if (isPaused) return 'Paused'
  return isScrolled ? 'Held while you read' : 'Live, every 3 s'
}

function columnsOf(
  names: ReadonlyMap<number, string>,
  mayChoose: boolean,
  chosen: ReadonlySet<string>,
  setChosen: (chosen: ReadonlySet<string>) => void,
): readonly Column<Listed>[] {
  const toggle = (id: string): void => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const choice: Column<Listed> = {
    name: 'Choose',
    width: '4rem',
    cell: ({ id }) => (
      <label className="flex min-h-11 min-w-11 items-center">
        <input
          type="checkbox"
          aria-label={`Choose delivery ${id}`}
          checked={chosen.has(id)}
          disabled={!chosen.has(id) && chosen.size >= chosenMax}
          onChange={() => toggle(id)}
        />
      </label>
    ),
  }
  return [
    ...(mayChoose ? [choice] : []),
    stateColumn,
    eventColumn,
    {
      name: 'Endpoint',
      width: 'minmax(0, 1.5fr)',
      cell: ({ webhook_id: id }) => <bdi>{names.get(id) ?? (names.size === 0 ? '…' : `deleted, ${id}`)}</bdi>,
    },
    {
      name: 'Answer',
      width: '5rem',
      cell: ({ last_response_status: status, last_error_class: error }) => sayOutcome(status, error),
    },
    { name: 'Requests', isNumber: true, width: '5rem', cell: (row) => row.attempt_count },
    { name: 'Made', width: '8rem', cell: (row) => <RelativeTime at={row.created_at} /> },
    { name: 'Next', width: '7rem', cell: (row) => <RelativeTime at={row.next_attempt_at} /> },
  ]
}

interface ResendProps {
  readonly chosen: ReadonlySet<string>
  readonly onDone: () => void
}

function ResendChosen({ chosen, onDone }: ResendProps) {
  const announce = useAnnounce()
  const [progress, setProgress] = useState<ResendProgress | null>(null)
  const isStopped = useRef(false)
  const run = async (): Promise<void> => {
    isStopped.current = false
    setProgress({ done: 0, failed: [], total: chosen.size })
    const { done, failed } = await resendMany([...chosen], {
      resend,
      pauseAsked,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      isStopped: () => isStopped.current,
      onProgress: setProgress,
    })
    setProgress(null)
    if (failed[0] !== undefined)
      announce.failed(`${done} are sent again, ${failed.length} are not: ${failed[0].why}`)
    else announce.done(`${done} are sent again.`)
    onDone()
  }
  if (progress === null)
    return (
      <>
        <Button kind="primary" onClick={() => void run()}>
          Send {chosen.size} again
        </Button>
        <Button onClick={onDone}>Choose none</Button>
      </>
    )
  const count = progress.done + progress.failed.length
  return (
    <>
      <progress aria-label="Sending again" value={count} max={progress.total} />
      <span>
        {count} of {progress.total}
      </span>
      <Button
        onClick={() => {
          isStopped.current = true
        }}
      >
        Stop
      </Button>
    </>
  )
}

/** When the API asks for a pause and does not say how long. */
const pauseMs = 2_000

function pauseAsked(error: unknown): number | null {
  if (!(error instanceof ApiProblem) || error.status !== 429) return null
  return error.retryAfterS === null ? pauseMs : error.retryAfterS * 1000
}

/** What is shown, a line each, as the API said it. */
function saveRows(rows: readonly Listed[]): void {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  saveFile('deliveries.ndjson', [text], 'application/x-ndjson')
}
