/** Sends what must be accepted and what must be refused, tells of each as it is answered, and then what it means. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { Failure } from '../../parts/states.tsx'
import { describeFinding, describeProbe, sayCheck } from './describe-check.ts'

type Check = Model<'WebhookCheck'>

/** Each request is in the log within some tenths of a second. */
const lookEveryMs = 500

export function CheckCard({ webhookId }: { readonly webhookId: number }) {
  const start = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook_id}/check', {
          params: { path: { webhook_id: webhookId }, query: { wait: false } },
        }),
      ),
  })
  return (
    <Card title="Check what it accepts">
      <p className="mb-3">
        Sends a genuine request, the same once more, and three that must be refused: changed, old, unsigned;
        and looks at how long each takes. It counts neither as usage nor towards the state of the endpoint.
      </p>
      <Button isBusy={start.isPending} onClick={() => start.mutate()}>
        Check the endpoint
      </Button>
      <div className="mt-3">
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
    queryFn: async () => {
      try {
        return await dataOf(
          api.GET('/api/v1/webhooks/{webhook_id}/checks/{check_id}', {
            params: { path: { webhook_id: first.webhook_id, check_id: first.id } },
          }),
        )
      } catch (error) {
        // It is in the log when its first request has ended.
        if (error instanceof ApiProblem && error.status === 404) return first
        throw error
      }
    },
    initialData: first,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? lookEveryMs : false),
  })
  const check = query.data
  const says = sayCheck(check)
  return (
    <>
      <p role="status" className="mb-3 font-medium">
        {says ?? sayProgress(check)}
      </p>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <ul className="grid gap-3">
        {says === null
          ? check.probes.map((probe) => <ProbeItem key={probe.name} probe={probe} />)
          : check.findings.map((finding) => <FindingItem key={finding.name} finding={finding} />)}
      </ul>
    </>
  )
}

function sayProgress({ probes }: Check): string {
  const sent = probes.filter(({ state }) => state === 'sent').length
  return `${sent} of ${probes.length} requests answered …`
}

function ProbeItem({ probe }: { readonly probe: Check['probes'][number] }) {
  const { title, says, isSent } = describeProbe(probe)
  return (
    <li className="flex flex-wrap items-center gap-2 rounded-md border border-line p-3">
      <Pill tone={isSent ? 'plain' : 'warn'}>{isSent ? 'Answered' : 'Waiting'}</Pill>
      <span className="font-medium">{title}</span>
      <span className="text-muted">{says}</span>
    </li>
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
