/** How a receiver verifies requests of an endpoint. */
import { lazy, Suspense } from 'react'
import { Card } from '../../parts/page.tsx'
import { Loading } from '../../parts/states.tsx'

const SnippetViewer = lazy(() => import('./snippet-viewer.tsx'))

export function VerifyCard({ signature }: { readonly signature: 'hmac' | 'ed25519' }) {
  return (
    <Card title="Verify it in your program">
      {signature === 'hmac' ? (
        <Suspense fallback={<Loading what="the programs" />}>
          <SnippetViewer />
        </Suspense>
      ) : (
        <p>
          <code className="font-mono">webhook-signature</code> holds <code className="font-mono">v1a,</code>{' '}
          and an Ed25519 signature in Base64. It is right when the public key (the 32 bytes after{' '}
          <code className="font-mono">whpk_</code>, in Base64) verifies it over what is signed.
        </p>
      )}
    </Card>
  )
}
