/** Delivery, on `deliveries`, every retry tier and `deliveries.dead`. */
import { type Delivery, deliveryTriggers } from '@scanhook/domain/delivery'
import { deliveryId, endpointId, orgId } from '@scanhook/domain/ids'
import { profileNames } from '@scanhook/domain/profile'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'
import { domainEventMapping, type RawDomainEvent } from './domain-event.ts'

export interface RawDelivery {
  readonly delivery_id: string
  readonly org_id: number
  readonly endpoint_id: number
  readonly trigger: string
  readonly event: RawDomainEvent
  readonly attempt_number: number
  readonly due_at_ms: number
  readonly created_at_ms: number
  readonly first_attempt_at_ms: number | null
  readonly rendered: { readonly profile: string; readonly body: string } | null
}

const trigger = oneOfSet('trigger', deliveryTriggers)
const profile = oneOfSet('rendered.profile', profileNames)

export const deliveryMapping: RecordMapping<Delivery, RawDelivery> = {
  file: 'delivery',
  toRaw: (delivery) => ({
    delivery_id: delivery.deliveryId,
    org_id: delivery.orgId,
    endpoint_id: delivery.endpointId,
    trigger: delivery.trigger,
    event: domainEventMapping.toRaw(delivery.event),
    attempt_number: delivery.attemptNumber,
    due_at_ms: delivery.dueAtMs,
    created_at_ms: delivery.createdAtMs,
    first_attempt_at_ms: delivery.firstAttemptAtMs,
    rendered: delivery.rendered,
  }),
  fromRaw: (raw) => ({
    deliveryId: deliveryId(raw.delivery_id),
    orgId: orgId(raw.org_id),
    endpointId: endpointId(raw.endpoint_id),
    trigger: trigger(raw.trigger),
    event: domainEventMapping.fromRaw(raw.event),
    attemptNumber: raw.attempt_number,
    dueAtMs: raw.due_at_ms,
    createdAtMs: raw.created_at_ms,
    firstAttemptAtMs: raw.first_attempt_at_ms,
    rendered:
      raw.rendered === null ? null : { profile: profile(raw.rendered.profile), body: raw.rendered.body },
  }),
}
