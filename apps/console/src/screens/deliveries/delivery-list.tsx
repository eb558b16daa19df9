/** The log of deliveries, as it grows. */
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useRef, useState } from 'react'
import { api, bodyOf } from '../../api/api.ts'
import { sayEndpoint } from '../../api/say-endpoint.ts'
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
import { shareOf, toggleAll } from './choose-rows.ts'
import { eventColumn, stateColumn } from './delivery-columns.tsx'
import { DeliveryFilters } from './delivery-filters.tsx'
import { type DeliveryFilter, type DeliveryQuery, type Listed, resend } from './delivery-queries.ts'
import { sayOutcome } from './explain-attempt.ts'
import type { Connection } from './follow-deliveries.ts'
import { rowsMax } from './live-list.ts'
import { ResendDialog, ResendJobs, useResendPreview, type What } from './resend-job.tsx'
import { type LiveDeliveries, useLiveDeliveries } from './use-live-deliveries.ts'
import { useReading } from './use-reading.ts'

/** As the API takes them. More are sent again by a filter. */
const chosenMax = 1_000

export default function DeliveryList() {
  const filters = useUrlFilters()
  const filter = filterOf(filters)
  const mayWrite = useMay('webhooks:write')
  return (
    <Page title="Deliveries">
      <DeliveryFilters filters={filters} />
      <ResendJobs mayWrite={mayWrite} />
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
  const reading = useReading()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [isAllChosen, setAllChosen] = useState(false)
  const choose = useCallback((next: ReadonlySet<string>): void => {
    setChosen(next)
    setAllChosen(false)
  }, [])
  const table = useRef<HTMLDivElement>(null)
  const { first, rows, waiting, showWaiting, hasGap, connection } = useLiveDeliveries(
    filter,
    isPaused || reading.isGoingOn,
    filter.id !== '',
  )
  const columns = useMemo(
    () => columnsOf(names.data ?? new Map(), mayWrite ? { rows, chosen, choose } : null),
    [names.data, mayWrite, rows, chosen, choose],
  )
  if (first.isError && rows.length === 0)
    return <Failure error={first.error} onRetry={() => void first.refetch()} />
  if (first.isPending) return <Loading what="the deliveries" />
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <Live
          connection={filter.id === '' ? connection : null}
          held={isPaused ? 'Paused' : reading.isGoingOn ? 'Held while you read' : null}
          waiting={waiting}
          onShow={() => {
            showWaiting()
            table.current?.querySelector('[tabindex="0"]')?.scrollTo({ top: 0 })
          }}
          isPaused={isPaused}
          onPause={filter.id === '' ? setPaused : undefined}
        />
        <span className="grow" />
        <Actions
          filter={filter}
          isAll={!isFiltered}
          isEmpty={rows.length === 0}
          chosen={chosen}
          isAllChosen={isAllChosen}
          onChooseNone={() => choose(new Set())}
        />
      </div>
      <AllThatMatch
        {...{ filter, isFiltered, rows, chosen, isAllChosen }}
        onChooseAll={() => setAllChosen(true)}
      />
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
        <div ref={table} {...reading.handlers}>
          <Rows
            columns={columns}
            rows={rows}
            onEnd={() => {
              if (rows.length < rowsMax) askForMore(first)
            }}
          />
        </div>
      )}
      <Older first={first} count={rows.length} />
    </>
  )
}

interface OlderProps {
  readonly first: LiveDeliveries['first']
  readonly count: number
}

function Older({ first, count }: OlderProps) {
  return (
    <>
      <p className="mt-3 flex flex-wrap items-center gap-3 text-muted">
        {count.toLocaleString('en')} shown, the newest first.
        {first.hasNextPage && count < rowsMax && (
          <Button isBusy={first.isFetchingNextPage} onClick={() => void first.fetchNextPage()}>
            Show older
          </Button>
        )}
      </p>
      {first.isFetchNextPageError && <Failure error={first.error} />}
    </>
  )
}

interface ActionsProps {
  readonly filter: DeliveryFilter
  /** Nothing is filtered. */
  readonly isAll: boolean
  readonly isEmpty: boolean
  readonly chosen: ReadonlySet<string>
  /** Those that are chosen, and all others that the filter means. */
  readonly isAllChosen: boolean
  readonly onChooseNone: () => void
}

/** What can be done with those that are chosen, or with all that the filter means. */
function Actions({ filter, isAll, isEmpty, chosen, isAllChosen, onChooseNone }: ActionsProps) {
  const mayWrite = useMay('webhooks:write')
  const [resent, setResent] = useState<What | null>(null)
  const isList = filter.id === '' && !isEmpty
  return (
    <>
      {chosen.size > 0 && (
        <>
          <Button
            kind="primary"
            onClick={() => setResent(isAllChosen ? { filter: filter.query } : { delivery_ids: [...chosen] })}
          >
            {isAllChosen ? 'Send all that match again' : `Send ${chosen.size} again`}
          </Button>
          <Button onClick={onChooseNone}>Choose none</Button>
        </>
      )}
      {chosen.size === 0 && mayWrite && isList && !isAll && (
        <Button onClick={() => setResent({ filter: filter.query })}>Send all that match again</Button>
      )}
      {isList && <ExportButton query={filter.query} />}
      {resent !== null && (
        <ResendDialog
          what={resent}
          onClose={() => setResent(null)}
          onMade={() => {
            setResent(null)
            onChooseNone()
          }}
        />
      )}
    </>
  )
}

interface AllProps {
  readonly filter: DeliveryFilter
  readonly isFiltered: boolean
  readonly rows: readonly Listed[]
  readonly chosen: ReadonlySet<string>
  readonly isAllChosen: boolean
  readonly onChooseAll: () => void
}

/** Once every row that is shown is chosen: the filter may mean more than are shown. */
function AllThatMatch({ filter, isFiltered, rows, chosen, isAllChosen, onChooseAll }: AllProps) {
  const isMeant = filter.id === '' && shareOf(chosen, idsOf(rows)) === 'all'
  const matching = useResendPreview(filter.query, isMeant && isFiltered)
  if (!isMeant) return null
  const count = chosen.size
  const found = matching.data
  const all =
    found === undefined ? '' : `${found.is_estimated ? 'about ' : ''}${found.count.toLocaleString('en')}`
  const shown = count.toLocaleString('en')
  return (
    <div role="status" className="mb-3 flex flex-wrap items-center gap-3 rounded-md bg-raised px-3 py-1">
      <span className="py-2">
        {isAllChosen
          ? `All ${all} that match these filters are chosen.`
          : `All ${shown} that are shown are chosen.`}
        {!isFiltered && ' With a filter, all that match it can be chosen.'}
      </span>
      {!isAllChosen && found !== undefined && found.count > count && (
        <Button onClick={onChooseAll}>Choose all {all} that match these filters</Button>
      )}
    </div>
  )
}

interface LiveProps {
  /** Null: it is not followed. */
  readonly connection: Connection | null
  /** Why rows stand still; null: they do not. */
  readonly held: string | null
  readonly waiting: number
  readonly onShow: () => void
  readonly isPaused: boolean
  /** Absent: there is nothing to pause. */
  readonly onPause: ((isPaused: boolean) => void) | undefined
}

const connections = {
  connecting: ['plain', 'Connecting'],
  live: ['good', 'Live'],
  reconnecting: ['warn', 'Reconnecting'],
  polling: ['warn', 'Not live: asked every 3 s'],
} as const

function Live({ connection, held, waiting, onShow, isPaused, onPause }: LiveProps) {
  const [tone, word] = connection === null ? (['plain', 'Not live'] as const) : connections[connection]
  return (
    <>
      <span role="status" className="flex flex-wrap gap-2">
        <Pill tone={tone}>{word}</Pill>
        {held !== null && <Pill tone="plain">{held}</Pill>}
      </span>
      {onPause !== undefined && (
        <Button onClick={() => onPause(!isPaused)}>{isPaused ? 'Go on' : 'Pause'}</Button>
      )}
      {waiting > 0 && (
        <Button kind="primary" onClick={onShow}>
          {waiting.toLocaleString('en')} new
        </Button>
      )}
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
  const onTheirWay = useRef(new Set<string>())
  const sendAgain = ({ id }: Listed): void => {
    if (!mayWrite) {
      announce.failed('Your session may look at deliveries, and not send them again.')
      return
    }
    // Pressed twice in a hurry: it is asked for once.
    if (onTheirWay.current.has(id)) return
    onTheirWay.current.add(id)
    resend(id)
      .then(
        () => announce.done('It is sent again.'),
        (error: Error) => announce.failed(`It was not sent again: ${error.message}`),
      )
      .finally(() => onTheirWay.current.delete(id))
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

/** What is chosen of the rows, and how another choice is made. */
interface Choosing {
  readonly rows: readonly Listed[]
  readonly chosen: ReadonlySet<string>
  readonly choose: (chosen: ReadonlySet<string>) => void
}

const idsOf = (rows: readonly Listed[]): readonly string[] => rows.map(({ id }) => id)

function ChooseAll({ rows, chosen, choose }: Choosing) {
  const ids = idsOf(rows)
  const share = shareOf(chosen, ids)
  return (
    <label className="flex min-h-11 min-w-11 items-center">
      <input
        type="checkbox"
        aria-label="Choose all that are shown"
        ref={(box) => {
          if (box !== null) box.indeterminate = share === 'some'
        }}
        checked={share === 'all'}
        onChange={() => choose(toggleAll(chosen, ids, chosenMax))}
      />
    </label>
  )
}

function choiceOf(choosing: Choosing): Column<Listed> {
  const { chosen, choose } = choosing
  const toggle = (id: string): void => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    choose(next)
  }
  return {
    name: 'Choose',
    head: <ChooseAll {...choosing} />,
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
}

/** `choosing`: null where nothing may be sent again. */
function columnsOf(names: ReadonlyMap<number, string>, choosing: Choosing | null): readonly Column<Listed>[] {
  return [
    ...(choosing === null ? [] : [choiceOf(choosing)]),
    stateColumn,
    eventColumn,
    {
      name: 'Endpoint',
      width: 'minmax(0, 1.5fr)',
      cell: ({ webhook_id: id }) => <bdi>{names.size === 0 ? id : sayEndpoint(id, names)}</bdi>,
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

/** All that the filter means, as the API writes it; the browser keeps what is large on its disk. */
function ExportButton({ query }: { readonly query: DeliveryQuery }) {
  const announce = useAnnounce()
  const exporting = useMutation({
    mutationFn: () => bodyOf(api.GET('/api/v1/deliveries/export', { params: { query }, parseAs: 'blob' })),
    onSuccess: (blob) => saveFile('deliveries.ndjson', [blob as unknown as Blob], 'application/x-ndjson'),
    onError: (error) => announce.failed(`Nothing was exported: ${error.message}`),
  })
  return (
    <Button isBusy={exporting.isPending} onClick={() => exporting.mutate()}>
      {exporting.isPending ? 'Exporting' : 'Export NDJSON'}
    </Button>
  )
}
