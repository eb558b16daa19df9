/** EndpointEvent, for the notifier. */
import { type EndpointEvent, endpointEventKinds } from '@scanhook/domain/endpoint-event'
import { deliveryId, endpointId, orgId } from '@scanhook/domain/ids'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'

export interface RawEndpointEvent {
  readonly org_id: number
  readonly endpoint_id: number
  readonly kind: string
  readonly at_ms: number
  readonly delivery_id: string | null
  readonly reason: string
}

const kind = oneOfSet('kind', endpointEventKinds)

export const endpointEventMapping: RecordMapping<EndpointEvent, RawEndpointEvent> = {
  file: 'endpoint-event',
  toRaw: (event) => ({
    org_id: event.orgId,
    endpoint_id: event.endpointId,
    kind: event.kind,
    at_ms: event.atMs,
    delivery_id: event.deliveryId,
    reason: event.reason,
  }),
  fromRaw: (raw) => ({
    orgId: orgId(raw.org_id),
    endpointId: endpointId(raw.endpoint_id),
    kind: kind(raw.kind),
    atMs: raw.at_ms,
    deliveryId: raw.delivery_id === null ? null : deliveryId(raw.delivery_id),
    reason: raw.reason,
  }),
}
