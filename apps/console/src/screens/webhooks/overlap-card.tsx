/**
 * While a secret is changed over: which one does the receiver verify with? Requests carry a signature of each, so nothing that is
 * delivered tells; the receiver is asked, by a check.
 */
import type { Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Failure } from '../../parts/states.tsx'
import { describeOverlap, sayProgress } from './describe-check.ts'
import { LateCheck } from './late-check.tsx'
import { type Check, useCheck, useStartCheck } from './use-check.ts'

export function OverlapCard({ webhook }: { readonly webhook: Model<'Webhook'> }) {
  const start = useStartCheck(webhook.id)
  return (
    <Card title="Which secret does your receiver verify with?">
      <p className="mb-3">
        Every request is signed with the old secret and with the new one, so what is delivered does not tell.
        Ask the receiver before you end the overlap: a check sends a request that the new secret alone has
        signed, and one of the old secret alone.
      </p>
      <Button isBusy={start.isPending} onClick={() => start.mutate()}>
        Ask the receiver
      </Button>
      <div className="mt-3">
        {start.isError && <Failure error={start.error} />}
        {start.data !== undefined && !start.isPending && <Answer key={start.data.id} first={start.data} />}
      </div>
    </Card>
  )
}

function Answer({ first }: { readonly first: Check }) {
  const { query, isLate } = useCheck(first)
  const check = query.data
  return (
    <>
      <div role="status">
        {check.state === 'running' ? (
          <p className="font-medium">{sayProgress(check)}</p>
        ) : (
          <Overlap check={check} />
        )}
      </div>
      {isLate && <LateCheck />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
    </>
  )
}

/** Nothing where one secret signed. */
export function Overlap({ check: { overlap } }: { readonly check: Check }) {
  if (overlap === null) return <p>The old secret has ended: the new one alone signs.</p>
  const { tone, word } = describeOverlap(overlap.accepts)
  return (
    <p className="flex flex-wrap items-center gap-2">
      <Pill tone={tone}>{word}</Pill>
      <span className="min-w-0">{overlap.message}</span>
    </p>
  )
}
