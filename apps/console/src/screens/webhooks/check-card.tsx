/** Sends what must be accepted and what must be refused, tells of each as it is answered, and then what it means. */
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { Failure } from '../../parts/states.tsx'
import { describeFinding, describeProbe, sayCheck, sayProgress } from './describe-check.ts'
import { LateCheck } from './late-check.tsx'
import { Overlap } from './overlap-card.tsx'
import { type Check, useCheck, useStartCheck } from './use-check.ts'

export function CheckCard({ webhookId }: { readonly webhookId: number }) {
  const start = useStartCheck(webhookId)
  return (
    <Card title="Check what it accepts">
      <p className="mb-3">
        Sends a genuine request, the same once more, and three that must be refused: changed, old, unsigned;
        and looks at how long each takes. While a secret is changed over, it also asks which one the receiver
        verifies with. It counts neither as usage nor towards the state of the endpoint.
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
  const { query, isLate } = useCheck(first)
  const check = query.data
  const says = sayCheck(check)
  return (
    <>
      <p role="status" className="mb-3 font-medium">
        {says ?? sayProgress(check)}
      </p>
      {isLate && <LateCheck />}
      {check.overlap !== null && (
        <div className="mb-3">
          <Overlap check={check} />
        </div>
      )}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <ul className="grid gap-3">
        {says === null
          ? check.probes.map((probe) => <ProbeItem key={probe.name} probe={probe} />)
          : check.findings.map((finding) => <FindingItem key={finding.name} finding={finding} />)}
      </ul>
    </>
  )
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
