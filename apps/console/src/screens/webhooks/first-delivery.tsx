/** What became of a new endpoint's first request, as it happens, and the secret that is shown this once. */
import { Link } from '@tanstack/react-router'
import { Card } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Failure } from '../../parts/states.tsx'
import { ArrivedRequest } from '../inspector/arrived-request.tsx'
import { useArrivals } from '../inspector/use-arrivals.ts'
import type { Created } from './add-form.tsx'
import { LiveDelivery } from './live-delivery.tsx'
import { SecretOnce } from './secret-once.tsx'
import { VerifyCard } from './verify-card.tsx'

export function FirstDelivery({ created }: { readonly created: Created }) {
  const { webhook, test, isInspector } = created
  const secret = webhook.secret ?? webhook.public_key ?? ''
  return (
    <div className="grid gap-4">
      {/* First, where it is seen without scrolling: nothing shows it a second time. */}
      <SecretOnce secret={secret} isPublic={webhook.public_key !== null} />
      {isInspector && <InThisPage webhookId={webhook.id} secret={secret} />}
      {test !== null && test.deliveryId !== null ? (
        <LiveDelivery deliveryId={test.deliveryId} />
      ) : (
        <Card title={test === null ? 'No test was sent' : 'The test could not be sent'}>
          <p>The endpoint is saved and active. Its Testing tab sends a test at any time.</p>
          {test !== null && <Failure error={test.problem} />}
        </Card>
      )}
      <VerifyCard signature={webhook.signature} />
      <p>
        <Link
          to="/webhooks/$webhookId"
          params={{ webhookId: String(webhook.id) }}
          className="text-accent underline"
        >
          To the endpoint
        </Link>
      </p>
    </div>
  )
}

/** Every request is answered with 200. */
const status = 200

function InThisPage({ webhookId, secret }: { readonly webhookId: number; readonly secret: string }) {
  const { arrivals, isConnected, gone } = useArrivals(webhookId, secret, status)
  return (
    <Card title="What arrived in this page">
      <p className="mb-3 flex flex-wrap items-center gap-2">
        <Pill tone={isConnected ? 'good' : 'warn'}>{isConnected ? 'Listening' : 'Connecting'}</Pill>
        <span role="status">
          {arrivals.length === 0
            ? 'Nothing has arrived yet.'
            : `${arrivals.length} arrived; the newest first.`}
        </span>
      </p>
      {gone !== null && <Failure error={gone} />}
      <div className="grid gap-3">
        {arrivals.map((arrival, index) => (
          <ArrivedRequest key={arrival.request.request_id} arrival={arrival} isOpen={index === 0} />
        ))}
      </div>
    </Card>
  )
}
