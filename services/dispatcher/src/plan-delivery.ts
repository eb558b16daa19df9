/**
 * Decides what to do with a delivery that lies in front of us: attempt it, wait, put it aside, or give it up. Pure:
 * the endpoint, the time and the scale are arguments; nothing here knows a topic, a queue or a socket.
 *
 * Invariants
 *   P1. No attempt before `dueAtMs`; but a first attempt that nobody put off is made at once. Its `dueAtMs` is the time
 *       at which it was made, by another machine's clock, and waiting for that clock would delay everything.
 *   P2. Nothing is sent for an endpoint that is deleted, disabled, paused or unknown.
 *   P3. Putting aside moves the `dueAtMs` of what was put off only forward, and never uses up an attempt.
 *   P4. An endpoint that nobody ever announced holds a delivery for a bounded time only, but once at least.
 *   P5. Nothing is held beyond the delivery's deadline, but for a pause: that is the customer's own wish.
 *   P6. While the breaker is open nothing is attempted.
 *   P7. What the subscription does not want any more, because it is too old or a newer event of its asset has come
 *       after an outage, ends here; where several subscriptions cover an event, the one that wants most decides.
 *       A heartbeat is wanted until the next one, whatever the subscriptions say.
 *   P8. No instant until which something is put aside comes from `createdAtMs`: a maker whose clock is ten minutes fast
 *       would park for ten minutes what is held for ten seconds (cell C1 of test/chaos).
 */
import { heartbeatEndsAtMs } from '@scanhook/domain/completeness/heartbeat'
import type { DeadReason, Delivery, Disposition, HeldReason } from '@scanhook/domain/delivery'
import type { Endpoint, Subscription } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import type { FilterJudge } from '@scanhook/domain/filter-refusal'
import type { EventId } from '@scanhook/domain/ids'
import { wantingSubscriptions } from '@scanhook/domain/matching/match-subscriptions'
import { profiles } from '@scanhook/domain/profile'
import { chooseHop } from '@scanhook/domain/retry/choose-hop'
import { deadlineOf } from '@scanhook/domain/retry/deadline'
import { scaledMs, type TierName, tierDurationMs } from '@scanhook/domain/retry/tiers'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'

export type SettledWithoutAttempt = Extract<Disposition, { kind: 'held' | 'dead' }>

export type Plan =
  | { readonly kind: 'attempt'; readonly endpoint: Endpoint }
  /** Due within the smallest tier: waits in memory. */
  | { readonly kind: 'wait' }
  /** Due much later than expected here: waits in a tier. */
  | { readonly kind: 'hop'; readonly tier: TierName }
  | { readonly kind: 'settle'; readonly disposition: SettledWithoutAttempt }

export interface PlanContext {
  readonly known: KnownEndpoint
  /** Until when the endpoint's breaker is open; null while it lets something through. */
  readonly breakerOpenUntilMs: number | null
  /** A later event of the same asset and type that is there already; asked for what was put off only. */
  readonly newerThan: (event: DomainEvent) => EventId | null
  /** By which subscriptions an event is wanted; asked only where one of them says more than its type. */
  readonly judgeFilter: FilterJudge
  readonly nowMs: number
  /** Divides durations (domain/retry/tiers). */
  readonly scale: number
}

const second = 1_000
const minute = 60 * second

/**
 * `master-data` follows a change within a second; a minute covers a slow outbox, ten a PostgreSQL that is restarted.
 * After that the endpoint is not late, it is gone.
 */
const unknownMaxMs = 10 * minute

export function planDelivery(delivery: Delivery, context: PlanContext): Plan {
  const { known, nowMs, scale } = context
  if (isPutOff(delivery) && delivery.dueAtMs > nowMs) return planWait(delivery, context)
  const ageMs = (nowMs - delivery.createdAtMs) * scale
  if (known.kind === 'deleted') return dead('endpoint_deleted')
  if (known.kind === 'unknown') {
    // What comes from a backlog, or from a slow clock, is old when it is seen first.
    return isPutOff(delivery) && ageMs > unknownMaxMs
      ? dead('endpoint_deleted')
      : { kind: 'settle', disposition: hold(delivery, 'endpoint_unknown', context) }
  }
  switch (known.endpoint.state) {
    case 'disabled':
      return dead('endpoint_disabled')
    case 'paused':
      return { kind: 'settle', disposition: hold(delivery, 'endpoint_paused', context) }
    case 'active':
      return planActive(delivery, known.endpoint, context)
  }
}

function planActive(delivery: Delivery, endpoint: Endpoint, context: PlanContext): Plan {
  const unwanted =
    wornHeartbeat(delivery, context) ?? (isSpecial(endpoint) ? unwantedOf(delivery, endpoint, context) : null)
  if (unwanted !== null) return { kind: 'settle', disposition: unwanted }
  const { breakerOpenUntilMs, scale } = context
  if (breakerOpenUntilMs === null) return { kind: 'attempt', endpoint }
  const deadlineAtMs = deadlineOf(delivery, profiles[endpoint.profile].retry, scale)
  return {
    kind: 'settle',
    disposition: holdUntil(delivery, 'breaker_open', { dueAtMs: breakerOpenUntilMs, deadlineAtMs }),
  }
}

function isSpecial({ subscriptions }: Endpoint): boolean {
  return subscriptions.some(
    ({ expireAfterMinutes, isLatestOnly }) => expireAfterMinutes !== null || isLatestOnly,
  )
}

/** P7. Its end is an instant that it names itself, and so is not scaled. */
function wornHeartbeat({ trigger, event }: Delivery, { nowMs }: PlanContext): SettledWithoutAttempt | null {
  const endsAtMs = trigger === 'event' ? heartbeatEndsAtMs(event) : null
  return endsAtMs !== null && nowMs >= endsAtMs ? { kind: 'dead', reason: 'expired' } : null
}

/** P7. What a person asked for is always wanted. */
function unwantedOf(
  delivery: Delivery,
  endpoint: Endpoint,
  context: PlanContext,
): SettledWithoutAttempt | null {
  if (delivery.trigger !== 'event') return null
  const { event } = delivery
  const covering = wantingSubscriptions(event, endpoint.subscriptions, context.judgeFilter)
  const expiresAfterMs = expiryOf(covering) * minute
  if (context.nowMs - event.occurredAtMs > scaledMs(expiresAfterMs, context.scale))
    return { kind: 'dead', reason: 'expired' }
  if (!isPutOff(delivery) || covering.length === 0 || !covering.every(({ isLatestOnly }) => isLatestOnly))
    return null
  const supersededBy = context.newerThan(event)
  return supersededBy === null ? null : { kind: 'dead', reason: 'superseded', supersededBy }
}

function expiryOf(covering: readonly Subscription[]): number {
  return (
    Math.max(
      0,
      ...covering.map(({ expireAfterMinutes }) => expireAfterMinutes ?? Number.POSITIVE_INFINITY),
    ) || Number.POSITIVE_INFINITY
  )
}

/**
 * Retried, or put aside: who makes a delivery gives it one instant for both, and who puts it aside gives it another
 * (`heldUntilMs`). Which is the later says nothing, since they may come from different clocks.
 */
export function isPutOff({ attemptNumber, firstAttemptAtMs, dueAtMs, createdAtMs }: Delivery): boolean {
  return attemptNumber > 1 || firstAttemptAtMs !== null || dueAtMs !== createdAtMs
}

/** P3, P8. Instants travel as whole milliseconds. */
function heldUntilMs(delivery: Delivery, dueAtMs: number): number {
  const untilMs = Math.ceil(isPutOff(delivery) ? Math.max(dueAtMs, delivery.dueAtMs) : dueAtMs)
  return untilMs === delivery.createdAtMs ? untilMs + 1 : untilMs
}

function planWait(delivery: Delivery, { nowMs, scale }: PlanContext): Plan {
  const hop = chooseHop(delivery.dueAtMs, nowMs, scale)
  return hop.kind === 'deliveries' ? { kind: 'wait' } : { kind: 'hop', tier: hop.name }
}

function dead(reason: DeadReason): Plan {
  return { kind: 'settle', disposition: { kind: 'dead', reason } }
}

/** Puts a delivery aside until `dueAtMs`, or ends it where its deadline comes before (P5). */
export function holdUntil(
  delivery: Delivery,
  reason: HeldReason,
  { dueAtMs, deadlineAtMs }: { readonly dueAtMs: number; readonly deadlineAtMs: number },
): SettledWithoutAttempt {
  if (dueAtMs > deadlineAtMs) return { kind: 'dead', reason: 'deadline' }
  return { kind: 'held', reason, dueAtMs: heldUntilMs(delivery, dueAtMs) }
}

/**
 * Puts a delivery aside, each time about as long as it is old: a short stay costs seconds, and a backlog of hours does
 * not go round in the topics more often than it helps anybody. Ends of pauses and breakers are noticed within half an
 * hour at the latest.
 */
export function hold(
  delivery: Delivery,
  reason: HeldReason,
  { nowMs, scale }: Pick<PlanContext, 'nowMs' | 'scale'>,
): SettledWithoutAttempt {
  const ageMs = Math.max(0, nowMs - delivery.createdAtMs) * scale
  const tier: TierName =
    ageMs < minute ? '10s' : ageMs < 10 * minute ? '1m' : ageMs < 120 * minute ? '5m' : '30m'
  return {
    kind: 'held',
    reason,
    dueAtMs: heldUntilMs(delivery, nowMs + scaledMs(tierDurationMs(tier), scale)),
  }
}
