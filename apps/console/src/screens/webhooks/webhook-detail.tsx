/** One endpoint: how it is doing, and what it is set to. */

import { useParams } from '@tanstack/react-router'
import type { Model } from '../../api/api.ts'
import { Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { ActivityTab } from './activity-tab.tsx'
import { DeliveriesTab } from './deliveries-tab.tsx'
import { describeWebhook } from './describe-webhook.ts'
import { FailingBanner } from './failing-banner.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { SigningTab } from './signing-tab.tsx'
import { TestingTab } from './testing-tab.tsx'
import { useWebhook } from './webhook-queries.ts'

type Webhook = Model<'Webhook'>

export default function WebhookDetail() {
  const { webhookId = '' } = useParams({ strict: false })
  const query = useWebhook(Number(webhookId))
  return (
    <Loaded query={query} what="the endpoint">
      {(webhook) => (
        <Page title={webhook.name ?? webhook.url}>
          <p className="-mt-3 mb-4 flex flex-wrap items-center gap-2">
            <StatePill webhook={webhook} />
            {/* The banner says it where something is wrong. */}
            {webhook.failing_since === null && webhook.state !== 'disabled' && (
              <Sentence text={webhook.status} />
            )}
          </p>
          <FailingBanner webhook={webhook} />
          <Tabs
            label="Endpoint"
            tabs={[
              { name: 'overview', label: 'Overview', content: () => <OverviewTab webhook={webhook} /> },
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
