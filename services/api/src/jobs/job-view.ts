/** A job as the API shows it. Pure. */
import { timeText } from '@scanhook/http/answers'
import type { StoredJob } from '@scanhook/postgres/jobs'
import { progressOf } from './job-progress.ts'

export function jobView(job: StoredJob, nowMs: number): Readonly<Record<string, unknown>> {
  const { percent, expectedEndAtMs } = progressOf(job, nowMs)
  // Out of the topic everybody's records are looked at: how many they are is nobody's business.
  const isShared = job.kind === 'dead_topic'
  return {
    id: job.id,
    kind: job.kind,
    webhook_id: job.endpointId,
    since: timeText(job.sinceMs),
    until: timeText(job.untilMs),
    event_types: job.eventTypes,
    deliveries_per_second: job.perSecond,
    state: job.state,
    progress: {
      percent,
      scanned: isShared ? null : job.scanned,
      total: isShared ? null : job.total,
      is_total_estimated: job.isTotalEstimated,
      enqueued: job.enqueued,
      skipped: job.skipped,
      expected_end_at: timeText(expectedEndAtMs),
    },
    error: job.error,
    created_by_api_key_id: job.createdBy,
    created_at: timeText(job.createdAtMs),
    started_at: timeText(job.startedAtMs),
    finished_at: timeText(job.finishedAtMs),
  }
}
