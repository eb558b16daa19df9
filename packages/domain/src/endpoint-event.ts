/** What happened to an endpoint, for the notifier: the `endpoint-events` topic. */
import type { DeliveryId, EndpointId, OrgId } from './ids.ts'

export const endpointEventKinds = [
  'failing',
  'recovered',
  'disabled',
  'breaker_opened',
  'breaker_closed',
] as const
export type EndpointEventKind = (typeof endpointEventKinds)[number]

export interface EndpointEvent {
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly kind: EndpointEventKind
  readonly atMs: number
  readonly deliveryId: DeliveryId | null
  /** Plain words: what failed, with the last status or error class. */
  readonly reason: string
}
