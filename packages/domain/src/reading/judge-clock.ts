/**
 * When a read was made, as far as its reader's clock can be believed. A clock that is wrong is wrong by the same amount
 * in every read, so what is learned of each reader is its offset: the smallest (receive − read) seen lately, which is
 * the clock's error plus the quickest way to us. What a read lags behind that is its delay. A short delay is the way it
 * came; a long one is a backlog: a handheld back in its cradle, a gateway after an outage.
 *
 * A long delay may also be a clock that was set back. The two differ in what comes next: a backlog shrinks while it is
 * uploaded, a wrong clock stays as wrong as it is. So a delay that stays the same over three parts of 20 s teaches a new
 * offset; until then, and all along a backlog, reads are late, and late reads teach nothing.
 *
 * `judge-time.ts` is the first gate: times that no clock of ours could explain, and all that lie far ahead, end there.
 *
 * Invariants
 *   O1. `atMs` is never after `receivedAtMs`.
 *   O2. While the offset stays, `atMs` depends on the read's own time alone, not on when or in which order it came.
 *   O3. A clock that runs ahead is put right by its first read; one that lags by a constant, whatever it is, is believed
 *       again after three parts of its reads.
 *   O4. A backlog that is uploaded 5 % quicker than it was made, or newest first, stays late to its end and teaches nothing.
 *   O5. A read that is older than `lateLimitMs` is refused when the clock was seen good, and else taken at its receive
 *       time: a reader that was never right can't tell how old its reads are.
 *   O6. The offset follows a clock that drifts, in either direction.
 */

/** What is known of a reader's clock. A value: whoever keeps it replaces it. */
export interface ReaderClock {
  /** Of the window before the present one; a guess in the first. */
  readonly offsetMs: number
  /** The smallest lag of a believed read in the present window. */
  readonly windowLowMs: number
  readonly windowStartMs: number
  /** A read of it was believed, or its lag was found to be constant. */
  readonly isKnownGood: boolean
  /** Reads in a row that were not believed; null after one that was. */
  readonly doubt: Doubt | null
}

interface Doubt {
  /** The smallest lag in each of the last parts that are over; at most two. */
  readonly lowsMs: readonly number[]
  readonly partStartMs: number
  readonly partLowMs: number
  readonly lastMs: number
}

export interface ClockedRead {
  readonly receivedAtMs: number
  /** What the reader's clock said; null when it said nothing, or nothing that can be. */
  readonly readAtMs: number | null
}

export interface ClockLimits {
  readonly maxClockSkewMs: number
  readonly lateLimitMs: number
}

/** `receive_time`: the reader gave no time, or none that means anything. */
export const latenesses = ['on_time', 'late', 'receive_time'] as const
export type Lateness = (typeof latenesses)[number]

export type ClockJudgement =
  | {
      readonly kind: 'timed'
      readonly atMs: number
      readonly lateness: Lateness
      /** The same object when nothing was learned; null while nothing is known. */
      readonly clock: ReaderClock | null
    }
  | { readonly kind: 'too_old'; readonly clock: ReaderClock }

/**
 * The offset is the smallest lag of this window and the one before: 10 to 20 minutes of reads. A quartz drifts by some
 * 60 ms in that time (100 ppm), and a reader that is heard at all gives enough reads to meet a quick way once.
 */
const windowMs = 600_000
/** The first window of a reader that nobody knows: until then its clock is taken for right, within the skew. */
const firstWindowMs = 60_000
/** A lag must stay for three of these. Together a minute: long enough that a backlog has shrunk, short enough to wait. */
const partMs = 20_000
const parts = 3
/**
 * By how much the smallest lags of the parts may differ. Readers that stamp whole seconds or collect for a second have
 * this much in each part; a backlog uploaded 5 % quicker than it was made shrinks by 2 s over three parts.
 */
const steadyMs = 1_000
/** Longer without a read, and what was doubted before says nothing about now. */
const doubtGapMs = 600_000

/** A clock as somebody remembered it; null where nobody does. */
export function knownClock(offsetMs: number | null, receivedAtMs: number): ReaderClock {
  if (offsetMs === null) {
    const windowStartMs = receivedAtMs - (windowMs - firstWindowMs)
    return {
      offsetMs: 0,
      windowLowMs: Number.POSITIVE_INFINITY,
      windowStartMs,
      isKnownGood: false,
      doubt: null,
    }
  }
  return {
    offsetMs,
    windowLowMs: Number.POSITIVE_INFINITY,
    windowStartMs: receivedAtMs,
    isKnownGood: true,
    doubt: null,
  }
}

/** What is to be added to the reader's time. */
export function offsetOf({ offsetMs, windowLowMs }: ReaderClock): number {
  return Math.min(offsetMs, windowLowMs)
}

/** See the invariants. `clock` is null for a reader of which nothing is known. */
export function judgeClock(
  clock: ReaderClock | null,
  { receivedAtMs, readAtMs }: ClockedRead,
  limits: ClockLimits,
): ClockJudgement {
  if (readAtMs === null) return { kind: 'timed', atMs: receivedAtMs, lateness: 'receive_time', clock }
  const known = clock ?? knownClock(null, receivedAtMs)
  const lagMs = receivedAtMs - readAtMs
  if (lagMs - offsetOf(known) <= limits.maxClockSkewMs) return believed(known, receivedAtMs, lagMs)
  const doubted = doubt(known, receivedAtMs, lagMs)
  const delayMs = lagMs - offsetOf(doubted)
  // The doubt has just been resolved: this read belongs to a clock that is known now.
  if (delayMs <= limits.maxClockSkewMs) return believed(doubted, receivedAtMs, lagMs)
  if (delayMs <= limits.lateLimitMs) {
    return { kind: 'timed', atMs: receivedAtMs - Math.max(0, delayMs), lateness: 'late', clock: doubted }
  }
  if (doubted.isKnownGood) return { kind: 'too_old', clock: doubted } // O5
  return { kind: 'timed', atMs: receivedAtMs, lateness: 'receive_time', clock: doubted }
}

function believed(clock: ReaderClock, receivedAtMs: number, lagMs: number): ClockJudgement {
  const delayMs = Math.max(0, lagMs - offsetOf(clock)) // O1: a smaller lag than ever is the new offset
  return {
    kind: 'timed',
    atMs: receivedAtMs - delayMs,
    lateness: 'on_time',
    clock: taught(clock, receivedAtMs, lagMs),
  }
}

function taught(clock: ReaderClock, receivedAtMs: number, lagMs: number): ReaderClock {
  // In both directions: recordings are replayed, and then time begins again earlier.
  if (Math.abs(receivedAtMs - clock.windowStartMs) >= windowMs) {
    const offsetMs = Number.isFinite(clock.windowLowMs) ? clock.windowLowMs : clock.offsetMs
    return { offsetMs, windowLowMs: lagMs, windowStartMs: receivedAtMs, isKnownGood: true, doubt: null } // O6
  }
  if (lagMs >= clock.windowLowMs && clock.isKnownGood && clock.doubt === null) return clock
  return { ...clock, windowLowMs: Math.min(lagMs, clock.windowLowMs), isKnownGood: true, doubt: null }
}

function doubt(clock: ReaderClock, receivedAtMs: number, lagMs: number): ReaderClock {
  const before = clock.doubt
  if (before === null || Math.abs(receivedAtMs - before.lastMs) > doubtGapMs) {
    const fresh = { lowsMs: [], partStartMs: receivedAtMs, partLowMs: lagMs, lastMs: receivedAtMs }
    return { ...clock, doubt: fresh }
  }
  const lastMs = Math.max(before.lastMs, receivedAtMs)
  if (receivedAtMs - before.partStartMs < partMs) {
    return { ...clock, doubt: { ...before, partLowMs: Math.min(before.partLowMs, lagMs), lastMs } }
  }
  const lowsMs = [...before.lowsMs, before.partLowMs]
  const isSteady = lowsMs.length === parts && Math.max(...lowsMs) - Math.min(...lowsMs) <= steadyMs
  if (isSteady) return knownClock(Math.min(...lowsMs), receivedAtMs) // O3
  const kept = lowsMs.slice(-(parts - 1))
  return { ...clock, doubt: { lowsMs: kept, partStartMs: receivedAtMs, partLowMs: lagMs, lastMs } } // O4
}
