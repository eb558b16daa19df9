/** Requests that were made, over all deliveries. */
import { attemptErrorClasses } from '@scanhook/domain/attempt'
import { eventTypes } from '@scanhook/domain/event'
import { timeText } from '@scanhook/http/answers'
import { positionParts } from '@scanhook/http/cursor'
import { cursorPageParams, idParam, repeatedParam, timeParam } from '@scanhook/http/query'
import type { Attempts, ListedAttempt, StoredAttempt } from '@scanhook/postgres/attempts'
import { statusClasses } from '@scanhook/postgres/status-class'
import { z } from 'zod'
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
function listedAttemptView(attempt: ListedAttempt): Readonly<Record<string, unknown>> {
  return {
    delivery_id: attempt.deliveryId,
    webhook_id: attempt.endpointId,
    event_id: attempt.eventId,
    event_type: attempt.eventType,
    ...attemptFacts(attempt, null),
  }
}

/** A request, its headers and bodies left out. */
type Facts = Omit<StoredAttempt, 'requestHeaders' | 'requestBody' | 'responseHeaders' | 'responseBody'>

/** What the API says of a request everywhere. `responseHeaders`: null where they are not at hand; then it is not said where a redirect points. */
export function attemptFacts(
  attempt: Facts,
  responseHeaders: StoredAttempt['responseHeaders'],
): Readonly<Record<string, unknown>> {
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
