/** EndpointEvent, for the notifier. */
import { deadReasons } from '@scanhook/domain/delivery'
import { type EndpointEvent, endpointEventKinds } from '@scanhook/domain/endpoint-event'
import { eventTypes } from '@scanhook/domain/event'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'

export interface RawEndpointEvent {
  readonly org_id: number
  readonly endpoint_id: number
  readonly kind: string
  readonly at_ms: number
  readonly delivery_id: string | null
  readonly reason: string
  readonly since_ms: number | null
  readonly event_id: string | null
  readonly event_type: string | null
  readonly dead_reason: string | null
}

const kind = oneOfSet('kind', endpointEventKinds)
const eventType = oneOfSet('event_type', eventTypes)
const deadReason = oneOfSet('dead_reason', deadReasons)

export const endpointEventMapping: RecordMapping<EndpointEvent, RawEndpointEvent> = {
  file: 'endpoint-event',
  toRaw: (event) => ({
    org_id: event.orgId,
    endpoint_id: event.endpointId,
    kind: event.kind,
    at_ms: event.atMs,
    delivery_id: event.deliveryId,
    reason: event.reason,
    since_ms: event.sinceMs,
    event_id: event.event?.id ?? null,
    event_type: event.event?.type ?? null,
    dead_reason: event.deadReason,
  }),
  fromRaw: (raw) => ({
    orgId: orgId(raw.org_id),
    endpointId: endpointId(raw.endpoint_id),
    kind: kind(raw.kind),
    atMs: raw.at_ms,
    deliveryId: raw.delivery_id === null ? null : deliveryId(raw.delivery_id),
    reason: raw.reason,
    sinceMs: raw.since_ms,
    event:
      raw.event_id === null || raw.event_type === null
        ? null
        : { id: eventId(raw.event_id), type: eventType(raw.event_type) },
    deadReason: raw.dead_reason === null ? null : deadReason(raw.dead_reason),
  }),
}
