/** Requests that were made, over all deliveries. */
import { attemptErrorClasses } from '@scanhook/domain/attempt'
import { eventTypes } from '@scanhook/domain/event'
import { positionParts } from '@scanhook/http/cursor'
import { cursorPageParams, idParam, repeatedParam, timeParam } from '@scanhook/http/query'
import type { Attempts, ListedAttempt } from '@scanhook/postgres/attempts'
import { statusClasses } from '@scanhook/postgres/status-class'
import { z } from 'zod'
import { type CursorList, cursorPaging } from '../cursor-page.ts'
import { attemptFacts } from '../deliveries/attempt-facts.ts'
import { type Api, ifAny } from '../server.ts'

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
