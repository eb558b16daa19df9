/** A key that was just made, on the page until somebody says that it is stored: nobody can show it again. */
import { useEffect, useRef } from 'react'
import type { Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card } from '../../parts/page.tsx'

interface Props {
  readonly made: Model<'NewApiKey'>
  readonly onStored: () => void
}

export function NewKeyCard({ made, onStored }: Props) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of texts, no fieldset of a form
    <div ref={place} tabIndex={-1} role="group" aria-label="The new key" className="mb-5">
      <Card title="The new key">
        <p className="mb-3">
          Store the key of <bdi className="font-medium">{made.name}</bdi> now. This is the only time that it
          is shown; what we keep of it is a hash.
        </p>
        <CodeBlock what="the key" text={made.key} />
        <details className="mt-3">
          <summary className="cursor-pointer text-accent text-sm">For access tokens instead</summary>
          <p className="mt-2 mb-2 text-muted text-sm">
            POST /api/v1/oauth/token takes the same as a client’s id and secret.
          </p>
          <div className="grid gap-2">
            <CodeBlock what="the client id" text={made.client_id} />
            <CodeBlock what="the client secret" text={made.client_secret} />
          </div>
        </details>
        <Button className="mt-4" onClick={onStored}>
          I have stored it
        </Button>
      </Card>
    </div>
  )
}
