/** What a job's runner is given at a time, wherever it comes from. */
import type { Delivery } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { ClaimedJob, JobPosition, Skipped, SkipReason } from '@scanhook/postgres/jobs'

export interface JobPage {
  readonly kind: 'page'
  readonly deliveries: readonly Delivery[]
  readonly scanned: number
  readonly skipped: Skipped
  /** Behind this page. */
  readonly position: JobPosition
  readonly isLast: boolean
}

/** The endpoint takes nothing: going on would only make deliveries die again. */
export interface Stuck {
  readonly kind: 'stuck'
  readonly endpoint: 'deleted' | 'disabled' | 'paused'
}

export interface JobPlan {
  readonly position: JobPosition
  readonly total: number
  readonly isTotalEstimated: boolean
}

/** Reads for one job. */
export interface JobReader {
  plan(): Promise<JobPlan>
  /** At most `limit` deliveries, from behind `position`. */
  read(position: JobPosition, limit: number): Promise<JobPage | Stuck>
  close(): void
}

export type OpenReader = (job: ClaimedJob) => JobReader

/** Null where it takes deliveries. */
export function stuckOn(endpoint: Endpoint | null): Stuck | null {
  if (endpoint === null) return { kind: 'stuck', endpoint: 'deleted' }
  return endpoint.state === 'active' ? null : { kind: 'stuck', endpoint: endpoint.state }
}

export function countSkips(reasons: Iterable<SkipReason>): Skipped {
  const counts: Partial<Record<SkipReason, number>> = {}
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
