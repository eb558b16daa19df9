/** How requests to the endpoint are signed. */
import type { Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Card, Facts } from '../../parts/page.tsx'

export function SigningTab({ webhook }: { readonly webhook: Model<'Webhook'> }) {
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
          ]}
        />
        {webhook.public_key !== null && (
          <div className="mt-3 flex items-center gap-3">
            <CopyButton text={webhook.public_key} what="the public key" />
          </div>
        )}
        {!mayWrite && (
          <p className="mt-3 text-muted">Your session may look at this endpoint, and not change it.</p>
        )}
      </Card>
      <Card title="What is signed">
        <CodeBlock what="the signed content" text={'{webhook-id}.{webhook-timestamp}.{body}'} />
      </Card>
    </div>
  )
}
