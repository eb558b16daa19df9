/** Events as examples of the catalogue: the data is the catalogue's, the rest is made up once. Pure. */
import type { CatalogueEntry } from '@scanhook/catalogue/event-catalogue'
import type { DomainEvent, EventType } from '@scanhook/domain/event'
import { type DeliveryId, deliveryId, eventId, orgId } from '@scanhook/domain/ids'
import { renderBody } from '@scanhook/domain/payload/render-body'
import type { ProfileName } from '@scanhook/domain/profile'

const atMs = Date.parse('2026-07-27T16:26:26.412Z')

function eventOf(type: string, data: Readonly<Record<string, unknown>>): DomainEvent {
  return {
    eventId: eventId('5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1'),
    orgId: orgId(1),
    type: type as EventType,
    occurredAtMs: atMs,
    receivedAtMs: atMs,
    subject: 'example',
    assetId: null,
    sequence: null,
    previousEventId: null,
    transitionId: null,
    dataJson: JSON.stringify(data),
  }
}

const exampleDeliveryId: DeliveryId = deliveryId('9f2c8e14-3b5a-5d1c-8e7f-2a6b4c8d0e1f')

/** The body that a receiver with this profile gets for the catalogue's example. */
export function exampleBody(profile: ProfileName, { type, exampleData }: CatalogueEntry): unknown {
  return JSON.parse(renderBody(profile, eventOf(type, exampleData), exampleDeliveryId))
}
