/**
 * `POST /api/v1/deliveries/{delivery_id}/resend`: one delivery again, because a person asks for it.
 *
 * Invariant
 *   Q1. The same event, byte for byte, under the same delivery id; the body of before where one was sent.
 */

import { manualDelivery, resendsMax } from '@scanhook/domain/delivering/manual-delivery'
import type { Delivery } from '@scanhook/domain/delivery'
import { isErased } from '@scanhook/domain/erased'
import { bodySent } from '@scanhook/domain/payload/body-sent'
import { domainEvent } from '@scanhook/domain/recorded-event'
import { single } from '@scanhook/http/answers'
import { ApiError } from '@scanhook/http/api-error'
import type { Attempts } from '@scanhook/postgres/attempts'
import type { AuditLog } from '@scanhook/postgres/audit-log'
import type { Deliveries } from '@scanhook/postgres/deliveries'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import type { Events } from '@scanhook/postgres/events'
import { z } from 'zod'
import { singleAnswer } from '../answer-schemas.ts'
import { authorshipOf } from '../audit-log/author-of.ts'
import { type Api, foundOf } from '../server.ts'
import { sentAnswer } from '../webhooks/routes.ts'

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
