/**
 * The record that puts a lost delivery back on its way: as if the one that was lost came again. Knows no topic.
 *
 * Invariants
 *   G1. Same ids, so that whoever got it already knows it; the next attempt's number, so that no attempt is made twice under
 *       one number on purpose; the body of before where one was sent.
 *   G2. The deadline stays where it was: a delivery whose time is over dies of that, with its reason, in the dispatcher.
 */
import type { Delivery, RenderedBody } from '../delivery.ts'
import type { DomainEvent } from '../event.ts'
import type { DeliveryId, EndpointId } from '../ids.ts'

export interface Lost {
  readonly event: DomainEvent
  readonly deliveryId: DeliveryId
  readonly endpointId: EndpointId
  readonly nowMs: number
}

/** It never was a delivery, as far as the log knows. */
export function startDelivery({ event, deliveryId, endpointId, nowMs }: Lost): Delivery {
  return {
    deliveryId,
    orgId: event.orgId,
    endpointId,
    trigger: 'event',
    event,
    attemptNumber: 1,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    firstAttemptAtMs: null,
    rendered: null,
  }
}

export interface LostChain {
  readonly trigger: 'event' | 'manual'
  /** Requests made in it. */
  readonly attempts: number
  readonly createdAtMs: number
  /** Null before the first. */
  readonly firstAttemptAtMs: number | null
  readonly rendered: RenderedBody | null
}

/** It waited for an attempt that nobody is going to make. */
export function resumeDelivery(lost: Lost, chain: LostChain): Delivery {
  return {
    ...startDelivery(lost),
    trigger: chain.trigger,
    attemptNumber: chain.attempts + 1,
    createdAtMs: chain.createdAtMs,
    firstAttemptAtMs: chain.firstAttemptAtMs,
    rendered: chain.rendered,
  }
}
