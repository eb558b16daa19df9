/** A recorded event as the event it was. Pure. */
import { type DomainEvent, eventTypes, type LocationPaths } from './event.ts'
import { assetId, eventId, orgId } from './ids.ts'

/** As the log keeps it. Instants are epoch ms. */
export interface RecordedEvent {
  readonly eventId: string
  readonly orgId: number
  readonly type: string
  readonly occurredAtMs: number
  readonly receivedAtMs: number
  readonly subject: string
  readonly assetId: number | null
  readonly sequence: number | null
  readonly previousEventId: string | null
  readonly transitionId: string | null
  readonly dataJson: string
  /** As JSON text; null where the event was recorded without. */
  readonly locationPathsJson?: string | null
}

/** Null when its type is not one of ours: a newer writer's, which this version can't render. */
export function domainEvent(row: RecordedEvent): DomainEvent | null {
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
    ...pathsOf(row.locationPathsJson),
  }
}

/** Written by our own recorder, and by nobody else. */
function pathsOf(json: string | null | undefined): Pick<DomainEvent, 'locationPaths'> {
  return json === null || json === undefined ? {} : { locationPaths: JSON.parse(json) as LocationPaths }
}
