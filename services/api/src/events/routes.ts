/** Events as history. */
import { eventTypes } from '@scanhook/domain/event'
import { single, timeText } from '@scanhook/http/answers'
import { positionParts } from '@scanhook/http/cursor'
import {
  cursorPageParams,
  idParam,
  repeatedParam,
  sortParam,
  textParam,
  timeParam,
} from '@scanhook/http/query'
import {
  type EventSortField,
  type Events,
  eventSortFields,
  type StoredEvent,
} from '@scanhook/postgres/events'
import { z } from 'zod'
import { cursorListAnswer, idAnswer, singleAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { type Api, type CursorList, cursorPaging, foundOf, ifAny } from '../server.ts'

const params = z.object({ event_id: z.uuid() })
const query = z.object({
  ...cursorPageParams,
  type: repeatedParam(z.enum(eventTypes)),
  subject: repeatedParam(textParam(300)),
  asset_id: repeatedParam(idParam()),
  from: timeParam().optional(),
  to: timeParam().optional(),
  sort: sortParam(eventSortFields, '-occurred_at'),
})

const eventSchema = z
  .object({
    id: uuidAnswer,
    type: z.string(),
    occurred_at: timeAnswer,
    received_at: timeAnswer,
    subject: z.string(),
    asset_id: idAnswer.nullable(),
    sequence: z.int().nullable(),
    previous_event_id: uuidAnswer.nullable(),
    transition_id: uuidAnswer.nullable(),
    data: z.unknown(),
  })
  .meta({ id: 'Event' })
export const eventAnswer: z.ZodType = eventSchema

const { instant, integer, uuid } = positionParts
const list: CursorList<EventSortField> = {
  name: 'events',
  fields: { occurred_at: instant, received_at: instant },
  ties: [integer.nullable(), uuid],
}

export function addEventRoutes(api: Api, events: Events): void {
  api.route({
    method: 'GET',
    path: '/api/v1/events',
    scope: 'tracking:read',
    describes: { id: 'listEvents', summary: 'List events', answers: { 200: cursorListAnswer(eventAnswer) } },
    query,
    handle: async ({ caller, query: given }) => {
      const { page, answer } = cursorPaging(list, given)
      const stored = await events.list(caller.orgId, {
        ...page,
        types: ifAny(given.type),
        subjects: ifAny(given.subject),
        assetIds: ifAny(given.asset_id),
        fromMs: given.from,
        toMs: given.to,
      })
      return answer(stored, eventView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/events/:event_id',
    scope: 'tracking:read',
    describes: { id: 'getEvent', summary: 'Get an event', answers: { 200: singleAnswer(eventAnswer) } },
    params,
    handle: async ({ caller, params: { event_id: id } }) =>
      single(eventView(foundOf(await events.find(caller.orgId, id), 'event'))),
  })
}

/** An event as the API shows it. */
export function eventView(event: StoredEvent): Readonly<Record<string, unknown>> {
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
  } satisfies z.output<typeof eventSchema>
}
