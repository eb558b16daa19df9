/**
 * A disposition becomes the next record: which topic, and the delivery as it must stand there. Pure; topics' names are
 * an argument.
 *
 * Invariants
 *   N1. Only a retry moves `attemptNumber`; held and dead deliveries keep theirs.
 *   N2. What was rendered travels with every next record, so that no later attempt renders again.
 *   N3. `dueAtMs` is the disposition's own, to the millisecond.
 *   N4. A wait of a tier's length goes to that tier, also when the decision is some milliseconds old.
 */
import type { Delivery, Disposition, RenderedBody } from '@scanhook/domain/delivery'
import { chooseHop } from '@scanhook/domain/retry/choose-hop'
import { scaledMs, type TierName } from '@scanhook/domain/retry/tiers'
import type { TopicNames } from '@scanhook/schemas/topics'

export type Destination =
  | { readonly kind: 'deliveries' }
  | { readonly kind: 'tier'; readonly name: TierName }
  | { readonly kind: 'dead' }

export interface NextStep {
  readonly to: Destination
  readonly delivery: Delivery
}

export interface AttemptedWith {
  readonly startedAtMs: number
  readonly rendered: RenderedBody
}

export interface NextContext {
  /** Null when nothing was sent. */
  readonly attempted: AttemptedWith | null
  readonly nowMs: number
  readonly scale: number
}

/**
 * How old a decision may be when it comes here: a turn of the event loop, with room for a pause of the collector. Without
 * it a wait of exactly ten seconds fell into this process's memory one time in three, and its record's offset stayed
 * uncommitted as long. The head of a tier goes at its due instant all the same; what is behind it may be this much late.
 */
const decisionAgeMaxMs = 50

/** Null when the delivery ends here: delivered. */
export function planNext(
  delivery: Delivery,
  disposition: Disposition,
  context: NextContext,
): NextStep | null {
  if (disposition.kind === 'delivered') return null
  const { attempted, nowMs, scale } = context
  const carried: Delivery =
    attempted === null
      ? delivery
      : {
          ...delivery,
          firstAttemptAtMs: delivery.firstAttemptAtMs ?? attempted.startedAtMs,
          rendered: attempted.rendered,
        }
  if (disposition.kind === 'dead') return { to: { kind: 'dead' }, delivery: carried }
  const { dueAtMs } = disposition
  const attemptNumber = disposition.kind === 'retry' ? carried.attemptNumber + 1 : carried.attemptNumber
  const decidedAtMs = nowMs - scaledMs(decisionAgeMaxMs, scale)
  return { to: chooseHop(dueAtMs, decidedAtMs, scale), delivery: { ...carried, attemptNumber, dueAtMs } }
}

/** Where a step's record goes. */
export function topicOf(to: Destination, topics: Pick<TopicNames, 'deliveries' | 'retry' | 'dead'>): string {
  if (to.kind === 'dead') return topics.dead
  return to.kind === 'tier' ? topics.retry[to.name] : topics.deliveries
}
