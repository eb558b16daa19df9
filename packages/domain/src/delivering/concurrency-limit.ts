/**
 * How many requests an endpoint may have under way: additive increase, multiplicative decrease (Netflix
 * concurrency-limits' AIMDLimit, with bounds for webhooks; docs/adr/0013). Pure: the state is a number.
 *
 * Invariants
 *   C1. The limit stays within `limitMin` and `limitMax`, whatever comes.
 *   C2. It grows only while it is used: an answer that came while less than half of it was under way says nothing about
 *       more (the application-limited guard), so an idle endpoint does not drift to the maximum.
 */

import type { EndpointSignal } from '../endpoint-signal.ts'

export interface LimitBounds {
  readonly min: number
  readonly max: number
}

/** A receiver that can't take four requests at once is rare; one that can't is found with the first four. */
export const limitStart = 4

/** The limit after one answer. `inFlight` counts the request that was answered. */
export function nextLimit(
  limit: number,
  signal: EndpointSignal,
  { inFlight, bounds }: { readonly inFlight: number; readonly bounds: LimitBounds },
): number {
  const { min, max } = bounds
  switch (signal) {
    case 'grow':
      return inFlight * 2 >= limit ? Math.min(max, limit + 1) : limit
    case 'steady':
      return limit
    case 'shrink':
      return Math.max(min, limit * 0.9)
    case 'halve':
      return Math.max(min, limit * 0.5)
  }
}

/** Three thirds are one. */
const rounding = 1e-9

/**
 * The same for what has been put off, after an outage: from one request on, and one more for each full round of
 * answers, so that a recovered endpoint meets its backlog in steps it can refuse.
 */
export function nextBacklogLimit(limit: number, signal: EndpointSignal, bounds: LimitBounds): number {
  if (signal === 'grow') return Math.min(bounds.max, limit + 1 / Math.floor(limit + rounding))
  return nextLimit(limit, signal, { inFlight: 0, bounds })
}
