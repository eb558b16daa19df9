import type { EventType } from './event.ts'

/** Why an endpoint does not get an event; the first that holds, in this order. */
export type Mismatch =
  | { readonly kind: 'other_organization' }
  /** `lateByMs`: from the event's receipt to the endpoint's creation; always more than the clocks' tolerance. */
  | { readonly kind: 'subscribed_too_late'; readonly lateByMs: number }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'not_subscribed'; readonly patterns: readonly string[]; readonly eventType: EventType }
