/**
 * What of a request its signature is made over and its headers are made from. Pure. Who sends a request and who only shows how one
 * would be sent ask the same function, so that both have the same ids and the same bytes.
 */
import type { RenderedBody } from '../delivery.ts'
import type { DomainEvent } from '../event.ts'
import type { DeliveryId } from '../ids.ts'
import type { ProfileName } from '../profile.ts'

/** Of every request, whatever its profile. */
export const contentType = 'application/json'
/** Receivers may know us by it; it says no version that would help an attacker. */
export const userAgent = 'Scanhook/1'

export interface RequestMember {
  readonly delivery: {
    readonly deliveryId: DeliveryId
    readonly event: Pick<DomainEvent, 'eventId' | 'type'>
  }
  readonly rendered: RenderedBody
}

export interface RequestParts {
  readonly profile: ProfileName
  /** The `webhook-id`. */
  readonly messageId: string
  readonly deliveryId: string
  readonly eventType: string
  /** The exact text to send. */
  readonly body: string
}

/** `batch`: of an endpoint that takes several events in one request; then `first` is the first of them. */
export function requestParts(
  { delivery, rendered }: RequestMember,
  batch: { readonly id: string; readonly body: string } | null,
): RequestParts {
  const { profile } = rendered
  if (batch !== null)
    return { profile, messageId: batch.id, deliveryId: batch.id, eventType: 'batch', body: batch.body }
  const { eventId, type } = delivery.event
  return {
    ...{ profile, messageId: eventId, deliveryId: delivery.deliveryId, eventType: type },
    body: rendered.body,
  }
}
