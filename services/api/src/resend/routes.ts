/**
 * `POST /api/v1/deliveries/{delivery_id}/resend`: one delivery again, because a person asks for it; `POST /api/v1/deliveries/resend`:
 * many, as a job.
 *
 * Invariant
 *   Q1. The same event, byte for byte, under the same delivery id; the body of before where one was sent.
 */

import { manualDelivery, resendsMax } from '@scanhook/domain/delivering/manual-delivery'
import type { Delivery } from '@scanhook/domain/delivery'
import { isErased } from '@scanhook/domain/erased'
import { eventTypes } from '@scanhook/domain/event'
import { bodySent } from '@scanhook/domain/payload/body-sent'
import { domainEvent } from '@scanhook/domain/recorded-event'
import { single } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import type { Attempts } from '@scanhook/postgres/attempts'
import type { AuditLog } from '@scanhook/postgres/audit-log'
import { type Deliveries, deliveryStates } from '@scanhook/postgres/deliveries'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import type { Events } from '@scanhook/postgres/events'
import type { ChosenSpan } from '@scanhook/postgres/job-pages'
import { statusClasses } from '@scanhook/postgres/status-class'
import { z } from 'zod'
import { singleAnswer } from '../answer-schemas.ts'
import { authorOf, authorshipOf } from '../audit-log/author-of.ts'
import { idField, perSecondField, timeField } from '../fields.ts'
import {
  auditedJobView,
  type JobPorts,
  jobAnswer,
  jobView,
  makeJob,
  perSecondDefault,
  untilOf,
} from '../jobs/routes.ts'
import { type Api, ambiguous, foundOf } from '../server.ts'
import { sentAnswer } from '../webhooks/routes.ts'

/** Marked by hand in a list, or read out of a file: more are meant by a filter. 40 KB of ids. */
const chosenMax = 1_000
/** Of one member of a filter; a query has no more. */
const valuesMax = 100

export interface ResendPorts {
  readonly deliveries: Pick<Deliveries, 'find'>
  readonly attempts: Pick<Attempts, 'firstRequests'>
  readonly events: Pick<Events, 'findRow'>
  readonly endpoints: Pick<Endpoints, 'find'>
  readonly auditLog: Pick<AuditLog, 'append'>
  /** Resolves when Kafka has acknowledged it; rejects with a retriable error when that takes too long. */
  readonly send: (deliveries: readonly Delivery[]) => Promise<void>
  readonly nowMs: () => number
}

/** As a query has it, with arrays; without a member it does not filter. */
const filterBody = z.object({
  webhook_id: z.array(idField).min(1).max(valuesMax).optional(),
  event_type: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length).optional(),
  event_id: z.array(z.uuid()).min(1).max(valuesMax).optional(),
  state: z.array(z.enum(deliveryStates)).min(1).max(deliveryStates.length).optional(),
  status_class: z.array(z.enum(statusClasses)).min(1).max(statusClasses.length).optional(),
  from: timeField.optional(),
  to: timeField.optional(),
})
const chosenBody = {
  delivery_ids: z.array(z.uuid()).min(1).max(chosenMax).optional(),
  filter: filterBody.optional(),
} as const
const chosen = z.object(chosenBody)
const resendBody = z.object({
  ...chosenBody,
  deliveries_per_second: perSecondField.default(perSecondDefault),
})
const previewAnswer = z.object({
  count: z.int().min(0),
  is_estimated: z.boolean().describe('More than a million: what is beyond is taken to be as dense'),
})

/** What is meant; throws a validation error for neither, both, and for all that there is. */
function spanOf(
  { delivery_ids: ids, filter }: z.output<typeof chosen>,
  nowMs: number,
): Omit<ChosenSpan, 'orgId'> {
  if (ids !== undefined && filter !== undefined) throw ambiguous('filter', 'delivery_ids')
  if (ids !== undefined)
    return { filter: { deliveryIds: ids }, sinceMs: 0, untilMs: untilOf(0, undefined, nowMs) }
  if (filter === undefined)
    throw fieldError({ field: 'filter', code: 'required', message: 'or delivery_ids is required' })
  const given = Object.values(filter).filter((value) => value !== undefined)
  if (given.length === 0)
    throw fieldError({ field: 'filter', code: 'too_small', message: 'must have at least one member' })
  const sinceMs = filter.from ?? 0
  return {
    sinceMs,
    untilMs: untilOf(sinceMs, filter.to, nowMs, { since: 'filter.from', until: 'filter.to' }),
    filter: {
      ...(filter.webhook_id === undefined ? {} : { endpointIds: filter.webhook_id }),
      ...(filter.event_type === undefined ? {} : { eventTypes: filter.event_type }),
      ...(filter.event_id === undefined ? {} : { eventIds: filter.event_id }),
      ...(filter.state === undefined ? {} : { states: filter.state }),
      ...(filter.status_class === undefined ? {} : { statusClasses: filter.status_class }),
    },
  }
}

export function addResendManyRoutes(api: Api, ports: JobPorts): void {
  const { pages, nowMs } = ports
  api.route({
    method: 'POST',
    path: '/api/v1/deliveries/resend',
    scope: 'webhooks:write',
    describes: {
      id: 'resendDeliveries',
      summary: 'Send many deliveries again, as a job',
      details:
        'Those of `delivery_ids`, or those that `filter` means as the list does: of what was made until now, whatever became of it. Each is sent as `POST /deliveries/{delivery_id}/resend` does it; what can not be sent is counted in `progress.skipped`.',
      answers: { 202: singleAnswer(jobAnswer) },
      errors: ['conflict', 'not_found'],
    },
    body: resendBody,
    handle: async (request) => {
      const { caller, body } = request
      const span = spanOf(body, nowMs())
      const [endpoint, ...others] = span.filter.endpointIds ?? []
      const job = await makeJob(ports, authorOf(request, auditedJobView), {
        ...{ kind: 'resend', ...span, eventTypes: null, createdBy: caller.apiKeyId },
        // Of one webhook it is that one's job: it pauses with it, and stands in its list.
        endpointId: others.length === 0 ? (endpoint ?? null) : null,
        perSecond: body.deliveries_per_second,
      })
      return single(jobView(job, nowMs()), 202)
    },
  })
  api.route({
    method: 'POST',
    path: '/api/v1/deliveries/resend/preview',
    scope: 'webhooks:read',
    describes: {
      id: 'previewResend',
      summary: 'How many deliveries would be sent again',
      details: 'Changes nothing.',
      answers: { 200: singleAnswer(previewAnswer) },
    },
    body: chosen,
    handle: async ({ caller, body }) => {
      const { count, isEstimated } = await pages.countChosen({
        orgId: caller.orgId,
        ...spanOf(body, nowMs()),
      })
      return single({ count, is_estimated: isEstimated } satisfies z.output<typeof previewAnswer>)
    },
  })
}

export function addResendRoute(api: Api, ports: ResendPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/deliveries/:delivery_id/resend',
    scope: 'webhooks:write',
    describes: {
      id: 'resendDelivery',
      summary: 'Send a delivery again',
      answers: { 202: singleAnswer(sentAnswer) },
      errors: ['conflict'],
    },
    params: z.object({ delivery_id: z.uuid() }),
    handle: async (request) => {
      const { orgId } = request.caller
      const id = request.params.delivery_id
      const stored = foundOf(await ports.deliveries.find(orgId, id), 'delivery')
      const endpoint = await ports.endpoints.find(orgId, stored.endpointId)
      if (endpoint === null) throw new ApiError('conflict', 'the webhook was deleted')
      if (endpoint.state !== 'active')
        throw new ApiError('conflict', `the webhook is ${endpoint.state}; enable it first`)
      if (stored.manualChainCount >= resendsMax)
        throw new ApiError('conflict', `the delivery was sent again ${resendsMax} times already`)
      const row = await ports.events.findRow(orgId, stored.eventId)
      if (row !== null && isErased(row.dataJson))
        throw new ApiError('conflict', 'what the event said was erased; it can not be sent again')
      const event = row === null ? null : domainEvent(row)
      if (event === null)
        throw new ApiError(
          'conflict',
          'the event is not kept any more, or was a test or a signal; it can not be sent again',
        )
      const [before] = await ports.attempts.firstRequests(orgId, [id])
      // Before it is sent: what was asked for and may still come late has an entry, and nothing is sent without one.
      await ports.auditLog.append(authorshipOf(request), {
        ...{ operation: 'delivery.resent', id, name: null, before: null },
        after: { event_id: stored.eventId, webhook_id: stored.endpointId },
      })
      await ports.send([
        manualDelivery({
          event,
          deliveryId: stored.deliveryId,
          endpointId: stored.endpointId,
          rendered: before === undefined ? null : bodySent(before),
          nowMs: ports.nowMs(),
        }),
      ])
      return single({ delivery_id: id, event_id: stored.eventId, webhook_id: stored.endpointId }, 202)
    },
  })
}
