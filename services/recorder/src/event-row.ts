/** An event as a row. Pure. */
import type { DomainEvent } from '@scanhook/domain/event'
import type { EventRow } from '@scanhook/postgres/events'

export function eventRow(event: DomainEvent): EventRow {
  return {
    eventId: event.eventId,
    orgId: event.orgId,
    type: event.type,
    occurredAtMs: event.occurredAtMs,
    receivedAtMs: event.receivedAtMs,
    subject: event.subject,
    assetId: event.assetId,
    sequence: event.sequence,
    previousEventId: event.previousEventId,
    transitionId: event.transitionId,
    dataJson: event.dataJson,
    locationPathsJson: event.locationPaths === undefined ? null : JSON.stringify(event.locationPaths),
  }
}
