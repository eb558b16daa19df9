/** A secret in full. The API tells it in one answer and never again. */
import { CopyButton } from '../../parts/copy-button.tsx'
import { Card } from '../../parts/page.tsx'
import { SecretText } from '../../parts/secret-text.tsx'

interface Props {
  readonly secret: string
  readonly isPublic: boolean
}

export function SecretOnce({ secret, isPublic }: Props) {
  return (
    <Card title={isPublic ? 'The public key' : 'The signing secret'}>
      <p className="mb-3 text-muted">
        {isPublic ? '' : 'Keep it now: it is here until you leave this page, and never again. '}Your program
        verifies each request with it, by any <span className="whitespace-nowrap">Standard Webhooks</span>{' '}
        library.
      </p>
      {isPublic ? (
        <div className="flex flex-wrap items-center gap-3">
          <code className="min-w-0 break-all rounded bg-raised px-2 py-1 font-mono">{secret}</code>
          <CopyButton text={secret} what="the public key" />
        </div>
      ) : (
        <SecretText secret={secret} />
      )}
    </Card>
  )
}
