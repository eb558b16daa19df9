/**
 * Whether an event must have become a delivery for an endpoint, told afterwards from what the endpoint wanted and when.
 * Knows no database, and what wanting means is an argument (domain/matching).
 *
 * The router matched the event at a moment that nobody wrote down, with what it knew then. So only what every version of the
 * endpoint wants that may have counted at that moment is certain.
 *
 * Invariants
 *   E1. `wanted`: whatever moment the router looked, it made a delivery. `unwanted`: whatever moment, it made none.
 *   E2. A change of what is wanted between `marginMs` before the event came in and now makes it `unsure`, never `wanted`.
 */
import type { EndpointVersion } from '../endpoint-version.ts'
import type { DomainEvent } from '../event.ts'

export const expectations = ['wanted', 'unsure', 'unwanted'] as const
export type Expectation = (typeof expectations)[number]

export interface ExpectContext {
  readonly wants: (event: DomainEvent, version: EndpointVersion) => boolean
  /** Receive times and versions are stamped by clocks of two machines, and a change takes a moment to be known. */
  readonly marginMs: number
}

/** `versions` of one endpoint, by their number, none left out that was in force from the margin on. */
export function expectDelivery(
  event: DomainEvent,
  versions: readonly EndpointVersion[],
  { wants, marginMs }: ExpectContext,
): Expectation {
  const fromMs = event.receivedAtMs - marginMs
  const first = Math.max(
    0,
    versions.findLastIndex(({ validFromMs }) => validFromMs <= fromMs),
  )
  const counted = versions.slice(first)
  const existedBefore = (counted[0]?.validFromMs ?? Number.POSITIVE_INFINITY) <= fromMs
  const answers = counted.map((version) => !version.isDeleted && wants(event, version))
  if (!answers.includes(true)) return 'unwanted'
  return existedBefore && !answers.includes(false) ? 'wanted' : 'unsure'
}
