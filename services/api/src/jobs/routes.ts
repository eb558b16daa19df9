/** Jobs: what was missed is sent again in bulk, at a pace, with progress; people pause, resume and cancel them. */
import { eventTypes } from '@scanhook/domain/event'
import { single } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { idParam, pageParams, repeatedParam } from '@scanhook/http/query'
import { type JobChanged, type Jobs, jobKinds, jobStates, type StoredJob } from '@scanhook/postgres/jobs'
import { z } from 'zod'
import { idField, perSecondField, timeField } from '../fields.ts'
import { type Api, foundOf, ifAny, listOf, notFound } from '../server.ts'
import { perSecondDefault, untilOf } from './job-input.ts'
import { jobView } from './job-view.ts'
import { type MakeJobPorts, makeJob } from './make-job.ts'

export interface JobPorts extends MakeJobPorts {
  readonly jobs: Pick<Jobs, 'create' | 'find' | 'list' | 'change' | 'cancel'>
  readonly nowMs: () => number
}

const newJob = z.object({
  kind: z.enum(jobKinds),
  webhook_id: idField.optional(),
  since: timeField,
  until: timeField.optional(),
  event_types: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length).nullable().optional(),
  deliveries_per_second: perSecondField.default(perSecondDefault),
})
const params = z.object({ job_id: idParam() })
const query = z.object({
  ...pageParams,
  state: repeatedParam(z.enum(jobStates)),
  webhook_id: repeatedParam(idParam()),
})
const patch = z.object({
  state: z.enum(['paused', 'running']).optional(),
  deliveries_per_second: perSecondField.optional(),
})

export function addJobRoutes(api: Api, ports: JobPorts): void {
  const { jobs, nowMs } = ports
  const view = (job: StoredJob) => jobView(job, nowMs())
  api.route({
    method: 'POST',
    path: '/api/v1/jobs',
    scope: 'webhooks:write',
    body: newJob,
    handle: async ({ caller, body }) => {
      if (body.webhook_id === undefined && body.kind !== 'dead_topic')
        throw fieldError({ field: 'webhook_id', code: 'required', message: 'is required for this kind' })
      const job = await makeJob(ports, caller.orgId, {
        kind: body.kind,
        endpointId: body.webhook_id ?? null,
        sinceMs: body.since,
        untilMs: untilOf(body.since, body.until, nowMs()),
        eventTypes: body.event_types ?? null,
        perSecond: body.deliveries_per_second,
        createdBy: caller.apiKeyId,
      })
      return single(view(job), 202)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/jobs',
    scope: 'webhooks:read',
    query,
    handle: async ({ caller, query: given }) => {
      const page = await jobs.list(caller.orgId, {
        ...{ limit: given.limit, offset: given.offset },
        states: ifAny(given.state),
        endpointIds: ifAny(given.webhook_id),
      })
      return listOf(given, page, view)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/jobs/:job_id',
    scope: 'webhooks:read',
    params,
    handle: async ({ caller, params: { job_id: id } }) =>
      single(view(foundOf(await jobs.find(caller.orgId, id), 'job'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/jobs/:job_id',
    scope: 'webhooks:write',
    params,
    body: patch,
    handle: async ({ caller, params: { job_id: id }, body }) => {
      const changed = await jobs.change(caller.orgId, id, {
        isPaused: body.state === undefined ? undefined : body.state === 'paused',
        perSecond: body.deliveries_per_second,
      })
      return single(view(rowOf(changed)))
    },
  })
  api.route({
    method: 'POST',
    path: '/api/v1/jobs/:job_id/cancel',
    scope: 'webhooks:write',
    params,
    handle: async ({ caller, params: { job_id: id } }) =>
      single(view(rowOf(await jobs.cancel(caller.orgId, id)))),
  })
}

function rowOf(changed: JobChanged): StoredJob {
  if (changed.kind === 'changed') return changed.row
  throw changed.kind === 'not_found' ? notFound('job') : new ApiError('conflict', 'the job has ended already')
}
