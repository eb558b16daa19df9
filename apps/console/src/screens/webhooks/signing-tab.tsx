/** How requests to the endpoint are signed, how that is verified, and new secrets. */
import type { Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Card, Facts } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { OverlapCard } from './overlap-card.tsx'
import { RotateSecret } from './rotate-secret.tsx'
import { SignedHeaders } from './signed-headers.tsx'
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
        {webhook.secret !== null && (
          <p className="mt-3 text-muted">
            It was shown once, when it was made. We keep it sealed, and neither this page nor the API can show
            it again: whoever has lost it rotates it.
          </p>
        )}
        {webhook.previous_secrets.length > 0 && (
          <p className="mt-3">
            Until the old ones end, every request carries a signature of each: whichever your program has, it
            verifies.
          </p>
        )}
        <div className="mt-4">
          {mayWrite ? (
            <RotateSecret webhook={webhook} />
          ) : (
            <p className="text-muted">Your session may look at this endpoint, and not change it.</p>
          )}
        </div>
      </Card>
      {mayWrite && webhook.previous_secrets.length > 0 && <OverlapCard webhook={webhook} />}
      <VerifyCard signature={webhook.signature} />
      <SignedHeaders profile={webhook.profile} prefix={webhook.header_prefix} signature={webhook.signature} />
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
