/** A recorded event as the event it was. Pure. */
import { type DomainEvent, eventTypes } from '@scanhook/domain/event'
import { assetId, eventId, orgId } from '@scanhook/domain/ids'
import type { EventRow } from './events.ts'

/** Null when its type is not one of ours: a newer writer's, which this version can't render. */
export function domainEvent(row: EventRow): DomainEvent | null {
  const type = eventTypes.find((known) => known === row.type)
  if (type === undefined) return null
  return {
    eventId: eventId(row.eventId),
    orgId: orgId(row.orgId),
    type,
    occurredAtMs: row.occurredAtMs,
    receivedAtMs: row.receivedAtMs,
    subject: row.subject,
    assetId: row.assetId === null ? null : assetId(row.assetId),
    sequence: row.sequence,
    previousEventId: row.previousEventId === null ? null : eventId(row.previousEventId),
    transitionId: row.transitionId,
    dataJson: row.dataJson,
  }
}
