/** What became of a new endpoint's first request, as it happens, and the secret that is shown this once. */
import { Link } from '@tanstack/react-router'
import { Card } from '../../parts/page.tsx'
import type { Created } from './add-webhook.tsx'
import { LiveDelivery } from './live-delivery.tsx'
import { SecretOnce } from './secret-once.tsx'
import { VerifyCard } from './verify-card.tsx'

export function FirstDelivery({ created: { webhook, deliveryId } }: { readonly created: Created }) {
  const secret = webhook.secret ?? webhook.public_key ?? ''
  return (
    <div className="grid gap-4">
      <SecretOnce secret={secret} isPublic={webhook.public_key !== null} />
      {deliveryId === null ? (
        <Card title="No test was sent">
          <p>The endpoint is saved and active.</p>
        </Card>
      ) : (
        <LiveDelivery deliveryId={deliveryId} />
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
