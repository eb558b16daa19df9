/**
 * What an attempt says about its delivery, and how several such sayings become one. Pure; the same rules as the
 * statement that merges into the table (packages/postgres/deliveries, V1 and V2), because both are applied.
 *
 * Invariant
 *   F1. Folding is commutative, associative and idempotent: order, repetition and batching change nothing.
 */
import type { Attempt } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
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

export function deliveryRow(attempt: Attempt): DeliveryRow {
  const { outcome, disposition, startedAtMs } = attempt
  const wasSent = outcome !== null
  const state = stateOf(disposition)
  const totalMs = outcome?.timings.totalMs ?? 0
  return {
    deliveryId: attempt.deliveryId,
    orgId: attempt.orgId,
    endpointId: attempt.endpointId,
    eventId: attempt.eventId,
    eventType: attempt.eventType,
    eventOccurredAtMs: attempt.eventOccurredAtMs,
    trigger: attempt.trigger,
    state,
    attempts: wasSent ? attempt.attemptNumber : attempt.attemptNumber - 1,
    nextAttemptAtMs: nextAttemptAtMs(disposition),
    deadReason: disposition.kind === 'dead' ? disposition.reason : null,
    heldReason: disposition.kind === 'held' ? disposition.reason : null,
    createdAtMs: attempt.deliveryCreatedAtMs,
    firstAttemptAtMs: wasSent ? startedAtMs : null,
    lastAttemptAtMs: wasSent ? startedAtMs : null,
    lastStatus: outcome?.kind === 'responded' ? outcome.status : null,
    lastErrorClass: outcome?.kind === 'failed' ? outcome.errorClass : null,
    completedAtMs: state === 'pending' ? null : startedAtMs + Math.round(totalMs),
    rankAttemptNumber: attempt.attemptNumber,
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
    attempts: Math.max(one.attempts, other.attempts),
    createdAtMs: Math.min(one.createdAtMs, other.createdAtMs),
    firstAttemptAtMs: earlierOf(one.firstAttemptAtMs, other.firstAttemptAtMs),
    lastAttemptAtMs: request.lastAttemptAtMs,
    lastStatus: request.lastStatus,
    lastErrorClass: request.lastErrorClass,
  }
}

/** A delivered delivery stays delivered; else the later attempt number, then the later start. */
function compareRank(one: DeliveryRow, other: DeliveryRow): number {
  return (
    Number(one.state === 'delivered') - Number(other.state === 'delivered') ||
    one.rankAttemptNumber - other.rankAttemptNumber ||
    one.rankAtMs - other.rankAtMs
  )
}

function earlierOf(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
