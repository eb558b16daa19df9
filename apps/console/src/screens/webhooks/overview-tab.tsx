/** How an endpoint has been doing, over an hour, a day, a week or a month, and what it is set to. */
import type { Model } from '../../api/api.ts'
import { BarChart } from '../../parts/chart.tsx'
import { Card, Facts } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { BreakdownTable } from './breakdown-table.tsx'
import { type Point, pointsOf, sayFailures, sayLatency } from './describe-statistics.ts'
import { ResponseTimeChart } from './response-time-chart.tsx'
import { sayPercent } from './say-percent.ts'
import { type Range, ranges, useStatistics } from './webhook-queries.ts'

type Statistics = Model<'WebhookStatistics'>

const names: Readonly<Record<Range, string>> = {
  ...{ '1h': '1 hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' },
}
const steps: Readonly<Record<Range, string>> = {
  ...{ '1h': 'By five minutes', '24h': 'By hour', '7d': 'By six hours', '30d': 'By day (UTC)' },
}
const classNames: Readonly<Record<Statistics['status_classes'][number]['status_class'], string>> = {
  ...{ '2xx': '2xx, taken', '3xx': '3xx, redirected', '4xx': '4xx, refused', '5xx': '5xx, broken' },
  none: 'No answer',
}

export function OverviewTab({ webhook }: { readonly webhook: Model<'Webhook'> }) {
  const filters = useUrlFilters()
  const range = ranges.find((each) => each === filters.one('range')) ?? '24h'
  const statistics = useStatistics(webhook.id, range)
  return (
    <div className="grid gap-4">
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">Over</legend>
        {ranges.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === range}
            onClick={() => filters.set({ range: each === '24h' ? '' : each })}
            className="min-h-11 rounded-full border border-edge px-3.5 hover:bg-raised aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-medium"
          >
            {names[each]}
          </button>
        ))}
      </fieldset>
      <Loaded query={statistics} what="the figures">
        {(found) => (
          <>
            <Charts
              points={pointsOf(found, range)}
              by={steps[range]}
              isExact={found.latency_error_percent === 0}
            />
            <Breakdowns found={found} range={range} />
          </>
        )}
      </Loaded>
      <Card title="Settings">
        <Facts
          facts={[
            ['URL', webhook.url],
            ['Events', webhook.event_types.join(', ')],
            ['Wire format', webhook.profile],
            ['Description', webhook.description ?? '–'],
            ['Made', <RelativeTime key="made" at={webhook.created_at} />],
          ]}
        />
      </Card>
    </div>
  )
}

interface ChartsProps {
  readonly points: readonly Point[]
  readonly by: string
  /** Durations are those of the requests, and not near them. */
  readonly isExact: boolean
}

function Charts({ points, by, isExact }: ChartsProps) {
  const delivered = points.reduce((sum, point) => sum + point.delivered, 0)
  const failed = points.reduce((sum, point) => sum + point.failed, 0)
  const requests = delivered + failed
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title="Requests">
        <BarChart
          title={by}
          bars={points.map((point) => ({ label: point.label, good: point.delivered, bad: point.failed }))}
          goodName="Delivered"
          badName="Failed"
          unit="requests"
        />
        <p className="mt-3">
          {requests === 0
            ? 'No request in this time; tests are not counted.'
            : `${requests.toLocaleString('en')} requests, ${sayPercent(delivered / requests)} of them delivered. Tests are not counted.`}
        </p>
      </Card>
      <Card title="How fast it answers">
        <ResponseTimeChart points={points} isExact={isExact} />
      </Card>
    </div>
  )
}

function Breakdowns({ found, range }: { readonly found: Statistics; readonly range: Range }) {
  const unanswered = sayFailures({
    kinds: found.error_classes.map((each) => ({ ...each, response_status: null })),
  })
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title="By status">
        <BreakdownTable
          title="Requests by class of status"
          rows={found.status_classes.map(({ status_class: name, delivered, failed }) => ({
            ...{ name: classNames[name], delivered, failed },
          }))}
        />
        {unanswered !== null && <p className="mt-3 text-sm">Without an answer: {unanswered}.</p>}
        <p className="mt-3 text-muted text-sm">
          {sayLatency(found, names[range])}
          {!found.is_complete && (
            <>
              {' '}
              Only the newest 50,000 requests, since <RelativeTime at={found.looked_from} />.
            </>
          )}
        </p>
      </Card>
      <Card title="By event type">
        <BreakdownTable
          title="Requests by event type"
          rows={found.event_types
            .toSorted((one, other) => other.delivered + other.failed - one.delivered - one.failed)
            .map(({ event_type: name, delivered, failed }) => ({ name, delivered, failed }))}
        />
      </Card>
    </div>
  )
}
