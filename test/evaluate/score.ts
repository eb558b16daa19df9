/**
 * Holds what was derived against where the assets truly were. Pure; knows neither files nor events. Derived locations
 * count from the moment at which they were decided, not from the earlier one that an event's `occurred_at` names: a
 * receiver can't know more than it was told.
 */
import type { TrueStay } from './true-stays.ts'

/** From `atMs` on the derived location is `zone`. In time order. */
export interface Decision {
  readonly atMs: number
  /** Null: not known to be anywhere (any more). */
  readonly zone: number | null
  /** An `asset.moved` between two locations; the move into the very first location is none. */
  readonly isMove: boolean
}

/** One asset of a recording. */
export interface Followed {
  /** At least one; they follow each other without a gap. */
  readonly stays: readonly TrueStay[]
  readonly decisions: readonly Decision[]
}

export interface Score {
  readonly recording: string
  readonly reads: number
  readonly trueChanges: number
  readonly foundWithin10s: number
  readonly moves: number
  /** 0–1, four digits. */
  readonly rightZoneShare: number
  readonly firstLocationRight: boolean
}

export interface Scored extends Score {
  /** What shares are weighed by. */
  readonly rightMs: number
  readonly wholeMs: number
}

/** The bound: a change that takes longer to notice than this was not noticed. */
const foundWithinMs = 10_000

export function scoreRecording(recording: string, reads: number, followed: readonly Followed[]): Scored {
  const sum = (count: (one: Followed) => number): number =>
    followed.reduce((total, one) => total + count(one), 0)
  return withShare({
    recording,
    reads,
    trueChanges: sum(({ stays }) => stays.length - 1),
    foundWithin10s: sum(foundCount),
    moves: sum(({ decisions }) => decisions.filter(({ isMove }) => isMove).length),
    firstLocationRight: followed.every(isFirstRight),
    rightMs: sum(rightMsOf),
    wholeMs: sum(wholeMsOf),
  })
}

/** Counts add up, the share is weighed by time, and the first locations are right when every recording's is. */
export function scoreTotal(scores: readonly Scored[]): Scored {
  const sum = (count: (one: Scored) => number): number => scores.reduce((total, one) => total + count(one), 0)
  return withShare({
    recording: 'total',
    reads: sum(({ reads }) => reads),
    trueChanges: sum(({ trueChanges }) => trueChanges),
    foundWithin10s: sum(({ foundWithin10s }) => foundWithin10s),
    moves: sum(({ moves }) => moves),
    firstLocationRight: scores.every(({ firstLocationRight }) => firstLocationRight),
    rightMs: sum(({ rightMs }) => rightMs),
    wholeMs: sum(({ wholeMs }) => wholeMs),
  })
}

/** Exactly the documented keys, in their order. */
export function renderScore(score: Score): string {
  const { recording, reads, trueChanges, foundWithin10s, moves, rightZoneShare, firstLocationRight } = score
  return JSON.stringify({
    recording,
    reads,
    trueChanges,
    foundWithin10s,
    moves,
    rightZoneShare,
    firstLocationRight,
  })
}

/** A recording without any length (one read) has no share of time: 0. */
function withShare(counts: Omit<Scored, 'rightZoneShare'>): Scored {
  const share = counts.wholeMs === 0 ? 0 : counts.rightMs / counts.wholeMs
  return { ...counts, rightZoneShare: Math.round(share * 10_000) / 10_000 }
}

/** Found: at some moment from the change on, at most 10 s later and before the next change, the derived zone is the new one. */
function foundCount({ stays, decisions }: Followed): number {
  return stays.filter((stay, index) => {
    if (index === 0) return false
    // After the last change nothing ends the wait but its length: timers may still fire after the last read.
    const isLast = index === stays.length - 1
    const untilMs = isLast
      ? stay.fromMs + foundWithinMs
      : Math.min(stay.fromMs + foundWithinMs, stay.toMs - 1)
    return (
      derivedAt(decisions, stay.fromMs) === stay.zone ||
      decisions.some(({ atMs, zone }) => zone === stay.zone && atMs > stay.fromMs && atMs <= untilMs)
    )
  }).length
}

function isFirstRight({ stays, decisions }: Followed): boolean {
  const first = decisions.find(({ zone }) => zone !== null)
  return first !== undefined && trueAt(stays, first.atMs) === first.zone
}

function rightMsOf({ stays, decisions }: Followed): number {
  return stays.reduce((total, { zone, fromMs, toMs }) => {
    const changes = decisions.filter(({ atMs }) => atMs > fromMs && atMs < toMs).map(({ atMs }) => atMs)
    const edges = [fromMs, ...changes, toMs]
    return edges.slice(1).reduce((right, edgeMs, index) => {
      const beganMs = edges[index] ?? edgeMs
      return derivedAt(decisions, beganMs) === zone ? right + edgeMs - beganMs : right
    }, total)
  }, 0)
}

function wholeMsOf({ stays }: Followed): number {
  return (stays.at(-1)?.toMs ?? 0) - (stays[0]?.fromMs ?? 0)
}

function derivedAt(decisions: readonly Decision[], atMs: number): number | null {
  return decisions.findLast((decision) => decision.atMs <= atMs)?.zone ?? null
}

/** Before the first and after the last sample it was where that sample says. */
function trueAt(stays: readonly TrueStay[], atMs: number): number | null {
  return (stays.findLast(({ fromMs }) => fromMs <= atMs) ?? stays[0])?.zone ?? null
}
