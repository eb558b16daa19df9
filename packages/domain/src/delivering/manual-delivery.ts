/**
 * What a person has sent again, as the delivery it is: the same id and bytes, and a chain of attempts of its own that
 * begins now, so that it neither shortens nor stops the automatic one. Pure.
 */
import type { Delivery, RenderedBody } from '../delivery.ts'
import type { DomainEvent } from '../event.ts'
import { deliveryId, endpointId } from '../ids.ts'

/** How often one delivery may be sent again: people do it a few times, and each is some 200 bytes in its row of the log. */
export const resendsMax = 20

export interface ManualDeliveryInput {
  readonly event: DomainEvent
  readonly deliveryId: string
  readonly endpointId: number
  /** The body of before; null when none went out. */
  readonly rendered: RenderedBody | null
  readonly nowMs: number
}

export function manualDelivery({ event, nowMs, rendered, ...ids }: ManualDeliveryInput): Delivery {
  return {
    deliveryId: deliveryId(ids.deliveryId),
    orgId: event.orgId,
    endpointId: endpointId(ids.endpointId),
    trigger: 'manual',
    event,
    attemptNumber: 1,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    firstAttemptAtMs: null,
    rendered,
  }
}
