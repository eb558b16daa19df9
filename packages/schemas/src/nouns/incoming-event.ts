/** IncomingEvent: a business event as upstream announces it. */
import { businessEventTypes } from '@scanhook/domain/event'
import { orgId } from '@scanhook/domain/ids'
import type { IncomingEvent } from '@scanhook/domain/incoming-event'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'

export interface RawIncomingEvent {
  readonly org_id: number
  readonly client_id: string | null
  readonly type: string
  readonly occurred_at_ms: number
  readonly data_json: string
}

const type = oneOfSet('type', businessEventTypes)

export const incomingEventMapping: RecordMapping<IncomingEvent, RawIncomingEvent> = {
  file: 'incoming-event',
  toRaw: (event) => ({
    org_id: event.orgId,
    client_id: event.clientId,
    type: event.type,
    occurred_at_ms: event.occurredAtMs,
    data_json: event.dataJson,
  }),
  fromRaw: (raw) => ({
    orgId: orgId(raw.org_id),
    clientId: raw.client_id,
    type: type(raw.type),
    occurredAtMs: raw.occurred_at_ms,
    dataJson: raw.data_json,
  }),
}
