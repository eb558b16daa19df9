/** What of an organization failed, what was given up, and the way back. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { BarChart } from '../../parts/chart.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { Empty, Loaded } from '../../parts/states.tsx'
import { sayPercent } from '../webhooks/say-percent.ts'
import { JobsCard } from './jobs-card.tsx'
import { totalsDays, useDead, useEndpoints, useRecentUsage, useTotals } from './recovery-queries.ts'
import { ReplayDialog } from './replay-dialog.tsx'
import { type Failing, rankFailing, sumTotals } from './sum-totals.ts'

/** Who fails more than these is found in the list of webhooks. */
const failingMax = 10
/** Where the API stops counting. */
const countedMax = 10_000

export default function RecoveryView() {
  const mayWrite = useMay('webhooks:write')
  const [isReplaying, setReplaying] = useState(false)
  return (
    <Page
      title="Recovery"
      actions={
        mayWrite && (
          <Button kind="primary" onClick={() => setReplaying(true)}>
            Send again …
          </Button>
        )
      }
    >
      <div className="grid gap-4 lg:grid-cols-2">
        <ThroughputCard />
        <JobsCard mayWrite={mayWrite} />
        <div className="grid min-w-0 gap-4 lg:col-span-2">
          <FailingSection />
          <DeadSection />
        </div>
      </div>
      {isReplaying && <ReplayDialog onClose={() => setReplaying(false)} />}
    </Page>
  )
}

function ThroughputCard() {
  const query = useTotals()
  return (
    <Card title={`The last ${totalsDays} days`}>
      <Loaded query={query} what="the figures">
        {({ rows, days }) => {
          const sum = sumTotals(rows, days)
          return (
            <>
              <BarChart
                title="Requests by day (UTC)"
                bars={sum.bars}
                goodName="Delivered"
                badName="Not delivered"
                unit="requests"
              />
              <div className="mt-4">
                <Facts
                  facts={[
                    ['Events', sum.eventsRecorded.toLocaleString()],
                    ['Requests', sum.attempts.toLocaleString()],
                    [
                      'Delivered',
                      `${sum.delivered.toLocaleString()} (${sayPercent(sum.successRate)} of requests)`,
                    ],
                    ['Given up', sum.dead.toLocaleString()],
                    ['95 % answered within', sayDuration(sum.p95Ms)],
                  ]}
                />
              </div>
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}

interface FailingRow extends Failing {
  readonly webhook: Model<'Webhook'> | undefined
}

const failingColumns: readonly Column<FailingRow>[] = [
  {
    name: 'Endpoint',
    width: 'minmax(0, 2fr)',
    cell: ({ webhookId, webhook }) => (
      <Link
        to="/webhooks/$webhookId"
        params={{ webhookId: String(webhookId) }}
        className="text-accent underline"
        title={webhook?.url}
      >
        <bdi>{webhook?.name ?? webhook?.url ?? `endpoint ${webhookId}`}</bdi>
      </Link>
    ),
  },
  {
    name: 'How it is',
    width: 'minmax(0, 2fr)',
    cell: ({ webhook }) => (
      <span title={webhook?.status}>{webhook?.status ?? 'deleted, or not among the first 200'}</span>
    ),
  },
  { name: 'Failed', width: '6rem', isNumber: true, cell: ({ failed }) => failed.toLocaleString() },
  {
    name: 'Of requests',
    width: '7rem',
    isNumber: true,
    cell: ({ failed, attempts }) => sayPercent(attempts === 0 ? null : failed / attempts),
  },
  { name: 'Given up', width: '6rem', isNumber: true, cell: ({ dead }) => dead.toLocaleString() },
]

function FailingSection() {
  const usage = useRecentUsage()
  const { data: webhooks = [] } = useEndpoints()
  const webhookOf = new Map(webhooks.map((webhook) => [webhook.id, webhook]))
  return (
    <section aria-labelledby="failing" className="min-w-0">
      <h2 id="failing" className="mb-3 font-semibold text-lg">
        Endpoints that fail most, yesterday and today (UTC)
      </h2>
      <Loaded query={usage} what="the endpoints">
        {({ rows, isCut }) => {
          const failing = rankFailing(rows, failingMax)
          return failing.length === 0 ? (
            <Empty title="No endpoint fails">
              Every request since yesterday was answered as it should be.
            </Empty>
          ) : (
            <>
              <DataTable
                label="Endpoints that fail most"
                columns={failingColumns}
                rows={failing.map((each) => ({ ...each, webhook: webhookOf.get(each.webhookId) }))}
                rowKey={({ webhookId }) => String(webhookId)}
              />
              {isCut && (
                <p className="mt-2 text-muted text-sm">
                  Of the first {rows.length.toLocaleString()} figures; there are more endpoints than that.
                </p>
              )}
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

const deadColumns: readonly Column<Model<'ListedDelivery'>>[] = [
  {
    name: 'Delivery',
    cell: ({ id, event_type: type }) => (
      <Link to={`/deliveries/${id}`} className="text-accent underline" title={id}>
        {type}
      </Link>
    ),
  },
  {
    name: 'Why',
    width: 'minmax(0, 2fr)',
    cell: ({ explanation, dead_reason: reason }) => (
      <span title={explanation ?? undefined}>{explanation ?? reason ?? '–'}</span>
    ),
  },
  { name: 'Attempts', width: '6rem', isNumber: true, cell: ({ attempt_count: count }) => count },
  { name: 'Given up', width: '9rem', cell: ({ completed_at: at }) => <RelativeTime at={at} /> },
]

function DeadSection() {
  const query = useDead()
  return (
    <section aria-labelledby="dead" className="min-w-0">
      <h2 id="dead" className="mb-3 font-semibold text-lg">
        Dead deliveries
      </h2>
      <Loaded query={query} what="the dead deliveries">
        {({ rows, total }) =>
          rows.length === 0 ? (
            <Empty title="No dead delivery">
              A delivery is dead when all its attempts failed, or when it was not to be sent any more.
            </Empty>
          ) : (
            <>
              <p className="mb-3">
                {total >= countedMax ? `${countedMax.toLocaleString()} or more` : total.toLocaleString()} in
                the log; the latest {rows.length} are below.{' '}
                <Link to="/deliveries" search={{ state: 'dead' }} className="text-accent underline">
                  All of them
                </Link>
              </p>
              <DataTable label="Dead deliveries" columns={deadColumns} rows={rows} rowKey={({ id }) => id} />
            </>
          )
        }
      </Loaded>
    </section>
  )
}
