/** What is wrong, the worst first; or that all is well, with the figures that say so. Looked at anew by itself, and read aloud when it changes. */
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ApiProblem } from '../../api/api.ts'
import { Icon } from '../../parts/icon.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import {
  type Answers,
  type Finding,
  judgeInstallation,
  type Place,
  type Question,
  sayAllWell,
} from './judge-installation.ts'
import { useBreakers, useNewestPoison, usePipeline, useSubjects, useTenants } from './operator-queries.ts'

/** Null where what is asked does not answer (503), whatever was there before; what else went wrong says nothing of it. */
function answerOf<T>({ data, error }: UseQueryResult<T>): T | null | undefined {
  if (error === null) return data
  return error instanceof ApiProblem && error.status === 503 ? null : undefined
}

export function HealthCard() {
  const pipeline = usePipeline()
  const breakers = useBreakers()
  const tenants = useTenants()
  const poison = useNewestPoison()
  const subjects = useSubjects()
  const answers: Answers = {
    pipeline: answerOf(pipeline),
    breakers: answerOf(breakers),
    tenants: answerOf(tenants),
    poison: answerOf(poison),
    subjects: answerOf(subjects),
    unasked: Object.entries({ pipeline, breakers, tenants, poison, subjects }).flatMap(([what, query]) =>
      query.isError && answerOf<unknown>(query) === undefined ? [what as Question] : [],
    ),
  }
  const findings = judgeInstallation(answers, Date.now())
  const well = sayAllWell(answers)
  const bad = findings.filter(({ tone }) => tone === 'bad').length
  return (
    <section
      aria-labelledby="health"
      className={`min-w-0 rounded-lg border p-4 ${lookOf(bad, findings.length, well)}`}
    >
      <div role="status">
        <h2 id="health" className="flex items-center gap-2 font-semibold text-lg">
          <Icon name={findings.length === 0 ? 'check' : 'warning'} /> {titleOf(bad, findings.length, well)}
        </h2>
        {findings.length === 0 && well !== null && <p className="mt-1 text-text">In figures: {well}.</p>}
        {findings.length > 0 && (
          <ul className="mt-3 grid gap-2">
            {findings.map((finding) => (
              <FindingItem key={finding.text} finding={finding} />
            ))}
          </ul>
        )}
      </div>
      <p className="mt-3 text-muted text-sm">
        Looked at anew every ten seconds
        {pipeline.data !== undefined && (
          <>
            , last <RelativeTime at={pipeline.data.measured_at} />
          </>
        )}
        .
      </p>
    </section>
  )
}

function lookOf(bad: number, all: number, well: string | null): string {
  if (bad > 0) return 'border-bad bg-bad-soft text-bad'
  if (all > 0) return 'border-warn bg-warn-soft text-warn'
  return well === null ? 'border-line bg-surface' : 'border-good bg-good-soft text-good'
}

function titleOf(bad: number, all: number, well: string | null): string {
  const watched = all - bad
  if (bad > 0) {
    const wrong = bad === 1 ? 'One thing is wrong' : `${bad} things are wrong`
    return watched === 0 ? wrong : `${wrong}, ${watched} ${watched === 1 ? 'wants' : 'want'} a look`
  }
  if (watched > 0) return watched === 1 ? 'One thing wants a look' : `${watched} things want a look`
  return well === null ? 'Looking …' : 'All is well'
}

const places: Readonly<Record<Place, string>> = {
  pipeline: 'lag and retries',
  breakers: 'endpoints that are held back',
  tenants: 'organizations',
  poison: 'records that were set aside',
  subjects: 'schema subjects',
}

/** On the clock, as whoever was woken reads it; how long that is, beside it. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

function FindingItem({ finding: { tone, text, sinceAtMs, runbook, at } }: { readonly finding: Finding }) {
  return (
    <li className="flex items-start gap-2 text-text">
      <span className={tone === 'bad' ? 'text-bad' : 'text-warn'}>
        <Icon name={tone === 'bad' ? 'warning' : 'clock'} />
      </span>
      <span className="min-w-0 break-words">
        <span className="sr-only">{tone === 'bad' ? 'Wrong: ' : 'Wants a look: '}</span>
        <bdi className="font-medium">{text}</bdi>
        {sinceAtMs !== null && (
          <>
            {' '}
            Since {clock.format(sinceAtMs)} (<RelativeTime at={new Date(sinceAtMs).toISOString()} />
            ).
          </>
        )}
        <span className="flex flex-wrap gap-x-4">
          {runbook !== null && (
            <Link
              to={`/operator/runbooks/${runbook}`}
              className="inline-flex min-h-11 items-center text-accent underline"
            >
              What to do: {runbook.replaceAll('-', ' ')}
            </Link>
          )}
          {at !== null && (
            <a href={`#${at}`} className="inline-flex min-h-11 items-center text-accent underline">
              Look at: {places[at]}
            </a>
          )}
        </span>
      </span>
    </li>
  )
}
