/**
 * How long a breaker stays open before the next probe: 30 s, 1 m, 2 m … 15 m, spread by ±20 %. Knows no clock and no
 * breaker; the duration is unscaled (`retry/tiers`).
 *
 * Invariants
 *   BD1. The wait doubles with each opening in a row and never exceeds `longestReopenMs`, for any number of openings.
 *   BD2. Jitter moves a wait by no more than a fifth, so below the cap a later opening is longer than the one before it.
 */
const second = 1_000
const minute = 60 * second

/** A restart of a receiver takes about so long; shorter, and the first probe would meet it half way up. */
const firstMs = 30 * second
/** What an endpoint loses at most by being back right after a probe. */
const capMs = 15 * minute
/** Endpoints that fell together (one host, one network) must not be asked together. As in the retry policy. */
const jitterRatio = 0.2

/** No opening lasts longer. */
export const longestReopenMs: number = capMs * (1 + jitterRatio)

export interface Reopening {
  /** How often the breaker opened in a row, this time included; from 1. */
  readonly openings: number
  /** In [0, 1). */
  readonly random: number
}

export function reopenDelayMs({ openings, random }: Reopening): number {
  const delayMs = Math.min(capMs, firstMs * 2 ** (openings - 1)) // BD1: 2^1024 is Infinity, and the cap is smaller
  return delayMs * (1 + jitterRatio * (2 * random - 1))
}
