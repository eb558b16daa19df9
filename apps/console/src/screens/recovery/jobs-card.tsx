/** Jobs that send again: how far they are; paused, resumed, cancelled. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { exactly, RelativeTime } from '../../parts/relative-time.tsx'
import { Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { describeJob, sayKind, sayProgress } from './describe-job.ts'
import { useEndpoints, useJobs } from './recovery-queries.ts'

type Job = Model<'Job'>

export function JobsCard({ mayWrite }: { readonly mayWrite: boolean }) {
  const query = useJobs()
  const { data: webhooks = [] } = useEndpoints()
  const nameOf = (id: number | null): string => {
    const webhook = webhooks.find((each) => each.id === id)
    return id === null ? 'all endpoints' : (webhook?.name ?? webhook?.url ?? `endpoint ${id}`)
  }
  return (
    <Card title="Jobs">
      <Loaded query={query} what="the jobs">
        {(jobs) =>
          jobs.length === 0 ? (
            <p className="text-muted">
              None yet. A job sends dead deliveries again, or events that an endpoint missed.
            </p>
          ) : (
            <ul className="grid gap-4">
              {jobs.map((job) => (
                <JobItem key={job.id} job={job} endpoint={nameOf(job.webhook_id)} mayWrite={mayWrite} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

interface ItemProps {
  readonly job: Job
  readonly endpoint: string
  readonly mayWrite: boolean
}

/** One job, as a row of a list. */
export function JobItem({ job, endpoint, mayWrite }: ItemProps) {
  const { tone, word, isOver } = describeJob(job)
  const { percent, expected_end_at: endAt } = job.progress
  return (
    <li className="min-w-0 border-line border-b pb-4 last:border-b-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-2">
        <Pill tone={tone}>{word}</Pill>
        <span>{sayKind(job)}</span> to <bdi className="min-w-0 max-w-96 truncate">{endpoint}</bdi>
        <span className="text-muted text-sm">
          made <RelativeTime at={job.created_at} />
          {/* Chosen ones, and a filter without a beginning, go back as far as the log does. */}
          {Date.parse(job.since) > 0 && `, since ${exactly(job.since)}`}
        </span>
      </div>
      {!isOver && (
        <progress
          className="mt-2 h-2 w-full"
          aria-label={`Progress of the job to ${endpoint}`}
          max={100}
          {...(percent === null ? {} : { value: percent })}
        />
      )}
      <p className="mt-1 text-sm">
        {sayProgress(job)}
        {!isOver && endAt !== null && (
          <>
            ; done <RelativeTime at={endAt} />
          </>
        )}
      </p>
      {job.error !== null && <p className="mt-1 break-words text-bad">{job.error}</p>}
      {mayWrite && !isOver && <JobButtons job={job} endpoint={endpoint} />}
    </li>
  )
}

function JobButtons({ job, endpoint }: Pick<ItemProps, 'job' | 'endpoint'>) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const path = { job_id: job.id }
  const steering = useMutation({
    mutationFn: (to: 'paused' | 'running' | 'cancelled') =>
      to === 'cancelled'
        ? bodyOf(api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path } }))
        : bodyOf(api.PATCH('/api/v1/jobs/{job_id}', { params: { path }, body: { state: to } })),
    onSuccess: (_, to) => announce.done(`The job is ${to}.`),
    onError: (error) => announce.failed(`The job is as it was: ${error.message}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
  const other = job.state === 'paused' ? 'running' : 'paused'
  return (
    <div className="mt-2 flex gap-2">
      <Button
        kind="quiet"
        isBusy={steering.isPending}
        onClick={() => steering.mutate(other)}
        aria-label={`${other === 'paused' ? 'Pause' : 'Resume'} the job to ${endpoint}`}
      >
        {other === 'paused' ? 'Pause' : 'Resume'}
      </Button>
      <Button
        kind="danger"
        isBusy={steering.isPending}
        onClick={() => steering.mutate('cancelled')}
        aria-label={`Cancel the job to ${endpoint}`}
      >
        Cancel
      </Button>
    </div>
  )
}
