/**
 * What an attempt says about its delivery, and how several such sayings become one. Pure; the same rules as the
 * statement that merges into the table (packages/postgres/deliveries, V1 to V3), because both are applied.
 *
 * Invariant
 *   F1. Folding is commutative, associative and idempotent: order, repetition and batching change nothing.
 */
import type { Attempt } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import { type AttemptChain, compareRank, mergeManualChains } from '@scanhook/domain/manual-chains'
import type { DeliveryRow, DeliveryState } from '@scanhook/postgres/deliveries'
import { nextAttemptAtMs } from './attempt-row.ts'

/** One row per delivery. */
export function foldDeliveries(attempts: readonly Attempt[]): DeliveryRow[] {
  const byDelivery = new Map<string, DeliveryRow>()
  for (const attempt of attempts) {
    const row = deliveryRow(attempt)
    const before = byDelivery.get(row.deliveryId)
    byDelivery.set(row.deliveryId, before === undefined ? row : mergeDeliveryRows(before, row))
  }
  return [...byDelivery.values()]
}

/**
 * A manual attempt tells of its own chain and of nothing else: the automatic one, which the row's own columns mean,
 * stays as it was (rank 0 is below every attempt).
 */
export function deliveryRow(attempt: Attempt): DeliveryRow {
  const { outcome, startedAtMs } = attempt
  const wasSent = outcome !== null
  const told = chainOf(attempt)
  const isManual = attempt.trigger === 'manual'
  return {
    deliveryId: attempt.deliveryId,
    orgId: attempt.orgId,
    endpointId: attempt.endpointId,
    eventId: attempt.eventId,
    eventType: attempt.eventType,
    eventOccurredAtMs: attempt.eventOccurredAtMs,
    trigger: attempt.trigger,
    createdAtMs: attempt.deliveryCreatedAtMs,
    firstAttemptAtMs: wasSent ? startedAtMs : null,
    lastAttemptAtMs: wasSent ? startedAtMs : null,
    lastStatus: outcome?.kind === 'responded' ? outcome.status : null,
    lastErrorClass: outcome?.kind === 'failed' ? outcome.errorClass : null,
    ...(isManual ? nothingAutomatic : told),
    manualChains: isManual ? { [attempt.deliveryCreatedAtMs]: told } : null,
  }
}

const nothingAutomatic: AttemptChain = {
  state: 'dead',
  attempts: 0,
  nextAttemptAtMs: null,
  deadReason: null,
  heldReason: null,
  completedAtMs: null,
  supersededBy: null,
  rankAttemptNumber: 0,
  rankAtMs: 0,
}

function chainOf({ attemptNumber, startedAtMs, outcome, disposition }: Attempt): AttemptChain {
  const state = stateOf(disposition)
  return {
    state,
    attempts: outcome === null ? attemptNumber - 1 : attemptNumber,
    nextAttemptAtMs: nextAttemptAtMs(disposition),
    deadReason: disposition.kind === 'dead' ? disposition.reason : null,
    heldReason: disposition.kind === 'held' ? disposition.reason : null,
    completedAtMs: state === 'pending' ? null : startedAtMs + Math.round(outcome?.timings.totalMs ?? 0),
    supersededBy: disposition.kind === 'dead' ? (disposition.supersededBy ?? null) : null,
    rankAttemptNumber: attemptNumber,
    rankAtMs: startedAtMs,
  }
}

function stateOf(disposition: Disposition): DeliveryState {
  switch (disposition.kind) {
    case 'delivered':
      return 'delivered'
    case 'dead':
      return 'dead'
    case 'retry':
    case 'held':
      return 'pending'
  }
}

export function mergeDeliveryRows(one: DeliveryRow, other: DeliveryRow): DeliveryRow {
  const state = compareRank(other, one) >= 0 ? other : one
  const request = (other.lastAttemptAtMs ?? -Infinity) >= (one.lastAttemptAtMs ?? -Infinity) ? other : one
  return {
    ...state,
    trigger: one.trigger === 'manual' ? other.trigger : one.trigger,
    manualChains: mergeManualChains(one.manualChains, other.manualChains),
    attempts: Math.max(one.attempts, other.attempts),
    createdAtMs: Math.min(one.createdAtMs, other.createdAtMs),
    firstAttemptAtMs: earlierOf(one.firstAttemptAtMs, other.firstAttemptAtMs),
    lastAttemptAtMs: request.lastAttemptAtMs,
    lastStatus: request.lastStatus,
    lastErrorClass: request.lastErrorClass,
  }
}

function earlierOf(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
