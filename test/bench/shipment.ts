/** The business event of the benches: about 500 bytes, as an upstream system would write it. */
import { orgId } from '@scanhook/domain/ids'
import { businessEventId } from '@scanhook/identity/derived-ids'
import type { OutgoingRecord } from '@scanhook/kafka/record'

export const shipmentType = 'shipment.approved'

/** What came in is known by `eventId` where it arrives (`webhook-id`). */
export interface Shipment {
  readonly eventId: string
  readonly record: OutgoingRecord
}

/** `id` is the sender's own; `prefix` that of the world's topics. */
export function shipment(prefix: string, org: number, id: string): Shipment {
  const value = {
    org_id: org,
    id,
    type: shipmentType,
    occurred_at: '2026-02-11T09:15:00Z',
    data: {
      shipment: {
        id: `ship_${id}`,
        reference: 'BU-1341',
        status: 'approved',
        pallets_count: 42,
        note: 'n'.repeat(300),
      },
    },
  }
  return {
    eventId: businessEventId(orgId(org), shipmentType, id),
    record: { topic: `${prefix}business-events`, key: id, value: Buffer.from(JSON.stringify(value)) },
  }
}
