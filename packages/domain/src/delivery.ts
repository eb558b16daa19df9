/**
 * A delivery: the obligation to get one event to one endpoint, `pending → delivered | dead`. This is what
 * `deliveries`, every retry tier and `deliveries.dead` carry: self-contained, so that a retry needs no database.
 */
import type { DomainEvent } from './event.ts'
import type { DeliveryId, EndpointId, EventId, OrgId } from './ids.ts'
import type { ProfileName } from './profile.ts'

export const deliveryTriggers = ['event', 'manual', 'test'] as const
export type DeliveryTrigger = (typeof deliveryTriggers)[number]

export interface Delivery {
  readonly deliveryId: DeliveryId
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly trigger: DeliveryTrigger
  readonly event: DomainEvent
  /** Number of the attempt that comes next; starts at 1. Spills and breaker holds do not move it. */
  readonly attemptNumber: number
  /** Not to be attempted before this instant. A first attempt that is due when it is made is due at once, on any clock. */
  readonly dueAtMs: number
  /** When the router made it; latency is measured from the event's receive time. */
  readonly createdAtMs: number
  readonly firstAttemptAtMs: number | null
  /** Rendered once, at the first attempt, with the profile of that moment; null before. */
  readonly rendered: RenderedBody | null
}

export interface RenderedBody {
  readonly profile: ProfileName
  /** The exact text that is signed and sent on every attempt (UTF-8). */
  readonly body: string
}

export const deadReasons = [
  'exhausted',
  'deadline',
  'gone',
  'rejected',
  'endpoint_deleted',
  'endpoint_disabled',
  'blocked_address',
  'expired',
  'superseded',
] as const
export type DeadReason = (typeof deadReasons)[number]

/** `order`: an earlier event of its asset has not arrived yet. `rate_limited`: the limit set for it, or asked for by the receiver. */
export const heldReasons = [
  'queue_full',
  'breaker_open',
  'endpoint_paused',
  'endpoint_unknown',
  'rate_limited',
  'order',
] as const
export type HeldReason = (typeof heldReasons)[number]

/** What we decided about a delivery, after an attempt or instead of one. */
export type Disposition =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly dueAtMs: number }
  | { readonly kind: 'dead'; readonly reason: DeadReason; readonly supersededBy?: EventId | undefined }
  | { readonly kind: 'held'; readonly reason: HeldReason; readonly dueAtMs: number }
