/** Sends what must be accepted and what must be refused, and tells what the endpoint did. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { Failure, Loading } from '../../parts/states.tsx'
import { describeFinding, sayCheck } from './describe-check.ts'

type Check = Model<'WebhookCheck'>

/** A check that takes longer than eight seconds is asked for; its requests time out after fifteen. */
const lookEveryMs = 1_500

export function CheckCard({ webhookId }: { readonly webhookId: number }) {
  const start = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook_id}/check', { params: { path: { webhook_id: webhookId } } }),
      ),
  })
  return (
    <Card title="Check what it accepts">
      <p className="mb-3">
        Sends a genuine request, the same once more, and some that must be refused: changed, old, unsigned. It
        counts neither as usage nor towards the state of the endpoint.
      </p>
      <Button isBusy={start.isPending} onClick={() => start.mutate()}>
        Check the endpoint
      </Button>
      <div role="status" className="mt-3">
        {start.isPending && <Loading what="what the endpoint answers" />}
        {start.isError && <Failure error={start.error} />}
        {start.data !== undefined && !start.isPending && (
          <CheckResult key={start.data.id} first={start.data} />
        )}
      </div>
    </Card>
  )
}

function CheckResult({ first }: { readonly first: Check }) {
  const query = useQuery({
    queryKey: ['checks', first.id],
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/webhooks/{webhook_id}/checks/{check_id}', {
          params: { path: { webhook_id: first.webhook_id, check_id: first.id } },
        }),
      ),
    initialData: first,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? lookEveryMs : false),
  })
  const check = query.data
  const says = sayCheck(check)
  if (says === null) return <Loading what="what the endpoint answers" />
  return (
    <>
      <p className="mb-3 font-medium">{says}</p>
      <ul className="grid gap-3">
        {check.findings.map((finding) => (
          <FindingItem key={finding.name} finding={finding} />
        ))}
      </ul>
    </>
  )
}

function FindingItem({ finding }: { readonly finding: Check['findings'][number] }) {
  const { title, tone, word } = describeFinding(finding)
  const { request, response } = finding
  return (
    <li className="min-w-0 rounded-md border border-line p-3">
      <p className="flex flex-wrap items-center gap-2">
        <Pill tone={tone}>{word}</Pill> <span className="font-medium">{title}</span>
      </p>
      <p className="mt-1">{finding.message}</p>
      {(request !== null || response !== null) && (
        <details className="mt-2">
          <summary className="cursor-pointer text-muted">What was sent and answered</summary>
          <div className="mt-2 grid gap-3">
            {request !== null && (
              <CodeBlock
                what="the request"
                text={[
                  `POST ${request.url}`,
                  ...Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`),
                  '',
                  request.body,
                ].join('\n')}
              />
            )}
            {response !== null && (
              <CodeBlock
                what="the response"
                text={[
                  `${response.status ?? response.error_message ?? 'no answer'}, ${sayDuration(response.duration_ms)}`,
                  ...(response.body === null ? [] : ['', response.body]),
                ].join('\n')}
              />
            )}
          </div>
        </details>
      )}
    </li>
  )
}
