/** The delivery that a person asks for to prove an endpoint: one `endpoint.test` event for this endpoint alone. Pure. */
import type { Delivery } from '@scanhook/domain/delivery'
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

export function testDelivery(input: TestDeliveryInput): Delivery {
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
      type: 'endpoint.test',
      occurredAtMs: nowMs,
      receivedAtMs: nowMs,
      subject: `endpoint:${input.endpointId}`,
      assetId: null,
      sequence: null,
      previousEventId: null,
      transitionId: null,
      dataJson: JSON.stringify({
        webhook: { id: input.endpointId },
        message: 'This is a test event. Nothing happened to any asset.',
      }),
    },
    attemptNumber: 1,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    firstAttemptAtMs: null,
    rendered: null,
  }
}
