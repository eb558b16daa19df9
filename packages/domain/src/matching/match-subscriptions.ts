/**
 * Decides which endpoints get an event. Pure: the caller passes the endpoints of a cache.
 *
 * Invariants
 *   X1. Never across organizations.
 *   X2. An endpoint matches at most once, however many of its subscriptions cover the event.
 *   X3. Active and paused endpoints match; the dispatcher holds what a paused one gets, so nothing is lost over a
 *       pause. Disabled endpoints do not match.
 *   X4. An endpoint does not match what came in before it existed: replaying `events` from the beginning must not
 *       flood a new endpoint with history (a person can ask for that; it is another delivery).
 *   X5. Of the subscriptions that cover an event's type one is enough whose filter lets it through; without a filter it does.
 */
import type { Endpoint, Subscription } from '../endpoint.ts'
import { type DomainEvent, type EventType, endpointOnlyTypes, isOperational } from '../event.ts'
import type { FilterJudge, FilterRefusal } from '../filter-refusal.ts'

/**
 * An event's receive time and an endpoint's creation are read from clocks of two machines. Counting an event from up
 * to 5 s before the creation costs a new receiver nothing; missing the first event after it would be a loss. 5 s is
 * also the most that reader clocks are trusted to differ (docs/reference/events.md).
 */
const clockToleranceMs = 5_000

/** What matching looks at: of an endpoint as it is, or as it was (endpoint-version.ts). */
export type Subscriber = Pick<Endpoint, 'orgId' | 'state' | 'createdAtMs' | 'subscriptions'>

/** The endpoints, in the given order, that are to get `event`. What filters say is an argument (packages/filters). */
export function matchSubscriptions<E extends Subscriber>(
  event: DomainEvent,
  endpoints: readonly E[],
  judge: FilterJudge,
): readonly E[] {
  return endpoints.filter((endpoint) => mismatchOf(event, endpoint, judge) === null)
}

/** Why an endpoint does not get an event; the first that holds, in this order. */
export type Mismatch =
  | { readonly kind: 'other_organization' }
  /** `lateByMs`: from the event's receipt to the endpoint's creation; always more than the clocks' tolerance. */
  | { readonly kind: 'subscribed_too_late'; readonly lateByMs: number }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'not_subscribed'; readonly patterns: readonly string[]; readonly eventType: EventType }
  /** Every subscription that covers the type has a filter, and none lets it through; the first of them is named. */
  | { readonly kind: 'filtered'; readonly subscription: RefusingSubscription }

export interface RefusingSubscription extends FilterRefusal {
  readonly eventType: string
  readonly filter: string
}

/** Null: it matches. `matchSubscriptions` asks here too, so that an explanation cannot differ from what was done. */
export function mismatchOf(event: DomainEvent, endpoint: Subscriber, judge: FilterJudge): Mismatch | null {
  if (endpoint.orgId !== event.orgId) return { kind: 'other_organization' }
  const lateByMs = endpoint.createdAtMs - event.receivedAtMs
  if (lateByMs > clockToleranceMs) return { kind: 'subscribed_too_late', lateByMs }
  if (endpoint.state === 'disabled') return { kind: 'disabled' }
  const { subscriptions } = endpoint
  let refusing: RefusingSubscription | null = null
  for (const subscription of subscriptions) {
    if (!coversType(subscription.eventType, event.type)) continue
    const refusal = refusalBy(subscription, event, judge)
    if (refusal === null) return null
    refusing ??= refusal
  }
  if (refusing !== null) return { kind: 'filtered', subscription: refusing }
  const patterns = subscriptions.map(({ eventType }) => eventType)
  return { kind: 'not_subscribed', patterns, eventType: event.type }
}

/** The subscriptions by which an endpoint gets `event`: those that cover its type and let it through. */
export function wantingSubscriptions(
  event: DomainEvent,
  subscriptions: readonly Subscription[],
  judge: FilterJudge,
): readonly Subscription[] {
  return subscriptions.filter(
    (subscription) =>
      coversType(subscription.eventType, event.type) && refusalBy(subscription, event, judge) === null,
  )
}

function refusalBy(
  { eventType, filter }: Subscription,
  event: DomainEvent,
  judge: FilterJudge,
): RefusingSubscription | null {
  const refusal = filter === null ? null : judge(filter, event)
  return filter === null || refusal === null ? null : { eventType, filter, ...refusal }
}

/**
 * `*` covers every event type but operational ones, `location.*` every one that begins with `location.`, else equality.
 * Tests and signals are for one endpoint and no subscription's business.
 */
export function coversType(pattern: string, type: EventType): boolean {
  if (endpointOnlyTypes.includes(type)) return false
  if (pattern === '*') return !isOperational(type)
  if (pattern.endsWith('.*')) return type.startsWith(pattern.slice(0, -1))
  return pattern === type
}
