/**
 * Operational events. Ids are functions of what they tell of, `dataJson` is rendered once from facts; the shapes are the
 * catalogue's (packages/catalogue/src/operational-events). Pure.
 */
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { NoticeKind } from '@scanhook/domain/endpoint-life/endpoint-life'
import { type DomainEvent, isOperational, type NoticeEventType } from '@scanhook/domain/event'
import type { DeliveryId, EndpointId, OrgId } from '@scanhook/domain/ids'
import { formatInstant } from '@scanhook/domain/instant'
import { operationalEventId } from '@scanhook/identity/derived-ids'
import { type NoticeFacts, oneLine } from './notice-facts.ts'

export interface Notice {
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly kind: NoticeKind
  readonly episodeMs: number
  readonly facts: NoticeFacts
}

const types: Readonly<Record<NoticeKind, NoticeEventType>> = {
  failing: 'endpoint.failing',
  recovered: 'endpoint.recovered',
  disabled: 'endpoint.disabled',
}

export function noticeEvent({ orgId, endpointId, kind, episodeMs, facts }: Notice): DomainEvent {
  const { webhook, atMs, reason, deliveryId, event } = facts
  const since = timeText(facts.sinceMs)
  const led = { reason, delivery_id: deliveryId, event }
  return operationalEvent(types[kind], {
    orgId,
    endpointId,
    occasion: episodeMs,
    atMs,
    data: dataOf(),
  })

  function dataOf(): object {
    switch (kind) {
      case 'failing':
        return {
          webhook,
          since,
          ...led,
          retries_until: timeText(facts.retriesUntilMs ?? atMs),
          disables_at: timeText(facts.disablesAtMs ?? atMs),
        }
      case 'recovered':
        return { webhook, since, ...led }
      case 'disabled':
        return { webhook, since, cause: facts.disabledReason, ...led }
    }
  }
}

/** Null: nobody is told, because it was no delivery of an event that happened to an asset or to the business. */
export function deadEvent(
  told: EndpointEvent,
  webhook: { readonly url: string; readonly name: string | null },
): DomainEvent | null {
  const { orgId, endpointId, deliveryId, event, deadReason, atMs, reason } = told
  if (deliveryId === null || deadReason === null || event === null || isOperational(event.type)) return null
  return operationalEvent('delivery.dead', {
    orgId,
    endpointId,
    occasion: deliveryId,
    atMs,
    data: {
      webhook: { id: endpointId, url: webhook.url, name: webhook.name },
      cause: deadReason,
      reason: oneLine(reason),
      delivery_id: deliveryId,
      event,
    },
  })
}

interface Told {
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly occasion: number | DeliveryId
  readonly atMs: number
  readonly data: object
}

function operationalEvent(
  type: NoticeEventType,
  { orgId, endpointId, occasion, atMs, data }: Told,
): DomainEvent {
  return {
    eventId: operationalEventId(orgId, endpointId, type, occasion),
    orgId,
    type,
    occurredAtMs: atMs,
    receivedAtMs: atMs,
    subject: `endpoint:${endpointId}`,
    assetId: null,
    sequence: null,
    previousEventId: null,
    transitionId: null,
    dataJson: JSON.stringify(data),
  }
}

function timeText(atMs: number | null): string | null {
  return atMs === null ? null : formatInstant(atMs)
}
