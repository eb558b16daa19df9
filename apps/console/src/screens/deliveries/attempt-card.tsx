/** One request of a delivery: what was sent, what came back, and how long each part took. */
import { useState } from 'react'
import type { Model } from '../../api/api.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Facts } from '../../parts/page.tsx'
import { exactly, RelativeTime } from '../../parts/relative-time.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { Sentence } from '../../parts/sentence.tsx'
import { explainAttempt, sayOutcome } from './explain-attempt.ts'
import { SignedCurl } from './signed-curl.tsx'
import { splitTimings, type TimingMarks } from './split-timings.ts'
import { writePlainCurl } from './write-plain-curl.ts'

type Attempt = Model<'Attempt'>

interface Props {
  readonly attempt: Attempt
  readonly deliveryId: string
  readonly isOpen: boolean
}

export function AttemptCard({ attempt, deliveryId, isOpen }: Props) {
  const { what, fix } = explainAttempt(attempt)
  // As it began: a newer request takes nothing away from whoever reads this one.
  const [isOpenAtFirst] = useState(isOpen)
  return (
    <details open={isOpenAtFirst} className="rounded-lg border border-line bg-surface p-4">
      <summary className="cursor-pointer">
        <span className="font-semibold">Request {attempt.attempt_number}</span>
        {': '}
        {sayOutcome(attempt.response_status, attempt.error_class)}
        {', '}
        <time dateTime={attempt.started_at}>{exactly(attempt.started_at)}</time>
        {attempt.trigger !== 'event' && `, ${attempt.trigger}`}
        {', '}
        <RelativeTime at={attempt.started_at} />
      </summary>
      <div className="mt-3 grid gap-4">
        <div>
          <p className="break-words font-medium">
            <Sentence text={what} />
          </p>
          {fix !== null && <p className="mt-1 break-words">{fix}</p>}
        </div>
        <TimingBar marks={attempt.timings} />
        <Facts
          facts={[
            ['URL', <bdi key="url">{attempt.url ?? '–'}</bdi>],
            ['Remote address', attempt.remote_address ?? 'none: no connection was made'],
            ['Then', sayThen(attempt)],
            ...(attempt.batch === null
              ? []
              : ([['Batch', `one of ${attempt.batch.size ?? '?'} in ${attempt.batch.id}`]] as const)),
          ]}
        />
        <Curl attempt={attempt} deliveryId={deliveryId} />
        <Sent title="Request" headers={attempt.request_headers} body={attempt.request_body} />
        {attempt.response_status !== null && (
          <>
            <Sent title="Answer" headers={attempt.response_headers} body={attempt.response_body} />
            {attempt.is_response_body_truncated === true && (
              <p className="text-warn">The answer was longer: the log keeps its first 4 KiB.</p>
            )}
          </>
        )}
      </div>
    </details>
  )
}

function sayThen({ disposition, next_attempt_at: next, dead_reason: reason }: Attempt): string {
  if (next !== null) return `${disposition}, again at ${exactly(next)}`
  return reason === null ? disposition : `${disposition}: ${reason}`
}

interface CurlProps {
  readonly attempt: Attempt
  readonly deliveryId: string
}

function Curl({ attempt, deliveryId }: CurlProps) {
  const plain = writePlainCurl(attempt)
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {plain !== null && <CopyButton text={plain} what="as curl" />}
        <SignedCurl deliveryId={deliveryId} />
      </div>
      {plain === null && <p className="text-muted">The log does not keep this request any more.</p>}
    </div>
  )
}

interface SentProps {
  readonly title: string
  readonly headers: Readonly<Record<string, unknown>> | null
  readonly body: string | null
}

function Sent({ title, headers, body }: SentProps) {
  const what = title.toLowerCase()
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${String(value)}`)
  return (
    <div className="grid min-w-0 gap-2">
      <h3 className="font-semibold">{title}</h3>
      {headers === null ? (
        <p className="text-muted">Its headers are not kept.</p>
      ) : (
        <CodeBlock what={`the headers of the ${what}`} text={lines.join('\n')} />
      )}
      {body === null || body === '' ? (
        <p className="text-muted">{body === null ? 'Its body is not kept.' : 'It has no body.'}</p>
      ) : (
        <>
          <p className="text-muted text-sm">
            Body, {new TextEncoder().encode(body).length.toLocaleString()} bytes
          </p>
          <CodeBlock what={`the body of the ${what}`} text={body} />
        </>
      )}
    </div>
  )
}

const fills = {
  DNS: 'bg-accent',
  Connect: 'bg-warn',
  TLS: 'bg-muted',
  Waiting: 'bg-good',
  Reading: 'bg-edge',
  'Until it failed': 'bg-bad',
} as const

function TimingBar({ marks }: { readonly marks: TimingMarks }) {
  const phases = splitTimings(marks)
  const totalMs = marks.total_ms ?? 0
  if (phases.length === 0) return null
  return (
    <figure>
      <div aria-hidden="true" className="flex h-3 overflow-hidden rounded bg-raised">
        {phases.map(({ name, lastsMs }) => (
          <div
            key={name}
            className={fills[name]}
            style={{ width: `${totalMs > 0 ? (lastsMs / totalMs) * 100 : 0}%` }}
          />
        ))}
      </div>
      <figcaption className="mt-1 flex flex-wrap gap-x-4 text-sm">
        {phases.map(({ name, lastsMs }) => (
          <span key={name} className="inline-flex items-center gap-1">
            <span aria-hidden="true" className={`inline-block size-2.5 rounded-full ${fills[name]}`} />
            {name} {sayDuration(lastsMs)}
          </span>
        ))}
        <span>Total {sayDuration(marks.total_ms)}</span>
      </figcaption>
    </figure>
  )
}
