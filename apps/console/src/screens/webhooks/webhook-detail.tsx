/** One endpoint: how it is doing, and what it is set to. */
import { useParams } from '@tanstack/react-router'
import type { Model } from '../../api/api.ts'
import { BarChart } from '../../parts/chart.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { Loaded } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { ActivityTab } from './activity-tab.tsx'
import { DeliveriesTab } from './deliveries-tab.tsx'
import { describeWebhook } from './describe-webhook.ts'
import { FailingBanner } from './failing-banner.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { SigningTab } from './signing-tab.tsx'
import { sayPercent, sumUsage } from './sum-usage.ts'
import { TestingTab } from './testing-tab.tsx'
import { usageDays, useUsage, useWebhook } from './webhook-queries.ts'

type Webhook = Model<'Webhook'>

export default function WebhookDetail() {
  const { webhookId = '' } = useParams({ strict: false })
  const query = useWebhook(Number(webhookId))
  return (
    <Loaded query={query} what="the endpoint">
      {(webhook) => (
        <Page title={webhook.name ?? webhook.url}>
          <p className="-mt-3 mb-4 flex flex-wrap items-center gap-2">
            <StatePill webhook={webhook} /> {webhook.status}
          </p>
          <FailingBanner webhook={webhook} />
          <Tabs
            label="Endpoint"
            tabs={[
              { name: 'overview', label: 'Overview', content: () => <Overview webhook={webhook} /> },
              {
                name: 'deliveries',
                label: 'Deliveries',
                content: () => <DeliveriesTab webhookId={webhook.id} />,
              },
              { name: 'signing', label: 'Signing', content: () => <SigningTab webhook={webhook} /> },
              { name: 'testing', label: 'Testing', content: () => <TestingTab webhook={webhook} /> },
              { name: 'settings', label: 'Settings', content: () => <SettingsTab webhook={webhook} /> },
              {
                name: 'activity',
                label: 'Activity',
                content: () => <ActivityTab webhookId={webhook.id} />,
              },
            ]}
          />
        </Page>
      )}
    </Loaded>
  )
}

function StatePill({ webhook }: { readonly webhook: Webhook }) {
  const { tone, word } = describeWebhook(webhook)
  return <Pill tone={tone}>{word}</Pill>
}

function Overview({ webhook }: { readonly webhook: Webhook }) {
  const usage = useUsage(webhook.id)
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title={`Requests of the last ${usageDays} days`}>
        <Loaded query={usage} what="the figures">
          {({ data }) => {
            const sum = sumUsage(data, Date.now(), usageDays)
            return (
              <>
                <BarChart title="By day (UTC)" bars={sum.days} goodName="Delivered" badName="Not delivered" />
                <p className="mt-3">
                  {sum.attempts.toLocaleString()} requests, {sayPercent(sum.successRate)} of them delivered;
                  95 % were answered within {sayDuration(sum.p95Ms)}.
                </p>
              </>
            )
          }}
        </Loaded>
      </Card>
      <Card title="Settings">
        <Facts
          facts={[
            ['URL', webhook.url],
            ['Events', webhook.event_types.join(', ')],
            ['Profile', webhook.profile],
            ['Description', webhook.description ?? '–'],
            ['Made', <RelativeTime key="made" at={webhook.created_at} />],
          ]}
        />
      </Card>
    </div>
  )
}
