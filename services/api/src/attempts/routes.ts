/** Requests that were made, over all deliveries. */
import { attemptErrorClasses } from '@scanhook/domain/attempt'
import { eventTypes } from '@scanhook/domain/event'
import { timeText } from '@scanhook/http/answers'
import { positionParts } from '@scanhook/http/cursor'
import { cursorPageParams, idParam, repeatedParam, timeParam } from '@scanhook/http/query'
import type { Attempts, ListedAttempt, StoredAttempt } from '@scanhook/postgres/attempts'
import { statusClasses } from '@scanhook/postgres/status-class'
import { z } from 'zod'
import { cursorListAnswer, idAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { explainError, explainStatus } from '../deliveries/explain.ts'
import { type Api, type CursorList, cursorPaging, ifAny } from '../server.ts'

const query = z.object({
  limit: cursorPageParams.limit,
  cursor: cursorPageParams.cursor,
  webhook_id: repeatedParam(idParam()),
  event_type: repeatedParam(z.enum(eventTypes)),
  event_id: repeatedParam(z.uuid()),
  delivery_id: repeatedParam(z.uuid()),
  status_class: repeatedParam(z.enum(statusClasses)),
  error_class: repeatedParam(z.enum(attemptErrorClasses)),
  from: timeParam().optional(),
  to: timeParam().optional(),
})

const milliseconds = z.number().nullable()
const attemptFactsAnswer = z.object({
  attempt_number: z.int().min(1),
  trigger: z.string(),
  started_at: timeAnswer,
  url: z.string().nullable(),
  batch: z.object({ id: z.string(), size: z.int().nullable() }).nullable(),
  response_status: z.int().nullable(),
  is_response_body_truncated: z.boolean().nullable(),
  error_class: z.string().nullable(),
  error_message: z.string().nullable(),
  explanation: z.string().nullable(),
  remote_address: z.string().nullable(),
  timings: z.object({
    dns_ms: milliseconds,
    connect_ms: milliseconds,
    tls_ms: milliseconds,
    first_byte_ms: milliseconds,
    total_ms: milliseconds,
  }),
  disposition: z.string(),
  dead_reason: z.string().nullable(),
  retry_after_ms: z.number().nullable(),
  next_attempt_at: timeAnswer.nullable(),
})
const listedAttemptAnswer = z
  .object({
    delivery_id: uuidAnswer,
    webhook_id: idAnswer,
    event_id: uuidAnswer,
    event_type: z.string(),
    ...attemptFactsAnswer.shape,
  })
  .meta({ id: 'ListedAttempt' })

const headersAnswer = z.record(z.string(), z.unknown()).readonly().nullable()
const attemptSchema = z
  .object({
    ...attemptFactsAnswer.shape,
    request_headers: headersAnswer,
    request_body: z.string().nullable(),
    response_headers: headersAnswer,
    response_body: z.string().nullable(),
  })
  .meta({ id: 'Attempt' })
export const attemptAnswer: z.ZodType = attemptSchema

const { instant, integer, uuid, word } = positionParts
const list: CursorList<'started_at'> = {
  name: 'attempts',
  fields: { started_at: instant },
  ties: [uuid, integer, word],
}
const sort = [{ field: 'started_at', isDescending: true }] as const

export function addAttemptRoutes(api: Api, attempts: Pick<Attempts, 'listNewest'>): void {
  api.route({
    method: 'GET',
    path: '/api/v1/attempts',
    scope: 'webhooks:read',
    describes: {
      id: 'listAttempts',
      summary: 'List requests that were made',
      answers: { 200: cursorListAnswer(listedAttemptAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      const { page, answer } = cursorPaging(list, { ...given, sort })
      const stored = await attempts.listNewest(caller.orgId, {
        limit: page.limit,
        after: page.after,
        endpointIds: ifAny(given.webhook_id),
        eventTypes: ifAny(given.event_type),
        eventIds: ifAny(given.event_id),
        deliveryIds: ifAny(given.delivery_id),
        statusClasses: ifAny(given.status_class),
        errorClasses: ifAny(given.error_class),
        fromMs: given.from,
        toMs: given.to,
      })
      return answer({ ...stored, totalCount: null }, listedAttemptView)
    },
  })
}

/** Headers and bodies of 200 attempts may be megabytes; their deliveries show them. */
export function listedAttemptView(attempt: ListedAttempt): Readonly<Record<string, unknown>> {
  return {
    delivery_id: attempt.deliveryId,
    webhook_id: attempt.endpointId,
    event_id: attempt.eventId,
    event_type: attempt.eventType,
    ...attemptFacts(attempt, null),
  } satisfies z.output<typeof listedAttemptAnswer>
}

/** A request with its headers and bodies, as its delivery shows it. */
export function attemptView(attempt: StoredAttempt): Readonly<Record<string, unknown>> {
  return {
    ...attemptFacts(attempt, attempt.responseHeaders),
    request_headers: attempt.requestHeaders,
    request_body: attempt.requestBody,
    response_headers: attempt.responseHeaders,
    response_body: attempt.responseBody,
  } satisfies z.output<typeof attemptSchema>
}

/** A request, its headers and bodies left out. */
type Facts = Omit<StoredAttempt, 'requestHeaders' | 'requestBody' | 'responseHeaders' | 'responseBody'>

/** What the API says of a request everywhere. `responseHeaders`: null where they are not at hand; then it is not said where a redirect points. */
function attemptFacts(
  attempt: Facts,
  responseHeaders: StoredAttempt['responseHeaders'],
): z.output<typeof attemptFactsAnswer> {
  return {
    attempt_number: attempt.attemptNumber,
    trigger: attempt.trigger,
    started_at: timeText(attempt.startedAt),
    url: attempt.url,
    batch: attempt.batchId === null ? null : { id: attempt.batchId, size: attempt.batchSize },
    response_status: attempt.status,
    is_response_body_truncated: attempt.isBodyTruncated,
    error_class: attempt.errorClass,
    error_message: attempt.errorMessage,
    explanation: explainError(attempt.errorClass) ?? explainStatus(attempt.status, responseHeaders),
    remote_address: attempt.remoteAddress,
    timings: {
      dns_ms: attempt.dnsMs,
      connect_ms: attempt.connectMs,
      tls_ms: attempt.tlsMs,
      first_byte_ms: attempt.firstByteMs,
      total_ms: attempt.totalMs,
    },
    disposition: attempt.disposition,
    dead_reason: attempt.disposition === 'dead' ? attempt.reason : null,
    retry_after_ms: attempt.retryAfterMs,
    next_attempt_at: timeText(attempt.nextAttemptAt),
  }
}
