/**
 * One endpoint's place in the scheduler: what waits for it, what is under way, and what is known about its pace. Data
 * and arithmetic; whose turn it is and what may start is the scheduler's.
 */
import { newBucket, type TokenBucket } from '@scanhook/domain/delivering/token-bucket'
import type { Endpoint } from '@scanhook/domain/endpoint'
import { Fifo } from './fifo.ts'
import type { Turn } from './turns.ts'

/** What the endpoint and its organization ask for: of the announcement, and as it is now. */
export type Terms = Pick<Endpoint, 'orgId' | 'rateLimitPerSecond' | 'orgRateLimitPerSecond' | 'batch'>

export interface Waiting<T> {
  readonly item: T
  readonly bytes: number
  readonly sinceMs: number
  /** Put off before: goes in the backlog's own queue. */
  readonly isBacklog: boolean
  /** Asset and sequence, where the endpoint wants its assets' events in order. */
  readonly order: Order | null
}

export interface Order {
  readonly key: number
  readonly sequence: number
}

/** One event of an asset is queued or under way; the others wait for it, by sequence. */
export interface Behind<T> {
  headSequence: number
  readonly waiting: Waiting<T>[]
}

export interface Lane<T> extends Turn {
  readonly endpoint: number
  terms: Terms
  readonly live: Fifo<Waiting<T>>
  readonly backlog: Fifo<Waiting<T>>
  /** Assets with an event queued or under way. */
  readonly behind: Map<number, Behind<T>>
  behindCount: number
  /** What all that waits weighs. */
  bytes: number
  /** Requests under way. */
  inFlight: number
  backlogInFlight: number
  /** Slots that these hold. */
  held: number
  limit: number
  backlogLimit: number
  /** Starts, so that the backlog has its share of them. */
  startCount: number
  bucket: TokenBucket | null
  pausedUntilMs: number
  /** Events a batch may have, after the receiver said that one was too large; null: as the terms say. */
  batchMax: number | null
  /** Smoothed duration of a request. */
  latencyMs: number
  /** Answers that told the pace, up to `paceAnswers`. */
  answers: number
  /** Smoothed time between two answers while items wait: the pace at which the queue is worked off. */
  gapMs: number
  /** The last answer, or the start after a silence without requests. */
  lastAnswerAtMs: number
  /** Items have waited since the last answer, so the time until the next one tells the pace. */
  isSaturated: boolean
  /** Since when more wait than the pace allows; null while it does not. */
  overSinceMs: number | null
  isRefusing: boolean
  /** When the next delivery that is put aside should come back. */
  nextAsideAtMs: number
  /** Called when there is room. */
  readonly waiters: Set<() => void>
}

/** Before the first answers: what an ordinary receiver needs for one. Wrong guesses are corrected within one `trim`. */
export const latencyGuessMs = 100
/** Weight of the newest gap: about the last fifty count, nearly a full set of requests under way. */
const smoothing = 0.02
/** Of the newest duration: what the endpoint does now counts more than what it did, one outlier does not. */
const latencySmoothing = 0.1
/** So many answers outweigh the guess. Before, a connection that takes its time says nothing about the pace. */
const paceAnswers = 50

export function newLane<T>(
  endpoint: number,
  terms: Terms,
  { limit, limitMax, nowMs }: { readonly limit: number; readonly limitMax: number; readonly nowMs: number },
): Lane<T> {
  return {
    endpoint,
    terms,
    deficitMs: 0,
    round: 0,
    live: new Fifo(),
    backlog: new Fifo(),
    behind: new Map(),
    behindCount: 0,
    bytes: 0,
    inFlight: 0,
    backlogInFlight: 0,
    held: 0,
    limit,
    backlogLimit: 1,
    startCount: 0,
    bucket: terms.rateLimitPerSecond === null ? null : newBucket(terms.rateLimitPerSecond, nowMs),
    pausedUntilMs: 0,
    batchMax: null,
    latencyMs: latencyGuessMs,
    answers: 0,
    // Hopefully: what looks too long for it is trimmed at once, and a quick endpoint must not lose a burst to that.
    gapMs: latencyGuessMs / limitMax,
    lastAnswerAtMs: 0,
    isSaturated: false,
    overSinceMs: null,
    isRefusing: false,
    nextAsideAtMs: 0,
    waiters: new Set(),
  }
}

export function waitingIn<T>(lane: Lane<T>): number {
  return lane.live.size + lane.backlog.size + lane.behindCount
}

/** Its pace is not known yet. */
export function isNew<T>(lane: Lane<T>): boolean {
  return lane.answers < paceAnswers
}

/** The newest terms; a changed rate starts with a full bucket. */
export function setTerms<T>(lane: Lane<T>, terms: Terms, nowMs: number): void {
  if (terms.rateLimitPerSecond !== lane.terms.rateLimitPerSecond)
    lane.bucket = terms.rateLimitPerSecond === null ? null : newBucket(terms.rateLimitPerSecond, nowMs)
  lane.terms = terms
}

/** After an answer: how long it took, and what it says about the pace. */
export function noteAnswer<T>(lane: Lane<T>, startedAtMs: number, nowMs: number): void {
  lane.latencyMs += latencySmoothing * (nowMs - startedAtMs - lane.latencyMs)
  if (lane.isSaturated) {
    lane.gapMs += smoothing * (nowMs - lane.lastAnswerAtMs - lane.gapMs)
    if (lane.answers < paceAnswers) lane.answers += 1
  }
  lane.lastAnswerAtMs = nowMs
}

/**
 * The pace as it was while the endpoint answered. For what is put aside: when it comes back the endpoint answers again,
 * or its breaker is open; a silence of some seconds must not spread its backlog over hours.
 */
export function lastPaceMs<T>(lane: Lane<T>): number {
  return perDelivery(lane, Math.max(lane.gapMs, rateGapMs(lane), 0.01))
}

/** Time from one delivery to the next at which the queue is worked off, as far as known. */
export function paceMs<T>(lane: Lane<T>, nowMs: number): number {
  // Without answers there is no pace; but each request under way takes at least as long as the silence has lasted.
  const silentMs = lane.inFlight === 0 ? 0 : nowMs - lane.lastAnswerAtMs
  return perDelivery(lane, Math.max(lane.gapMs, silentMs / Math.max(1, lane.inFlight), rateGapMs(lane), 0.01))
}

function rateGapMs<T>({ terms }: Lane<T>): number {
  return terms.rateLimitPerSecond === null ? 0 : 1_000 / terms.rateLimitPerSecond
}

function perDelivery<T>(lane: Lane<T>, perRequestMs: number): number {
  return lane.terms.batch === null ? perRequestMs : perRequestMs / batchMaxOf(lane)
}

export function batchMaxOf<T>(lane: Lane<T>): number {
  return Math.max(1, Math.min(lane.batchMax ?? Number.MAX_SAFE_INTEGER, lane.terms.batch?.maxEvents ?? 1))
}
