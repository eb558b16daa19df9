/** What happened to an endpoint, for the notifier: the `endpoint-events` topic. */
import type { DeadReason } from './delivery.ts'
import type { EventType } from './event.ts'
import type { DeliveryId, EndpointId, EventId, OrgId } from './ids.ts'

export const endpointEventKinds = [
  'failing',
  'recovered',
  'disabled',
  'breaker_opened',
  'breaker_closed',
  'delivery_dead',
] as const
export type EndpointEventKind = (typeof endpointEventKinds)[number]

export interface EndpointEvent {
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly kind: EndpointEventKind
  readonly atMs: number
  readonly deliveryId: DeliveryId | null
  /** `failing`, `disabled`: since when there has been no success. Null else. */
  readonly sinceMs: number | null
  /** Of the delivery; null when none led to it. */
  readonly event: { readonly id: EventId; readonly type: EventType } | null
  /** `delivery_dead`: why. Null else. */
  readonly deadReason: DeadReason | null
  /** Plain words: what failed, with the last status or error class. */
  readonly reason: string
}
