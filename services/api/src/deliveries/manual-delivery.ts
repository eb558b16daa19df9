/**
 * What a person has sent again, as the delivery it is: the same id and bytes, and a chain of attempts of its own that
 * begins now, so that it neither shortens nor stops the automatic one. Pure.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { DomainEvent } from '@scanhook/domain/event'
import { deliveryId, endpointId } from '@scanhook/domain/ids'
import { bodySent } from '@scanhook/domain/payload/body-sent'
import type { FirstRequest } from '@scanhook/postgres/attempts'

/** How often one delivery may be sent again: people do it a few times, and each is some 200 bytes in its row of the log. */
export const resendsMax = 20

export interface ManualDeliveryInput {
  readonly event: DomainEvent
  readonly deliveryId: string
  readonly endpointId: number
  /** Null when it never went out. */
  readonly before: FirstRequest | null
  readonly nowMs: number
}

export function manualDelivery(input: ManualDeliveryInput): Delivery {
  const { event, nowMs } = input
  return {
    deliveryId: deliveryId(input.deliveryId),
    orgId: event.orgId,
    endpointId: endpointId(input.endpointId),
    trigger: 'manual',
    event,
    attemptNumber: 1,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    firstAttemptAtMs: null,
    rendered: input.before === null ? null : bodySent(input.before),
  }
}
