/**
 * Decides where a delivery waits next, and when the head of a tier may go on. A wait of any length is a chain of hops
 * through tiers of fixed length (the due instant travels with the record), so no timer lives outside Kafka.
 *
 * Knows no topics; the caller maps a hop to one.
 *
 * Invariants
 *   H1. A hop never waits longer than what remains, so a chain of hops is never late by more than the rest that is
 *       below the smallest tier, and that rest waits in the dispatcher.
 *   H2. A record leaves a tier when its tier's wait is over, or earlier when it is already due; either way it is
 *       asked again where to go, so it can't become an attempt before its due instant.
 */
import { retryTiers, scaledMs, type TierName, tierDurationMs } from './tiers.ts'

export type Hop = { readonly kind: 'deliveries' } | { readonly kind: 'tier'; readonly name: TierName }

/** The largest tier whose scaled wait fits into what remains until `dueAtMs`; `deliveries` when not even the smallest does. */
export function chooseHop(dueAtMs: number, nowMs: number, scale: number): Hop {
  const remainingMs = dueAtMs - nowMs
  const tier = retryTiers.findLast((candidate) => scaledMs(candidate.durationMs, scale) <= remainingMs)
  return tier === undefined ? { kind: 'deliveries' } : { kind: 'tier', name: tier.name }
}

/**
 * When the head of a tier has waited long enough. `appendTimeMs` is the broker's own stamp (LogAppendTime), which
 * makes heads of one partition monotone: nothing behind the head is due before it.
 */
export function tierDueAtMs(appendTimeMs: number, tier: TierName, scale: number): number {
  return appendTimeMs + scaledMs(tierDurationMs(tier), scale)
}

export type TierHeadDecision =
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'move'; readonly hop: Hop }

export interface TierHead {
  readonly tier: TierName
  readonly appendTimeMs: number
  /** The delivery's own due instant. */
  readonly dueAtMs: number
}

/**
 * What to do with the head of a tier now. `dueAtMs` before the tier's end means that the record reached the tier later than
 * it was chosen (a broker that was away), or that a clock differs; such a record goes on when it is due.
 */
export function decideTierHead(head: TierHead, nowMs: number, scale: number): TierHeadDecision {
  const untilMs = Math.min(head.dueAtMs, tierDueAtMs(head.appendTimeMs, head.tier, scale))
  if (untilMs > nowMs) return { kind: 'wait', untilMs }
  return { kind: 'move', hop: chooseHop(head.dueAtMs, nowMs, scale) }
}
