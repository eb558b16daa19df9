/** Settings → Webhooks: every endpoint of the organization, and how it is. Where there is none, the form that adds the first. */

import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { pageByOffset } from '../../api/list-pages.ts'
import { useMay } from '../../api/session.ts'
import { useListPages } from '../../api/use-list-pages.ts'
import { Sparkline } from '../../parts/chart.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Icon } from '../../parts/icon.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { sentenceText } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { type UrlFilters, useUrlFilters } from '../../use-url-filters.ts'
import { AddForm, type Created } from './add-form.tsx'
import {
  type Activity,
  deliveredShare,
  hoursOf,
  sayCounted,
  sayDay,
  sayNoRetry,
  sayOutcome,
  sayP95,
} from './describe-activity.ts'
import { describeWebhook, sayEventTypes } from './describe-webhook.ts'
import { FirstDelivery } from './first-delivery.tsx'
import { sayPercent } from './say-percent.ts'
import { useCreated } from './use-created.ts'
import { useWebhookActivity } from './webhook-queries.ts'

type Webhook = Model<'Webhook'>

interface Row {
  readonly webhook: Webhook
  /** Undefined: not known yet. */
  readonly activity: Activity | undefined
  readonly isActivityComplete: boolean
}

/** Of one page: what is asked about them fits into one address (activity). */
const pageRows = 100

const columns: readonly Column<Row>[] = [
  {
    name: 'Endpoint',
    width: 'minmax(10rem, 2.6fr)',
    cell: ({ webhook }) => <EndpointCell webhook={webhook} />,
  },
  { name: 'State', width: '9rem', cell: (row) => <StateCell row={row} /> },
  {
    name: 'Last delivery',
    width: 'minmax(0, 1.3fr)',
    cell: ({ activity }) => <LastCell last={activity?.last_attempt} />,
  },
  {
    name: 'Next retry',
    // "in 59 minutes" is what has to have room; it has no second line to go to.
    width: '7rem',
    cell: ({ activity, isActivityComplete }) => (
      <RelativeTime at={activity?.next_attempt_at} none={sayNoRetry(activity, isActivityComplete)} />
    ),
  },
  {
    name: '24 hours',
    width: '7rem',
    cell: ({ activity }) => {
      const hours = hoursOf(activity)
      if (hours !== null) return <Sparkline values={hours} says={sayDay(activity)} />
      return (
        <span className="text-muted text-sm" title={sayDay(activity)}>
          {sayCounted(activity)}
        </span>
      )
    },
  },
  {
    name: 'Delivered',
    isNumber: true,
    width: '5.5rem',
    cell: ({ activity }) => sayPercent(deliveredShare(activity)),
  },
  {
    name: 'p95',
    isNumber: true,
    width: '5.5rem',
    cell: ({ activity }) => (
      <span title="95 % were answered within this time; it is told within 19 %">{sayP95(activity)}</span>
    ),
  },
]

export default function WebhookList() {
  const filters = useUrlFilters()
  const mayWrite = useMay('webhooks:write')
  const [created, setCreated] = useCreated()
  const [q, status] = [filters.one('q'), filters.one('status')]
  const query = useListPages({
    queryKey: ['webhooks', { q, status }],
    ask: async (place) => {
      const given = { ...(q === '' ? {} : { q }), ...(status === '' ? {} : { status: [status as 'active'] }) }
      return pageByOffset(
        await bodyOf(
          api.GET('/api/v1/webhooks', {
            params: { query: { limit: pageRows, offset: Number(place ?? 0), ...given } },
          }),
        ),
      )
    },
    everyMs: 30_000,
  })
  const isFiltered = q !== '' || status !== ''
  const isEmpty = query.data?.rows.length === 0 && !isFiltered
  // Once there: a search field that goes while its answer is awaited takes the focus with it.
  const [hasFilters, setHasFilters] = useState(isFiltered)
  if (!hasFilters && (query.data?.rows.length ?? 0) > 0) setHasFilters(true)
  if (created !== null)
    return (
      <Page title="Endpoint added">
        <FirstDelivery created={created} />
      </Page>
    )
  return (
    <Page title="Webhooks" actions={mayWrite && <AddLink />}>
      {hasFilters && !isEmpty && <Filters filters={filters} />}
      <Loaded query={query} what="the webhooks">
        {({ rows }) =>
          rows.length > 0 ? (
            <>
              <Rows webhooks={rows} />
              <MoreRows query={query} noun="endpoints" />
            </>
          ) : isEmpty ? (
            <First mayWrite={mayWrite} onCreated={setCreated} />
          ) : (
            <Empty title="No endpoint is like that">Take a filter away to see more.</Empty>
          )
        }
      </Loaded>
    </Page>
  )
}

function AddLink() {
  return (
    <Link
      to="/webhooks/new"
      className="inline-flex min-h-11 items-center gap-2 rounded-md border border-accent bg-accent px-3.5 py-1.5 font-medium text-on-accent hover:opacity-90"
    >
      <Icon name="plus" /> Add Webhook Endpoint
    </Link>
  )
}

interface FirstProps {
  readonly mayWrite: boolean
  readonly onCreated: (created: Created) => void
}

/** Nothing to list: what somebody came for is to add one. */
function First({ mayWrite, onCreated }: FirstProps) {
  const explained = 'An endpoint is a URL of yours that is told what happens.'
  if (!mayWrite) return <Empty title="No endpoint yet">{explained}</Empty>
  return (
    <>
      <p className="mb-4 text-muted">There is no endpoint yet. {explained} Add the first one here.</p>
      <AddForm onCreated={onCreated} />
    </>
  )
}

const states = [
  ['', 'All'],
  ['active', 'Active'],
  ['failing', 'Failing'],
  ['paused', 'Paused'],
  ['disabled', 'Disabled'],
] as const

function Filters({ filters }: { readonly filters: UrlFilters }) {
  const chosen = filters.one('status')
  return (
    <div className="mb-4 flex flex-wrap items-center gap-3">
      <SearchField
        label="Search endpoints"
        value={filters.one('q')}
        onChange={(text) => filters.set({ q: text })}
      />
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">State</legend>
        {states.map(([state, label]) => (
          <button
            key={label}
            type="button"
            aria-pressed={chosen === state}
            onClick={() => filters.set({ status: state })}
            className="inline-flex min-h-11 items-center gap-1 rounded-full border border-edge px-3.5 hover:bg-raised aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-medium"
          >
            {chosen === state && <Icon name="check" />} {label}
          </button>
        ))}
      </fieldset>
    </div>
  )
}

function Rows({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  const navigate = useNavigate()
  const activity = useWebhookActivity(webhooks.map(({ id }) => id))
  return (
    <div aria-busy={activity.isPending}>
      <DataTable
        label="Webhooks"
        columns={columns}
        rows={webhooks.map((webhook) => ({
          webhook,
          activity: activity.data?.of.get(webhook.id),
          isActivityComplete: activity.data?.isComplete ?? true,
        }))}
        rowKey={({ webhook }) => String(webhook.id)}
        rowHeightPx={64}
        onOpen={({ webhook }) => void navigate({ to: `/webhooks/${webhook.id}` })}
      />
    </div>
  )
}

function EndpointCell({ webhook: { id, url, name, event_types: types } }: { readonly webhook: Webhook }) {
  return (
    <div className="min-w-0">
      <Link
        to="/webhooks/$webhookId"
        params={{ webhookId: String(id) }}
        className="block truncate text-accent underline"
        title={url}
      >
        {name ?? url}
      </Link>
      <span className="block truncate text-muted text-sm" title={types.join(', ')}>
        {sayEventTypes(types)}
        {name !== null && ` · ${url}`}
      </span>
    </div>
  )
}

function LastCell({ last }: { readonly last: Activity['last_attempt'] | undefined }) {
  if (last === undefined) return <>–</>
  if (last === null) return <>none yet</>
  return (
    <div className="min-w-0" title={sayOutcome(last)}>
      <span className="block truncate">{sayOutcome(last)}</span>
      <span className="block text-muted text-sm">
        <RelativeTime at={last.started_at} />
      </span>
    </div>
  )
}

function StateCell({ row: { webhook, activity } }: { readonly row: Row }) {
  const { tone, word, since } = describeWebhook(webhook, activity?.breaker)
  return (
    <div title={sentenceText(webhook.status)}>
      <Pill tone={tone}>{word}</Pill>
      {since !== null && (
        <span className="block text-muted text-sm">
          since <RelativeTime at={since} />
        </span>
      )}
    </div>
  )
}
