/**
 * `POST /api/v1/webhooks/{webhook_id}/trigger`: an event type of the catalogue, on a person's request, to one webhook, with the
 * example of the catalogue or with the data that were sent along. It is a test delivery: nothing happened to any asset, it counts
 * in no usage, and what the webhook subscribes to is not asked.
 */
import { eventCatalogue } from '@scanhook/catalogue/event-catalogue'
import type { Delivery } from '@scanhook/domain/delivery'
import type { EventType } from '@scanhook/domain/event'
import { single } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { idParam } from '@scanhook/http/query'
import type { AuditLog } from '@scanhook/postgres/audit-log'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import { z } from 'zod'
import { singleAnswer } from '../answer-schemas.ts'
import { authorshipOf } from '../audit-log/author-of.ts'
import { metadataField } from '../fields.ts'
import { type Api, foundOf } from '../server.ts'
import { sentAnswer } from '../webhooks/routes.ts'

export interface TriggerPorts {
  readonly endpoints: Pick<Endpoints, 'find'>
  readonly auditLog: Pick<AuditLog, 'append'>
  /** The delivery to send, with new ids. */
  readonly triggerDelivery: (orgId: number, endpointId: number, what: Triggered) => Delivery
  /** Resolves when Kafka has acknowledged it; rejects with a retriable error when that takes too long. */
  readonly send: (delivery: Delivery) => Promise<void>
}

export interface Triggered {
  readonly type: EventType
  readonly data: Readonly<Record<string, unknown>>
}

const examples = new Map(eventCatalogue.map(({ type, exampleData }) => [type as string, exampleData]))
const types = eventCatalogue.map(({ type }) => type)

export function addTriggerRoute(api: Api, ports: TriggerPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/:webhook_id/trigger',
    scope: 'webhooks:write',
    describes: {
      id: 'triggerWebhook',
      summary: 'Send an example of an event type',
      details:
        'To this webhook alone, whatever it subscribes to, as a test: `data` is that of the catalogue (`GET /event-types`) where none is sent.',
      answers: { 202: singleAnswer(sentAnswer) },
      errors: ['conflict'],
    },
    params: z.object({ webhook_id: idParam() }),
    body: z.object({ event_type: z.enum(types), data: metadataField.optional() }),
    handle: async (request) => {
      const { caller, params: asked, body } = request
      const id = asked.webhook_id
      const endpoint = foundOf(await ports.endpoints.find(caller.orgId, id), 'webhook')
      if (endpoint.state !== 'active')
        throw new ApiError('conflict', `the webhook is ${endpoint.state}; enable it first`)
      const delivery = ports.triggerDelivery(caller.orgId, id, {
        type: body.event_type,
        data: body.data ?? exampleOf(body.event_type),
      })
      const ids = { delivery_id: delivery.deliveryId, event_id: delivery.event.eventId }
      // Before it is sent, as with every test.
      await ports.auditLog.append(authorshipOf(request), {
        ...{ operation: 'webhook.tested', id, name: endpoint.name, before: null },
        after: { ...ids, event_type: body.event_type },
      })
      await ports.send(delivery)
      return single({ ...ids, webhook_id: id }, 202)
    },
  })
}

function exampleOf(type: string): Readonly<Record<string, unknown>> {
  const example = examples.get(type)
  if (example === undefined)
    throw fieldError({ field: 'event_type', code: 'invalid_value', message: 'has no example' })
  return example
}
