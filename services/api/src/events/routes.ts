/** Events as history. */
import { eventTypes } from '@scanhook/domain/event'
import { single, timeText } from '@scanhook/http/answers'
import { idParam, pageParams, repeatedParam, sortParam, textParam, timeParam } from '@scanhook/http/query'
import { type Events, eventSortFields, type StoredEvent } from '@scanhook/postgres/events'
import { z } from 'zod'
import { type Api, foundOf, ifAny, listOf, pageOf } from '../server.ts'

const params = z.object({ event_id: z.uuid() })
const query = z.object({
  ...pageParams,
  type: repeatedParam(z.enum(eventTypes)),
  subject: repeatedParam(textParam(300)),
  asset_id: repeatedParam(idParam()),
  from: timeParam().optional(),
  to: timeParam().optional(),
  sort: sortParam(eventSortFields, '-occurred_at'),
})

export function addEventRoutes(api: Api, events: Events): void {
  api.route({
    method: 'GET',
    path: '/api/v1/events',
    scope: 'tracking:read',
    query,
    handle: async ({ caller, query: given }) => {
      const page = await events.list(caller.orgId, {
        ...pageOf(given),
        types: ifAny(given.type),
        subjects: ifAny(given.subject),
        assetIds: ifAny(given.asset_id),
        fromMs: given.from,
        toMs: given.to,
      })
      return listOf(given, page, eventView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/events/:event_id',
    scope: 'tracking:read',
    params,
    handle: async ({ caller, params: { event_id: id } }) =>
      single(eventView(foundOf(await events.find(caller.orgId, id), 'event'))),
  })
}

function eventView(event: StoredEvent): Readonly<Record<string, unknown>> {
  return {
    id: event.eventId,
    type: event.type,
    occurred_at: timeText(event.occurredAt),
    received_at: timeText(event.receivedAt),
    subject: event.subject,
    asset_id: event.assetId,
    sequence: event.sequence,
    previous_event_id: event.previousEventId,
    transition_id: event.transitionId,
    data: event.data,
  }
}
