/** What was sent, what was put off, and what is planned: one line of time, the oldest first. */
import type { ReactNode } from 'react'
import type { Model } from '../../api/api.ts'
import { Pill, type Tone } from '../../parts/pill.tsx'
import { exactly, locally, RelativeTime } from '../../parts/relative-time.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { AttemptCard } from './attempt-card.tsx'
import { type Moment, orderTimeline } from './order-timeline.ts'

export function Timeline({ delivery }: { readonly delivery: Model<'Delivery'> }) {
  const moments = orderTimeline(delivery)
  const newest = moments.findLast(({ kind }) => kind === 'request')
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="mb-3 font-semibold text-lg">
        Timeline, the oldest first
      </h2>
      {newest === undefined && <p className="mb-3 text-muted">No request was made yet.</p>}
      <ol className="grid list-none gap-3 border-line border-l-2 pl-4">
        {moments.map((moment) => (
          <li key={keyOf(moment)} className="min-w-0">
            <MomentView moment={moment} isNewest={moment === newest} deliveryId={delivery.id} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function keyOf(moment: Moment): string {
  if (moment.kind === 'request') return `request ${moment.attempt.attempt_number} ${moment.at}`
  if (moment.kind === 'hold') return `hold ${moment.at} ${moment.hold.trigger} ${moment.hold.reason}`
  if (moment.kind === 'planned')
    return `planned ${moment.planned.trigger} ${moment.planned.attempt_number} ${moment.at}`
  return `${moment.kind} ${moment.at}`
}

interface MomentProps {
  readonly moment: Moment
  readonly isNewest: boolean
  readonly deliveryId: string
}

function MomentView({ moment, isNewest, deliveryId }: MomentProps) {
  switch (moment.kind) {
    case 'request':
      return <AttemptCard attempt={moment.attempt} deliveryId={deliveryId} isOpen={isNewest} />
    case 'hold':
      return (
        <Line tone="plain" word="Put off" at={moment.at} what="without a request">
          <p className="first-letter:uppercase">
            <Sentence text={moment.hold.explanation ?? moment.hold.reason ?? 'no reason was recorded'} />.
          </p>
        </Line>
      )
    case 'end':
      return (
        <Line
          tone={moment.isDelivered ? 'good' : 'bad'}
          word={moment.isDelivered ? 'Delivered' : 'Given up'}
          at={moment.at}
        />
      )
    case 'planned':
      return <Planned planned={moment.planned} />
    case 'limit':
      return <Line tone="ahead" word="Planned" at={moment.at} what="given up, if each of them fails" />
  }
}

interface LineProps {
  readonly tone: Tone
  readonly word: string
  readonly at: string
  readonly what?: ReactNode
  readonly children?: ReactNode
}

function Line({ tone, word, at, what, children }: LineProps) {
  return (
    <div className="flex items-start gap-2 px-4">
      <Pill tone={tone}>{word}</Pill>
      <div className="wrap-anywhere min-w-0">
        <p>
          {what !== undefined && <>{what}, </>}
          <Moments at={at} />
        </p>
        {children}
      </div>
    </div>
  )
}

/** Both: how far it is, and when exactly. */
function Moments({ at }: { readonly at: string }) {
  return (
    <>
      <RelativeTime at={at} />: <time dateTime={at}>{exactly(at)}</time>
    </>
  )
}

/** Where chance has a part in the time, its bounds are said: nobody knows more before it is due. */
function Planned({ planned }: { readonly planned: Model<'Delivery'>['planned_attempts'][number] }) {
  const { attempt_number: number, trigger, due_at: due, earliest_at: from, latest_at: to } = planned
  const what = `request ${number}${trigger === 'manual' ? ', sent again by hand' : ''}`
  return (
    <Line tone="ahead" word="Planned" at={due} what={what}>
      {from !== to && (
        <p className="text-muted text-sm">
          Its jitter puts it between <time dateTime={from}>{locally(from)}</time> and{' '}
          <time dateTime={to}>{locally(to)}</time>
        </p>
      )}
    </Line>
  )
}
