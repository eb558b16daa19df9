/**
 * Decides what to do with a delivery that lies in front of us: attempt it, wait, put it aside, or give it up. Pure:
 * the endpoint, the time and the scale are arguments; nothing here knows a topic, a queue or a socket.
 *
 * Invariants
 *   P1. No attempt before `dueAtMs`; but a first attempt that nobody put off is made at once. Its `dueAtMs` is the time
 *       at which it was made, by another machine's clock, and waiting for that clock would delay everything.
 *   P2. Nothing is sent for an endpoint that is deleted, disabled, paused or unknown.
 *   P3. Putting aside moves `dueAtMs` only forward and never uses up an attempt.
 *   P4. An endpoint that nobody ever announced holds a delivery for a bounded time only.
 */
import type { DeadReason, Delivery, Disposition, HeldReason } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import { chooseHop } from '@scanhook/domain/retry/choose-hop'
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
    return ageMs > unknownMaxMs
      ? dead('endpoint_deleted')
      : { kind: 'settle', disposition: hold(delivery, 'endpoint_unknown', context) }
  }
  switch (known.endpoint.state) {
    case 'disabled':
      return dead('endpoint_disabled')
    case 'paused':
      return { kind: 'settle', disposition: hold(delivery, 'endpoint_paused', context) }
    case 'active':
      return { kind: 'attempt', endpoint: known.endpoint }
  }
}

/** Retried, or put aside by `hold`, which always leaves `dueAtMs` behind `createdAtMs`. */
function isPutOff({ attemptNumber, firstAttemptAtMs, dueAtMs, createdAtMs }: Delivery): boolean {
  return attemptNumber > 1 || firstAttemptAtMs !== null || dueAtMs > createdAtMs
}

function planWait(delivery: Delivery, { nowMs, scale }: PlanContext): Plan {
  const hop = chooseHop(delivery.dueAtMs, nowMs, scale)
  return hop.kind === 'deliveries' ? { kind: 'wait' } : { kind: 'hop', tier: hop.name }
}

function dead(reason: DeadReason): Plan {
  return { kind: 'settle', disposition: { kind: 'dead', reason } }
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
  // Not before it was made: where our clock is behind, what is put aside would else look as if it never had been.
  const dueAtMs = Math.max(nowMs, delivery.createdAtMs) + scaledMs(tierDurationMs(tier), scale)
  return { kind: 'held', reason, dueAtMs: Math.max(dueAtMs, delivery.dueAtMs) }
}
