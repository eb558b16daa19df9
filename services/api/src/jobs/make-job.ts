/** Makes a job, when the webhook is there and takes deliveries. */
import { ApiError } from '@scanhook/http/api-error'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import type { Jobs, NewJob, StoredJob } from '@scanhook/postgres/jobs'
import { foundOf } from '../server.ts'
import { unfinishedJobsMax } from './job-input.ts'

export interface MakeJobPorts {
  readonly jobs: Pick<Jobs, 'create'>
  readonly endpoints: Pick<Endpoints, 'find'>
}

export async function makeJob(
  { jobs, endpoints }: MakeJobPorts,
  orgId: number,
  job: NewJob,
): Promise<StoredJob> {
  if (job.endpointId !== null) {
    const { state } = foundOf(await endpoints.find(orgId, job.endpointId), 'webhook')
    if (state !== 'active') throw new ApiError('conflict', `the webhook is ${state}; enable it first`)
  }
  const created = await jobs.create(orgId, job, unfinishedJobsMax)
  if (created.kind === 'too_many')
    throw new ApiError('conflict', `${unfinishedJobsMax} jobs are unfinished; wait for one, or cancel it`)
  return created.row
}
