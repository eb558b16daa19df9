/**
 * What became of one event for one endpoint, and why: the answer to the question that webhook products are asked most.
 * Pure: the log's row, the endpoint's past and the time are arguments; words for people are the API's.
 *
 * Invariants
 *   Y1. What the log has is what happened: with a row, versions and clocks do not count.
 *   Y2. Without a row, the version in force when the event came in is asked first. What it did not want is never said to be
 *       missing or on its way; what all versions since wanted is never said to be unwanted.
 *   Y3. `isCertain` only where whatever moment the router looked within `marginMs` of the receipt gives the same answer.
 *   Y4. What an endpoint wanted before its kept versions begin is unknown, and is said to be: but what came in before it
 *       existed is known to have come too early.
 *
 * The router wrote down no moment at which it matched (expect-delivery.ts), so near a change one can only guess.
 */
import type { EndpointVersion } from '../endpoint-version.ts'
import type { DomainEvent } from '../event.ts'
import type { Mismatch } from '../mismatch.ts'

export const whyCodes = [
  'delivered',
  'dead',
  'superseded',
  'waiting',
  'held',
  'paused',
  'on_its_way',
  'missing',
  'not_subscribed',
  'subscribed_too_late',
  'disabled',
  'deleted',
  'history_unknown',
] as const
export type WhyCode = (typeof whyCodes)[number]

/** A delivery as the log shows it (manual-chains.ts: all its chains together). Instants are epoch ms. */
export interface ExplainedRow {
  readonly deliveryId: string
  readonly state: 'pending' | 'delivered' | 'dead'
  /** Requests made. */
  readonly attempts: number
  readonly nextAttemptAtMs: number | null
  readonly completedAtMs: number | null
  readonly deadReason: string | null
  readonly heldReason: string | null
  readonly supersededBy: string | null
}

export interface Explanation {
  readonly code: WhyCode
  readonly isCertain: boolean
  readonly deliveryId: string | null
  /** Epoch ms: when it was delivered or died; since when the endpoint is or was as it is said to be. */
  readonly sinceMs: number | null
  /** Epoch ms: not before then the next attempt; when the endpoint was changed to want such events. */
  readonly untilMs: number | null
  /** From the event's receipt to the moment from which such events were wanted. */
  readonly lateByMs: number | null
  /** Since the event came in; where nothing has become of it yet. */
  readonly ageMs: number | null
  /** Of a dead or held delivery. */
  readonly reason: string | null
  /** The one that comes next where it waits; else how many requests were made. Null without a delivery. */
  readonly attemptNumber: number | null
  readonly supersededBy: string | null
  /** The version of the endpoint that decided; null with a row. */
  readonly version: number | null
  /** What that version was subscribed to; null with a row, and where that did not decide. */
  readonly patterns: readonly string[] | null
}

export interface ExplainContext {
  readonly mismatchOf: (event: DomainEvent, version: EndpointVersion) => Mismatch | null
  readonly nowMs: number
  /** As `ExpectContext.marginMs`. */
  readonly marginMs: number
  /** After this the log knows of every delivery that is made; without a row something is wrong. */
  readonly patienceMs: number
}

/** `versions` of one endpoint by their number, all that were in force from `marginMs` before the event came in until now. */
export function explainDelivery(
  event: DomainEvent,
  versions: readonly EndpointVersion[],
  row: ExplainedRow | null,
  context: ExplainContext,
): Explanation {
  return row === null ? explainAbsence(event, versions, context) : explainRow(row)
}

const nothing: Omit<Explanation, 'code' | 'isCertain'> = {
  deliveryId: null,
  sinceMs: null,
  untilMs: null,
  lateByMs: null,
  ageMs: null,
  reason: null,
  attemptNumber: null,
  supersededBy: null,
  version: null,
  patterns: null,
}

/** Y1. */
function explainRow(row: ExplainedRow): Explanation {
  const { deliveryId, attempts: attemptNumber, completedAtMs: sinceMs, deadReason, heldReason } = row
  const known = { ...nothing, isCertain: true, deliveryId, attemptNumber }
  switch (row.state) {
    case 'delivered':
      return { ...known, code: 'delivered', sinceMs }
    case 'dead':
      return deadReason === 'superseded'
        ? { ...known, code: 'superseded', sinceMs, reason: deadReason, supersededBy: row.supersededBy }
        : { ...known, code: 'dead', sinceMs, reason: deadReason }
    case 'pending': {
      const waiting = { ...known, attemptNumber: attemptNumber + 1, untilMs: row.nextAttemptAtMs }
      if (heldReason === null) return { ...waiting, code: 'waiting' }
      const code = heldReason === 'endpoint_paused' ? 'paused' : 'held'
      return { ...waiting, code, reason: heldReason }
    }
  }
}

type Verdict = Mismatch | { readonly kind: 'deleted' } | null

function explainAbsence(
  event: DomainEvent,
  versions: readonly EndpointVersion[],
  context: ExplainContext,
): Explanation {
  const { receivedAtMs } = event
  const verdictOf = (version: EndpointVersion): Verdict =>
    version.isDeleted ? { kind: 'deleted' } : context.mismatchOf(event, version)
  const inForce = versions.findLast(({ validFromMs }) => validFromMs <= receivedAtMs)
  const asked = inForce ?? versions[0]
  if (asked === undefined) return { ...nothing, code: 'history_unknown', isCertain: false }

  const verdict = verdictOf(asked)
  const isBeforeHistory = inForce === undefined && asked.validFromMs > receivedAtMs + context.marginMs
  if (isBeforeHistory && verdict?.kind !== 'subscribed_too_late')
    return { ...nothing, code: 'history_unknown', isCertain: false, sinceMs: asked.validFromMs } // Y4

  const later = versions.filter(({ version }) => version > asked.version)
  // Y3
  const near = versions.filter(({ validFromMs }) => validFromMs <= receivedAtMs + context.marginMs)
  const first = near.findLastIndex(({ validFromMs }) => validFromMs <= receivedAtMs - context.marginMs)
  const isCertain = first !== -1 && near.slice(first).every((one) => verdictOf(one)?.kind === verdict?.kind)
  if (verdict === null) return explainWanted(event, { asked, later, verdictOf, isCertain, ...context })

  const unwanted = { ...nothing, isCertain, version: asked.version, sinceMs: asked.validFromMs }
  const wantedFrom = later.find((one) => verdictOf(one) === null)
  switch (verdict.kind) {
    case 'subscribed_too_late':
      return {
        ...unwanted,
        code: 'subscribed_too_late',
        isCertain: true,
        sinceMs: asked.createdAtMs,
        lateByMs: verdict.lateByMs,
      }
    case 'deleted':
      return { ...unwanted, code: 'deleted' }
    case 'disabled':
      return { ...unwanted, code: 'disabled', untilMs: wantedFrom?.validFromMs ?? null }
    case 'other_organization':
    case 'not_subscribed':
      return wantedFrom === undefined
        ? { ...unwanted, code: 'not_subscribed', patterns: patternsOf(asked) }
        : {
            ...unwanted,
            code: 'subscribed_too_late',
            sinceMs: wantedFrom.validFromMs,
            lateByMs: wantedFrom.validFromMs - receivedAtMs,
            patterns: patternsOf(asked),
          }
  }
}

/** It was wanted when it came in. */
function explainWanted(
  event: DomainEvent,
  {
    asked,
    later,
    verdictOf,
    isCertain,
    nowMs,
    patienceMs,
  }: ExplainContext & {
    readonly isCertain: boolean
    readonly asked: EndpointVersion
    readonly later: readonly EndpointVersion[]
    readonly verdictOf: (version: EndpointVersion) => Verdict
  },
): Explanation {
  const ageMs = Math.max(0, nowMs - event.receivedAtMs)
  const given = { ...nothing, ageMs, version: asked.version }
  const changed = later.find((one) => verdictOf(one) !== null)
  const verdict = changed === undefined ? null : verdictOf(changed)
  if (changed === undefined || verdict === null)
    return { ...given, code: ageMs < patienceMs ? 'on_its_way' : 'missing', isCertain }
  if (ageMs < patienceMs) return { ...given, code: 'on_its_way', isCertain: false }
  // The router was behind when the endpoint changed, or the delivery got lost before.
  const code = verdict.kind === 'deleted' || verdict.kind === 'disabled' ? verdict.kind : 'not_subscribed'
  return {
    ...given,
    code,
    isCertain: false,
    sinceMs: changed.validFromMs,
    version: changed.version,
    patterns: code === 'not_subscribed' ? patternsOf(changed) : null,
  }
}

function patternsOf({ subscriptions }: EndpointVersion): readonly string[] {
  return subscriptions.map(({ eventType }) => eventType)
}
