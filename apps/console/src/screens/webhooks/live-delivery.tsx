/** What becomes of one delivery, as it happens: the verdict in words, and both sides of its last request. */

import { useQuery } from '@tanstack/react-query'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card, Facts } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { Sentence } from '../../parts/sentence.tsx'
import { Failure, Loading } from '../../parts/states.tsx'

/** The log follows within a second; a person who waits notices less than that no more. */
const lookEveryMs = 750
/** A quarter of a minute of looking: who waits longer is told what it may be, and looks less often. */
const looksMax = 20
const lookRarelyMs = 5_000

export function LiveDelivery({ deliveryId }: { readonly deliveryId: string }) {
  const query = useQuery({
    queryKey: ['deliveries', deliveryId],
    queryFn: () =>
      dataOf(api.GET('/api/v1/deliveries/{delivery_id}', { params: { path: { delivery_id: deliveryId } } })),
    // It is in the log when its first attempt has ended.
    refetchInterval: ({ state: { data, errorUpdateCount, dataUpdateCount } }) => {
      if (data !== undefined && data.state !== 'pending') return false
      return errorUpdateCount + dataUpdateCount < looksMax ? lookEveryMs : lookRarelyMs
    },
  })
  const isNotThereYet = query.error instanceof ApiProblem && query.error.status === 404
  const attempt = query.data?.attempts.at(-1)
  const isLate = attempt === undefined && query.errorUpdateCount >= looksMax
  return (
    <Card title="The test">
      <div role="status" className="mb-3">
        {query.data === undefined || attempt === undefined ? (
          <Loading what="what your endpoint answers" />
        ) : (
          <Verdict delivery={query.data} />
        )}
      </div>
      {isLate && (
        <p className="mb-3">
          It takes longer than usual: no request was made yet, or its answer is not in the log. The test is
          kept and goes out by itself; it shows here as soon as it has. If it stays so, the operator should
          look at what sends.
        </p>
      )}
      {query.isError && !isNotThereYet && (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      )}
      {attempt !== undefined && <Exchange attempt={attempt} />}
    </Card>
  )
}

function Verdict({ delivery }: { readonly delivery: Model<'Delivery'> }) {
  if (delivery.state === 'delivered') return <Pill tone="good">Delivered</Pill>
  return (
    <>
      <Pill tone="bad">{delivery.state === 'dead' ? 'Not delivered' : 'Not delivered yet'}</Pill>
      <p className="mt-2">
        <Sentence text={delivery.attempts.at(-1)?.explanation ?? delivery.explanation ?? ''} />
      </p>
      {delivery.next_attempt_at !== null && (
        <p>
          It is tried again <RelativeTime at={delivery.next_attempt_at} />.
        </p>
      )}
    </>
  )
}

function Exchange({ attempt }: { readonly attempt: Model<'Attempt'> }) {
  const { timings } = attempt
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <div className="grid min-w-0 content-start gap-3">
        <h3 className="font-medium">Request</h3>
        <CodeBlock what="the request" text={headText(`POST ${attempt.url ?? ''}`, attempt.request_headers)} />
        <CodeBlock what="the request's body" text={attempt.request_body ?? ''} />
      </div>
      <div className="grid min-w-0 content-start gap-3">
        <h3 className="font-medium">Response</h3>
        <CodeBlock
          what="the response"
          text={headText(String(attempt.response_status ?? 'no answer'), attempt.response_headers)}
        />
        {attempt.response_body !== null && attempt.response_body !== '' && (
          <CodeBlock what="the response's body" text={attempt.response_body} />
        )}
        <Facts
          facts={[
            ['Name look-up', sayDuration(timings.dns_ms)],
            ['Connection', sayDuration(timings.connect_ms)],
            ['TLS', sayDuration(timings.tls_ms)],
            ['First byte', sayDuration(timings.first_byte_ms)],
            ['In all', sayDuration(timings.total_ms)],
            ['Address', attempt.remote_address ?? '–'],
          ]}
        />
      </div>
    </div>
  )
}

function headText(first: string, headers: Readonly<Record<string, unknown>> | null): string {
  return [first, ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${String(value)}`)].join(
    '\n',
  )
}
