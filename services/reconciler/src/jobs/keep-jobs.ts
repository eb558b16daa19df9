/** Keeps jobs running for as long as the service does, and tells what they do. */
import type { Delivery } from '@scanhook/domain/delivery'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { ClaimedJob, JobKind, Jobs, SkipReason } from '@scanhook/postgres/jobs'
import { every } from '@scanhook/runtime/every'
import type { Wiring } from '../wiring.ts'
import type { JobReader } from './job-page.ts'
import { jobRunner } from './job-runner.ts'
import { type ChosenPorts, chosenReader } from './read-chosen.ts'
import { deadTopicReader, type TopicPorts } from './read-dead-topic.ts'
import { type LogPorts, logReader } from './read-log.ts'

export interface JobStores extends Omit<LogPorts, 'judgeFilter' | 'deliveryIdFor' | 'nowMs' | 'pages'> {
  readonly pages: LogPorts['pages'] & ChosenPorts['pages']
  readonly jobs: Pick<Jobs, 'claim' | 'advance' | 'release'>
  /** As `TopicPorts.decode`. */
  readonly decode: TopicPorts['decode']
}

/** A person who made a job sees it begin; one look by index costs PostgreSQL nothing. */
const roundMs = 1_000
/** Each has a connection for some ms a page: half of the pool. */
const slotsMax = 4
/** A page is acknowledged within a second or two; with Kafka away for longer somebody else tries. */
const leaseMs = 30_000
/** Long enough that taking turns costs nothing, short enough that the last of twenty begins within a minute. */
const turnMs = 10_000

/** The values of the labels: tidy, because they are all made at zero. */
const kinds: readonly JobKind[] = ['recover', 'replay', 'all', 'dead_topic', 'resend']
const reasons: readonly SkipReason[] = [
  'settled',
  'unwanted',
  'resent_too_often',
  'event_gone',
  'webhook_inactive',
  'unreadable',
]

export function keepJobs(wiring: Wiring, stores: JobStores): void {
  const { context, send } = wiring
  const { clock, onStop } = context
  const runner = jobRunner(
    {
      ...{ claim: stores.jobs.claim, advance: stores.jobs.advance, release: stores.jobs.release },
      ...{ send: (deliveries: readonly Delivery[]) => send(deliveries), clock },
      open: opener(wiring, stores),
      ...teller(wiring),
    },
    { slotsMax, leaseMs, turnMs },
  )
  onStop('jobs', () => runner.stop())
  onStop(
    'taking jobs',
    every(clock, roundMs, () => void runner.wake()),
  )
  void runner.wake()
}

function opener({ context, kafka, topics }: Wiring, stores: JobStores): (job: ClaimedJob) => JobReader {
  const nowMs = (): number => Math.floor(context.clock.nowMs())
  const admin = async <T>(
    act: (open: Awaited<ReturnType<typeof kafka.openAdmin>>) => Promise<T>,
  ): Promise<T> => {
    const open = await kafka.openAdmin()
    return act(open).finally(() => open.close())
  }
  const topicPorts: TopicPorts = {
    ...stores,
    nowMs,
    offsetsFrom: (atMs) => admin((open) => open.offsetsFrom(topics.dead, atMs)),
    endOffsets: () => admin((open) => open.endOffsets(topics.dead)),
    openPages: () => kafka.openPages(topics.dead),
  }
  const judgeFilter = openFilterJudge()
  return (job) => {
    const { kind } = job
    if (kind === 'dead_topic') return deadTopicReader(topicPorts, job)
    if (kind === 'resend') return chosenReader({ ...stores, nowMs }, job)
    return logReader({ ...stores, judgeFilter, deliveryIdFor, nowMs }, { ...job, kind })
  }
}

function teller({ context: { metrics, log } }: Wiring) {
  const running = metrics.gauge('scanhook_jobs_running', 'Jobs that this process works off now', {
    kind: kinds,
  })
  const enqueued = metrics.counter(
    'scanhook_jobs_enqueued_total',
    'Deliveries that jobs have put on their way',
    {
      kind: kinds,
    },
  )
  const skipped = metrics.counter('scanhook_jobs_skipped_total', 'What jobs looked at and left alone', {
    kind: kinds,
    reason: reasons,
  })
  const ended = metrics.counter('scanhook_jobs_ended_total', 'Jobs that came to an end by themselves', {
    kind: kinds,
    state: ['done', 'failed', 'paused'],
  })
  const failures = metrics.counter(
    'scanhook_jobs_failures_total',
    'Times that a job, or taking one, failed; what can be tried again is',
  )
  return {
    onBegin: ({ kind, id, orgId, leaseNumber }: ClaimedJob) => {
      running.add({ kind })
      if (leaseNumber === 1) log.info({ jobId: id, orgId, kind }, 'job.begun')
    },
    onPage: (
      { kind }: ClaimedJob,
      page: { deliveries: readonly Delivery[]; skipped: Partial<Record<SkipReason, number>> },
    ) => {
      enqueued.inc({ kind }, page.deliveries.length)
      for (const reason of reasons) skipped.inc({ kind, reason }, page.skipped[reason] ?? 0)
    },
    onEnd: ({ kind, id, orgId }: ClaimedJob, end: { kind: string; error?: string }) => {
      running.add({ kind }, -1)
      if (end.kind === 'turn') return
      if (end.kind === 'lost') return log.warn({ jobId: id, orgId, kind }, 'job.lost')
      ended.inc({ kind, state: end.kind })
      log.info({ jobId: id, orgId, kind, state: end.kind, detail: end.error }, 'job.ended')
    },
    onFailure: (error: unknown, job: ClaimedJob | null) => {
      failures.inc()
      log.warn({ err: error, jobId: job?.id, orgId: job?.orgId }, 'job.postponed')
    },
  }
}
