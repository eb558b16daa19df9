/**
 * Renders the body that is signed and posted. Three envelopes (docs/reference/profiles.md) around the event's own
 * `dataJson`, which is spliced in as it is: never parsed, never written again.
 *
 * Invariants
 *   P1. Same arguments, same bytes: the text depends on nothing else.
 *   P2. The body is valid JSON whose `data` is byte for byte the event's `dataJson`.
 */
import type { DomainEvent } from '../event.ts'
import type { DeliveryId } from '../ids.ts'
import { formatInstant, formatInstantToSecond } from '../instant.ts'
import type { ProfileName } from '../profile.ts'

/** The body's text; UTF-8 when sent. `deliveryId` shows in the trakrf envelope only. */
export function renderBody(envelope: ProfileName, event: DomainEvent, deliveryId: DeliveryId): string {
  switch (envelope) {
    case 'standard':
      return `{"id":${text(event.eventId)},"type":${text(event.type)},"timestamp":"${formatInstant(event.occurredAtMs)}","data":${event.dataJson}}`
    case 'trakrf':
      return `{"event":${text(event.type)},"event_id":${text(event.eventId)},"delivery_id":${text(deliveryId)},"occurred_at":"${formatInstant(event.occurredAtMs)}","data":${event.dataJson}}`
    case 'trackberry':
      // Exactly these keys, and a time without milliseconds, as the page shows it; the event id travels in a header.
      return `{"event":${text(event.type)},"timestamp":"${formatInstantToSecond(event.occurredAtMs)}","data":${event.dataJson}}`
  }
}

function text(value: string): string {
  return JSON.stringify(value)
}
