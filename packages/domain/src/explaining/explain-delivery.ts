/**
 * What happened to one event for one endpoint, and why: out of the delivery, where there is one, else out of what the endpoint
 * wanted when the event came in. Knows no database and no words for people; what wanting means is an argument (domain/matching).
 *
 * Invariants
 *   Q1. There is exactly one answer to every question, and its code is one of the list.
 *   Q2. Where there is a delivery, the answer is its state, whatever the endpoint wanted.
 *   Q3. Without one, an event that was wanted when it came in is on its way or missing, never unwanted; one that was not
 *       is neither.
 *   Q4. It is certain only where every version that may have counted, within the margin, says the same.
 */
import type { EndpointVersion } from '../endpoint-version.ts'
import type { DomainEvent } from '../event.ts'
import type { FilterRefusal } from '../filter-refusal.ts'
import { isPastDue, type LogHorizon } from '../log-horizon.ts'

/** The closed list: first what a delivery says, then why there is none. */
export const explanationCodes = [
  'delivered',
  'waiting',
  'held',
  'paused',
  'dead',
  'superseded',
  'on_its_way',
  'missing',
  'not_subscribed',
  'filtered',
  'subscribed_too_late',
  'disabled',
  'deleted',
  'history_unknown',
] as const

/** A delivery as the log shows it, all its chains together. Instants are epoch ms. */
export interface ExplainedDelivery {
  readonly state: 'pending' | 'delivered' | 'dead'
  /** Number of the attempt that comes next in the chain that goes on first. */
  readonly nextAttemptNumber: number
  readonly nextAttemptAtMs: number | null
  readonly heldReason: string | null
  readonly deadReason: string | null
  readonly supersededBy: string | null
  /** When it was delivered or died. */
  readonly completedAtMs: number | null
}

/** Why a version does not get an event; null: it does. `filtered`: its type is wanted, and the filter says no. */
export type Refusal =
  | { readonly kind: 'other_organization' }
  | { readonly kind: 'subscribed_too_late'; readonly lateByMs: number }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'not_subscribed'; readonly patterns: readonly string[] }
  | { readonly kind: 'filtered'; readonly subscription: RefusingSubscription }

export interface RefusingSubscription extends FilterRefusal {
  readonly eventType: string
  readonly filter: string
}

interface Planned {
  /** When the next attempt is due. */
  readonly untilMs: number | null
  readonly attemptNumber: number
  /** So long after its time that the reconciler puts it back. */
  readonly isOverdue: boolean
}

type Answer =
  | { readonly code: 'delivered'; readonly sinceMs: number | null }
  | ({ readonly code: 'waiting' } & Planned)
  | ({ readonly code: 'held'; readonly reason: string } & Planned)
  | ({ readonly code: 'paused' } & Planned)
  | { readonly code: 'dead'; readonly sinceMs: number | null; readonly reason: string | null }
  | { readonly code: 'superseded'; readonly sinceMs: number | null; readonly by: string | null }
  /** `untilMs`: by then the reconciler will have put it back; null: it need not, yet, or can not be sure that it must. */
  | { readonly code: 'on_its_way'; readonly ageMs: number; readonly untilMs: number | null }
  /** `untilMs`: by then the reconciler should have put it back; null: it does not, because it can not be sure. */
  | { readonly code: 'missing'; readonly ageMs: number; readonly untilMs: number | null }
  | { readonly code: 'not_subscribed'; readonly patterns: readonly string[] }
  | { readonly code: 'filtered'; readonly subscription: RefusingSubscription }
  /** `sinceMs`: from when on it is wanted. */
  | { readonly code: 'subscribed_too_late'; readonly sinceMs: number; readonly lateByMs: number }
  | { readonly code: 'disabled'; readonly sinceMs: number }
  | { readonly code: 'deleted'; readonly sinceMs: number }
  /** `sinceMs`: from when on it is known what it wanted; null: never. */
  | { readonly code: 'history_unknown'; readonly sinceMs: number | null }

export type Explanation = Answer & {
  readonly code: (typeof explanationCodes)[number]
  readonly isCertain: boolean
}

export interface ExplainInput {
  readonly event: Pick<DomainEvent, 'receivedAtMs'>
  /**
   * Of the endpoint, by number: some that were in force before the margin, the one at its beginning, and those that followed.
   * Empty when nothing is known of it.
   */
  readonly versions: readonly EndpointVersion[]
  readonly delivery: ExplainedDelivery | null
  readonly nowMs: number
}

export interface ExplainContext {
  /** Why a version does not get the event: domain/matching, so that an explanation can't differ from what was done. */
  readonly mismatchOf: (version: EndpointVersion) => Refusal | null
  readonly horizon: LogHorizon
}

export function explainDelivery(input: ExplainInput, context: ExplainContext): Explanation {
  if (input.delivery !== null)
    return { ...explainState(input.delivery, input.nowMs, context.horizon), isCertain: true } // Q2
  return { ...explainAbsence(input, context), isCertain: isCertain(input, context) }
}

function explainState(delivery: ExplainedDelivery, nowMs: number, { overdueMs }: LogHorizon): Answer {
  const { state, deadReason: reason, heldReason, nextAttemptAtMs, completedAtMs: sinceMs } = delivery
  if (state === 'delivered') return { code: 'delivered', sinceMs }
  if (state === 'dead')
    return reason === 'superseded'
      ? { code: 'superseded', sinceMs, by: delivery.supersededBy }
      : { code: 'dead', sinceMs, reason }
  const planned: Planned = {
    untilMs: nextAttemptAtMs,
    attemptNumber: delivery.nextAttemptNumber,
    isOverdue: isPastDue(nextAttemptAtMs, { nowMs, overdueMs }),
  }
  if (heldReason === null) return { code: 'waiting', ...planned }
  return heldReason === 'endpoint_paused'
    ? { code: 'paused', ...planned }
    : { code: 'held', reason: heldReason, ...planned }
}

function explainAbsence(input: ExplainInput, context: ExplainContext): Answer {
  const { event, versions } = input
  const index = versions.findLastIndex(({ validFromMs }) => validFromMs <= event.receivedAtMs)
  const version = versions[index]
  if (version === undefined) return explainBefore(input, context)
  if (version.isDeleted) return { code: 'deleted', sinceMs: version.validFromMs }
  const refusal = context.mismatchOf(version)
  if (refusal === null) return explainWanted(input, context)
  if (refusal.kind === 'disabled') return { code: 'disabled', sinceMs: disabledSinceMs(versions, index) }
  return wantedLater(input, versions.slice(index + 1), context) ?? refused(refusal, version)
}

/** Nothing that is known was in force when the event came in. */
function explainBefore(input: ExplainInput, context: ExplainContext): Answer {
  const { event, versions } = input
  const [first] = versions
  if (first === undefined) return { code: 'history_unknown', sinceMs: null }
  // The first version of all is written with the endpoint, a moment after the creation that it tells of.
  if (first.version > 1 && first.createdAtMs <= event.receivedAtMs)
    return { code: 'history_unknown', sinceMs: first.validFromMs }
  const late = wantedLater(input, versions, context)
  if (late !== null) return late
  const refusal = context.mismatchOf(asIfOlder(first, event))
  if (refusal?.kind === 'not_subscribed' || refusal?.kind === 'filtered') return refused(refusal, first)
  const sinceMs = first.validFromMs
  return { code: 'subscribed_too_late', sinceMs, lateByMs: sinceMs - event.receivedAtMs }
}

/** The first of `later` that wants the event, had the endpoint only existed. */
function wantedLater(
  { event }: ExplainInput,
  later: readonly EndpointVersion[],
  { mismatchOf }: ExplainContext,
): Answer | null {
  const found = later.find((version) => !version.isDeleted && mismatchOf(asIfOlder(version, event)) === null)
  if (found === undefined) return null
  const sinceMs = found.validFromMs
  return { code: 'subscribed_too_late', sinceMs, lateByMs: sinceMs - event.receivedAtMs }
}

function asIfOlder(version: EndpointVersion, { receivedAtMs }: ExplainInput['event']): EndpointVersion {
  return { ...version, createdAtMs: Math.min(version.createdAtMs, receivedAtMs) }
}

function refused(refusal: Refusal, { subscriptions, validFromMs }: EndpointVersion): Answer {
  switch (refusal.kind) {
    case 'filtered':
      return { code: 'filtered', subscription: refusal.subscription }
    case 'not_subscribed':
      return { code: 'not_subscribed', patterns: refusal.patterns }
    case 'disabled':
      return { code: 'disabled', sinceMs: validFromMs }
    case 'subscribed_too_late':
      return { code: 'subscribed_too_late', sinceMs: validFromMs, lateByMs: refusal.lateByMs }
    case 'other_organization': // whoever asks reads both of one organization
      return { code: 'not_subscribed', patterns: subscriptions.map(({ eventType }) => eventType) }
  }
}

/** Versions differ in more than their state: the first of those that were disabled one after the other. */
function disabledSinceMs(versions: readonly EndpointVersion[], index: number): number {
  const before = versions.slice(0, index).findLastIndex(({ state }) => state !== 'disabled')
  return versions[before + 1]?.validFromMs ?? Number.NEGATIVE_INFINITY
}

const hourMs = 3_600_000

function explainWanted(input: ExplainInput, context: ExplainContext): Answer {
  const { event, versions, nowMs } = input
  const { usualMs, settleMs, roundMs, marginMs } = context.horizon
  const ageMs = Math.max(0, nowMs - event.receivedAtMs)
  if (ageMs <= usualMs) return { code: 'on_its_way', ageMs, untilMs: null }
  const lookedAtMs = (Math.floor(event.receivedAtMs / hourMs) + 1) * hourMs + settleMs + roundMs
  // The reconciler puts back only what every version up to now has wanted (domain/reconcile).
  const span = { fromMs: event.receivedAtMs - marginMs, toMs: Number.POSITIVE_INFINITY }
  const isPutBack = wishesWithin(versions, span, context).every(Boolean)
  const untilMs = isPutBack ? lookedAtMs : null
  return { code: nowMs <= lookedAtMs ? 'on_its_way' : 'missing', ageMs, untilMs }
}

/** Q4 */
function isCertain(input: ExplainInput, context: ExplainContext): boolean {
  const { event, versions } = input
  const { marginMs } = context.horizon
  const [first] = versions
  const fromMs = event.receivedAtMs - marginMs
  if (first === undefined) return false
  const isForgotten =
    first.version > 1 && first.validFromMs > fromMs && first.createdAtMs <= event.receivedAtMs
  if (isForgotten) return false
  const span = { fromMs, toMs: event.receivedAtMs + marginMs }
  return new Set(wishesWithin(versions, span, context)).size <= 1
}

/** Whether each version wanted it that was in force at some moment within the span; before the first there is none that does. */
function wishesWithin(
  versions: readonly EndpointVersion[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { mismatchOf }: ExplainContext,
): readonly boolean[] {
  const begin = versions.findLastIndex(({ validFromMs }) => validFromMs <= fromMs)
  const wishes = versions
    .slice(Math.max(0, begin))
    .filter(({ validFromMs }) => validFromMs <= toMs)
    .map((version) => !version.isDeleted && mismatchOf(version) === null)
  return begin === -1 ? [false, ...wishes] : wishes
}
