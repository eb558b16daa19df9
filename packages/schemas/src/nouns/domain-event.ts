/** DomainEvent, on `events` and inside every delivery. */
import { type DomainEvent, eventTypes } from '@scanhook/domain/event'
import { assetId, eventId, orgId } from '@scanhook/domain/ids'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'

export interface RawDomainEvent {
  readonly event_id: string
  readonly org_id: number
  readonly type: string
  readonly occurred_at_ms: number
  readonly received_at_ms: number
  readonly subject: string
  readonly asset_id: number | null
  readonly sequence: number | null
  readonly previous_event_id: string | null
  readonly transition_id: string | null
  readonly data_json: string
  readonly location_paths: { readonly at: readonly string[]; readonly from: readonly string[] } | null
}

const eventType = oneOfSet('type', eventTypes)

export const domainEventMapping: RecordMapping<DomainEvent, RawDomainEvent> = {
  file: 'domain-event',
  toRaw: (event) => ({
    event_id: event.eventId,
    org_id: event.orgId,
    type: event.type,
    occurred_at_ms: event.occurredAtMs,
    received_at_ms: event.receivedAtMs,
    subject: event.subject,
    asset_id: event.assetId,
    sequence: event.sequence,
    previous_event_id: event.previousEventId,
    transition_id: event.transitionId,
    data_json: event.dataJson,
    location_paths: event.locationPaths ?? null,
  }),
  fromRaw: (raw) => ({
    eventId: eventId(raw.event_id),
    orgId: orgId(raw.org_id),
    type: eventType(raw.type),
    occurredAtMs: raw.occurred_at_ms,
    receivedAtMs: raw.received_at_ms,
    subject: raw.subject,
    assetId: raw.asset_id === null ? null : assetId(raw.asset_id),
    sequence: raw.sequence,
    previousEventId: raw.previous_event_id === null ? null : eventId(raw.previous_event_id),
    transitionId: raw.transition_id,
    dataJson: raw.data_json,
    ...(raw.location_paths === null
      ? {}
      : { locationPaths: { at: raw.location_paths.at, from: raw.location_paths.from } }),
  }),
}
