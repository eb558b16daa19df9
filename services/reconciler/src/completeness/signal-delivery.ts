/**
 * A heartbeat or a manifest as a delivery: an event for this endpoint alone, that is on no topic of events. Its ids follow
 * from the endpoint and the occasion, so that whoever makes it again makes the same. Pure.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { SignalEventType } from '@scanhook/domain/event'
import type { EndpointId, EventId, OrgId } from '@scanhook/domain/ids'
import { deliveryIdFor, operationalEventId } from '@scanhook/identity/derived-ids'

export interface Signal {
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly type: SignalEventType
  /** The slot of a heartbeat, the day of a manifest: epoch ms. */
  readonly occasionMs: number
  readonly dataJson: string
}

export function signalId({ orgId, endpointId, type, occasionMs }: Omit<Signal, 'dataJson'>): EventId {
  return operationalEventId(orgId, endpointId, type, occasionMs)
}

/** `nowMs`: when it is made, which is when it happened. */
export function signalDelivery(signal: Signal, nowMs: number): Delivery {
  const { orgId, endpointId, type, dataJson } = signal
  const eventId = signalId(signal)
  return {
    deliveryId: deliveryIdFor(eventId, endpointId),
    orgId,
    endpointId,
    // Tried again like every event; `test` would be left out of what is known of the endpoint’s health.
    trigger: 'event',
    event: {
      eventId,
      orgId,
      type,
      occurredAtMs: nowMs,
      receivedAtMs: nowMs,
      subject: `endpoint:${endpointId}`,
      assetId: null,
      sequence: null,
      previousEventId: null,
      transitionId: null,
      dataJson,
    },
    attemptNumber: 1,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    firstAttemptAtMs: null,
    rendered: null,
  }
}
