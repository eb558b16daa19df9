/** The deliveries that a person asks for to prove an endpoint: an event for this endpoint alone. Pure. */
import { type CheckSeries, checkEventType, renderCheckData } from '@scanhook/domain/checking/check-probe'
import type { Delivery } from '@scanhook/domain/delivery'
import type { EventType } from '@scanhook/domain/event'
import type { EndpointId, EventId } from '@scanhook/domain/ids'
import { type DeliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'

export interface TestDeliveryInput {
  readonly orgId: number
  readonly endpointId: number
  /** A new UUID: every test is another event. */
  readonly eventId: string
  readonly nowMs: number
  readonly deliveryIdFor: (event: EventId, endpoint: EndpointId) => DeliveryId
}

/** One `endpoint.test` event, sent and tried again like any other. */
export function testDelivery(input: TestDeliveryInput): Delivery {
  const data = {
    webhook: { id: input.endpointId },
    message: 'This is a test event. Nothing happened to any asset.',
  }
  return deliveryOf(input, 'endpoint.test', JSON.stringify(data))
}

/** One event of any type with `data`, sent and tried again like any other. */
export function triggerDelivery(
  input: TestDeliveryInput,
  { type, data }: { readonly type: EventType; readonly data: Readonly<Record<string, unknown>> },
): Delivery {
  return deliveryOf(input, type, JSON.stringify(data))
}

/** One `endpoint.check` event, of which the dispatcher makes a series of probes (domain/checking). */
export function checkDelivery(input: TestDeliveryInput, series: CheckSeries): Delivery {
  return deliveryOf(input, checkEventType, renderCheckData(endpointId(input.endpointId), series))
}

function deliveryOf(input: TestDeliveryInput, type: EventType, dataJson: string): Delivery {
  const { nowMs } = input
  const event = eventId(input.eventId)
  const endpoint = endpointId(input.endpointId)
  return {
    deliveryId: input.deliveryIdFor(event, endpoint),
    orgId: orgId(input.orgId),
    endpointId: endpoint,
    trigger: 'test',
    event: {
      eventId: event,
      orgId: orgId(input.orgId),
      type,
      occurredAtMs: nowMs,
      receivedAtMs: nowMs,
      subject: `endpoint:${input.endpointId}`,
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
