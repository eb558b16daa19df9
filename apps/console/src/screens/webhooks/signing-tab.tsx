/** How requests to the endpoint are signed, how that is verified, and new secrets. */
import type { Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Card, Facts } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { RotateSecret } from './rotate-secret.tsx'
import { VerifyCard } from './verify-card.tsx'

type Webhook = Model<'Webhook'>

export function SigningTab({ webhook }: { readonly webhook: Webhook }) {
  const mayWrite = useMay('webhooks:write')
  return (
    <div className="grid gap-4">
      <Card title="Signature">
        <Facts
          facts={[
            [
              'Kind',
              webhook.signature === 'hmac' ? 'HMAC-SHA256 with a shared secret' : 'Ed25519 with a public key',
            ],
            ['Secret', webhook.secret ?? 'none: requests are verified with the public key'],
            ...webhook.previous_secrets.map(previousFact),
          ]}
        />
        {webhook.public_key !== null && (
          <div className="mt-3 flex items-center gap-3">
            <code className="min-w-0 break-all font-mono">{webhook.public_key}</code>
            <CopyButton text={webhook.public_key} what="the public key" />
          </div>
        )}
        <div className="mt-4">
          {mayWrite ? (
            <RotateSecret webhook={webhook} />
          ) : (
            <p className="text-muted">Your session may look at this endpoint, and not change it.</p>
          )}
        </div>
      </Card>
      <VerifyCard signature={webhook.signature} />
      <Card title="What is signed">
        <CodeBlock what="the signed content" text={'{webhook-id}.{webhook-timestamp}.{body}'} />
      </Card>
    </div>
  )
}

function previousFact(
  { secret, public_key: publicKey, expires_at: end }: Webhook['previous_secrets'][number],
  index: number,
) {
  return [
    index === 0 ? 'Old secret' : `Old secret ${index + 1}`,
    <span key="end">
      {secret ?? publicKey}, {end === null ? 'without an end' : 'ends '}
      {end !== null && <RelativeTime at={end} />}
    </span>,
  ] as const
}
