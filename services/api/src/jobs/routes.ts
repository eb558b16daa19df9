/** Jobs: what was missed is sent again in bulk, at a pace, with progress; people pause, resume and cancel them. */
import { eventTypes } from '@scanhook/domain/event'
import { single, timeText } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { idParam, pageParams, repeatedParam } from '@scanhook/http/query'
import type { Author, Authored } from '@scanhook/postgres/audit-log'
import { deliveryStates } from '@scanhook/postgres/deliveries'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import type { JobPages } from '@scanhook/postgres/job-pages'
import {
  type JobChanged,
  type JobFilter,
  type Jobs,
  jobKinds,
  jobStates,
  type NewJob,
  type StoredJob,
} from '@scanhook/postgres/jobs'
import { statusClasses } from '@scanhook/postgres/status-class'
import { z } from 'zod'
import { arrayAnswer, idAnswer, listAnswer, singleAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { idField, perSecondField, timeField } from '../fields.ts'
import { type Api, foundOf, ifAny, listOf, notFound } from '../server.ts'
import { progressOf } from './job-progress.ts'

/**
 * What an ordinary receiver (100 ms an answer, ten at a time) takes beside what happens now: a hundred thousand in seventeen
 * minutes. An endpoint's own limits hold besides.
 */
export const perSecondDefault = 100

/** People mend a few webhooks at a time; of more jobs they would lose sight, and each takes turns with those of others. */
const unfinishedJobsMax = 20

/** Events are stamped by the clock of another machine; as far as matching (domain/matching) trusts it. */
const clockToleranceMs = 5_000

/** Now by default, and no later: a job has an end. Throws a validation error. */
export function untilOf(
  sinceMs: number,
  untilMs: number | undefined,
  nowMs: number,
  fields: { readonly since: string; readonly until: string } = { since: 'since', until: 'until' },
): number {
  const latestMs = nowMs + clockToleranceMs
  if (untilMs !== undefined && untilMs < sinceMs)
    throw fieldError({
      field: fields.until,
      code: 'invalid_value',
      message: `must not be before ${fields.since}`,
    })
  if (sinceMs > latestMs)
    throw fieldError({ field: fields.since, code: 'invalid_value', message: 'must not be in the future' })
  return Math.min(untilMs ?? latestMs, latestMs)
}

export interface MakeJobPorts {
  readonly jobs: Authored<Pick<Jobs, 'create'>>
  readonly endpoints: Pick<Endpoints, 'find'>
}

/** Makes a job, when the webhook is there and takes deliveries. */
export async function makeJob(
  { jobs, endpoints }: MakeJobPorts,
  author: Author<StoredJob>,
  job: NewJob,
): Promise<StoredJob> {
  if (job.endpointId !== null) {
    const { state } = foundOf(await endpoints.find(author.orgId, job.endpointId), 'webhook')
    if (state !== 'active') throw new ApiError('conflict', `the webhook is ${state}; enable it first`)
  }
  const created = await jobs.create(author, job, unfinishedJobsMax)
  if (created.kind === 'too_many')
    throw new ApiError('conflict', `${unfinishedJobsMax} jobs are unfinished; wait for one, or cancel it`)
  return created.row
}

export interface JobPorts extends MakeJobPorts {
  readonly jobs: Authored<Pick<Jobs, 'create' | 'find' | 'list' | 'change' | 'cancel'>>
  readonly pages: Pick<JobPages, 'countChosen'>
  readonly nowMs: () => number
}

/** Of `POST /jobs`; `resend` has a route of its own. */
const spanKinds = jobKinds.filter((kind) => kind !== 'resend')

const newJob = z.object({
  kind: z.enum(spanKinds),
  webhook_id: idField.optional(),
  since: timeField,
  until: timeField.optional(),
  event_types: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length).nullable().optional(),
  deliveries_per_second: perSecondField.default(perSecondDefault),
})
const params = z.object({ job_id: idParam() })

/** Of a job that sends again what a list shows. What is not there does not filter. */
const filterAnswer = z
  .object({
    delivery_id: arrayAnswer(uuidAnswer),
    webhook_id: arrayAnswer(idAnswer),
    event_type: arrayAnswer(z.string()),
    event_id: arrayAnswer(uuidAnswer),
    state: arrayAnswer(z.enum(deliveryStates)),
    status_class: arrayAnswer(z.enum(statusClasses)),
  })
  .partial()
  .meta({ id: 'JobFilter' })

const jobSchema = z
  .object({
    id: idAnswer,
    kind: z.enum(jobKinds),
    webhook_id: idAnswer.nullable(),
    since: timeAnswer,
    until: timeAnswer,
    event_types: arrayAnswer(z.string()).nullable(),
    filter: filterAnswer.nullable(),
    deliveries_per_second: z.number(),
    state: z.enum(jobStates),
    progress: z.object({
      percent: z.number().nullable(),
      scanned: z.int().nullable(),
      total: z.int().nullable(),
      is_total_estimated: z.boolean(),
      enqueued: z.int(),
      skipped: z.record(z.string(), z.int()).readonly(),
      expected_end_at: timeAnswer.nullable(),
    }),
    error: z.string().nullable(),
    created_by_api_key_id: idAnswer.nullable(),
    created_at: timeAnswer,
    started_at: timeAnswer.nullable(),
    finished_at: timeAnswer.nullable(),
  })
  .meta({ id: 'Job' })
export const jobAnswer: z.ZodType = jobSchema
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
    describes: {
      id: 'createJob',
      summary: 'Begin a job that sends again',
      answers: { 202: singleAnswer(jobAnswer) },
      errors: ['conflict', 'not_found'],
    },
    body: newJob,
    handle: async (request) => {
      const { caller, body } = request
      if (body.webhook_id === undefined && body.kind !== 'dead_topic')
        throw fieldError({ field: 'webhook_id', code: 'required', message: 'is required for this kind' })
      const job = await makeJob(ports, authorOf(request, auditedJobView), {
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
    describes: { id: 'listJobs', summary: 'List jobs', answers: { 200: listAnswer(jobAnswer) } },
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
    describes: {
      id: 'getJob',
      summary: 'Get a job and its progress',
      answers: { 200: singleAnswer(jobAnswer) },
    },
    params,
    handle: async ({ caller, params: { job_id: id } }) =>
      single(view(foundOf(await jobs.find(caller.orgId, id), 'job'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/jobs/:job_id',
    scope: 'webhooks:write',
    describes: {
      id: 'updateJob',
      summary: 'Pause a job, let it go on, or change its pace',
      answers: { 200: singleAnswer(jobAnswer) },
      errors: ['conflict'],
    },
    params,
    body: patch,
    handle: async (request) => {
      const { params: asked, body } = request
      const changed = await jobs.change(authorOf(request, auditedJobView), asked.job_id, {
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
    describes: {
      id: 'cancelJob',
      summary: 'Cancel a job',
      answers: { 200: singleAnswer(jobAnswer) },
      errors: ['conflict'],
    },
    params,
    handle: async (request) => {
      const author = authorOf(request, auditedJobView)
      return single(view(rowOf(await jobs.cancel(author, request.params.job_id))))
    },
  })
}

function rowOf(changed: JobChanged): StoredJob {
  if (changed.kind === 'changed') return changed.row
  throw changed.kind === 'not_found' ? notFound('job') : new ApiError('conflict', 'the job has ended already')
}

/** What people say of a job; how far it is is no change. */
export function auditedJobView(job: StoredJob): Readonly<Record<string, unknown>> {
  return saidOf(job)
}

function saidOf(job: StoredJob) {
  return {
    id: job.id,
    kind: job.kind,
    webhook_id: job.endpointId,
    since: timeText(job.sinceMs),
    until: timeText(job.untilMs),
    event_types: job.eventTypes,
    filter: job.filter == null ? null : filterView(job.filter),
    deliveries_per_second: job.perSecond,
    state: job.state,
  }
}

function filterView(filter: JobFilter): z.output<typeof filterAnswer> {
  const { deliveryIds, endpointIds, eventTypes: types, eventIds, states, statusClasses: classes } = filter
  return {
    ...(deliveryIds === undefined ? {} : { delivery_id: deliveryIds }),
    ...(endpointIds === undefined ? {} : { webhook_id: endpointIds }),
    ...(types === undefined ? {} : { event_type: types }),
    ...(eventIds === undefined ? {} : { event_id: eventIds }),
    ...(states === undefined ? {} : { state: states }),
    ...(classes === undefined ? {} : { status_class: classes }),
  }
}

/** A job as the API shows it. */
export function jobView(job: StoredJob, nowMs: number): Readonly<Record<string, unknown>> {
  const { percent, expectedEndAtMs } = progressOf(job, nowMs)
  // Out of the topic everybody's records are looked at: how many they are is nobody's business.
  const isShared = job.kind === 'dead_topic'
  return {
    ...saidOf(job),
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
  } satisfies z.output<typeof jobSchema>
}
