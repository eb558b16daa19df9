/** Settings → Webhooks: every endpoint of the organization, and how it is. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { Sparkline } from '../../parts/chart.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { type Activity, sayNoRetry, sayOutcome } from './describe-activity.ts'
import { describeWebhook } from './describe-webhook.ts'
import { sayPercent, sumUsage, type UsageSum } from './sum-usage.ts'
import { usageDays, useUsage, useWebhookActivity } from './webhook-queries.ts'

interface Row {
  readonly webhook: Model<'Webhook'>
  readonly usage: UsageSum
  /** Undefined: not known yet. */
  readonly activity: Activity | undefined
  readonly isActivityComplete: boolean
}

const columns: readonly Column<Row>[] = [
  {
    name: 'Endpoint',
    width: 'minmax(0, 3fr)',
    cell: ({ webhook: { id, url, name } }) => (
      <Link
        to="/webhooks/$webhookId"
        params={{ webhookId: String(id) }}
        className="text-accent underline"
        title={url}
      >
        {name ?? url}
      </Link>
    ),
  },
  { name: 'State', cell: ({ webhook }) => <StateCell webhook={webhook} /> },
  {
    name: 'Last delivery',
    width: 'minmax(0, 1.5fr)',
    cell: ({ activity }) => <LastCell last={activity?.last_attempt} />,
  },
  {
    name: 'Next retry',
    cell: ({ activity, isActivityComplete }) => (
      <RelativeTime at={activity?.next_attempt_at} none={sayNoRetry(activity, isActivityComplete)} />
    ),
  },
  {
    name: `${usageDays} days`,
    cell: ({ usage: { days, attempts } }) => (
      <Sparkline
        values={days.map(({ good, bad }) => good + bad)}
        says={`${attempts.toLocaleString()} requests in ${usageDays} days`}
      />
    ),
  },
  { name: 'Delivered', isNumber: true, cell: ({ usage }) => sayPercent(usage.successRate) },
  { name: 'p95', isNumber: true, cell: ({ usage }) => sayDuration(usage.p95Ms) },
]

export default function WebhookList() {
  const filters = useUrlFilters()
  const navigate = useNavigate()
  const q = filters.one('q')
  const usage = useUsage(null)
  const { data: activity } = useWebhookActivity()
  const query = useQuery({
    queryKey: ['webhooks', { q }],
    queryFn: () =>
      bodyOf(api.GET('/api/v1/webhooks', { params: { query: { limit: 200, ...(q === '' ? {} : { q }) } } })),
    refetchInterval: 30_000,
  })
  const rowOf = (webhook: Model<'Webhook'>): Row => ({
    webhook,
    activity: activity?.webhooks.find(({ webhook_id: id }) => id === webhook.id),
    isActivityComplete: activity?.is_complete ?? true,
    usage: sumUsage(
      (usage.data?.data ?? []).filter(({ webhook_id: id }) => id === webhook.id),
      Date.now(),
      usageDays,
    ),
  })
  return (
    <Page
      title="Webhooks"
      actions={
        <Link
          to="/webhooks/new"
          className="inline-flex min-h-11 items-center gap-2 rounded-md border border-accent bg-accent px-3.5 py-1.5 font-medium text-on-accent hover:opacity-90"
        >
          <Icon name="plus" /> Add Webhook Endpoint
        </Link>
      }
    >
      <div className="mb-4">
        <SearchField label="Search endpoints" value={q} onChange={(text) => filters.set({ q: text })} />
      </div>
      <Loaded query={query} what="the webhooks">
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={filters.isAny ? 'No endpoint is like that' : 'No endpoint yet'}>
              An endpoint is a URL of yours that is told what happens.
            </Empty>
          ) : (
            <DataTable
              label="Webhooks"
              columns={columns}
              rows={data.map(rowOf)}
              rowKey={({ webhook }) => String(webhook.id)}
              onOpen={({ webhook }) => void navigate({ to: `/webhooks/${webhook.id}` })}
            />
          )
        }
      </Loaded>
    </Page>
  )
}

function LastCell({ last }: { readonly last: Activity['last_attempt'] | undefined }) {
  if (last === undefined) return <>–</>
  if (last === null) return <>none yet</>
  return (
    <span title={sayOutcome(last)}>
      {sayOutcome(last)} <RelativeTime at={last.started_at} />
    </span>
  )
}

function StateCell({ webhook }: { readonly webhook: Model<'Webhook'> }) {
  const { tone, word, since } = describeWebhook(webhook)
  return (
    <span title={webhook.status}>
      <Pill tone={tone}>{word}</Pill> {since !== null && <RelativeTime at={since} />}
    </span>
  )
}
