/**
 * The first gate for times: which of two clocks can be believed at all, the reader's (`readAtMs`) and ours
 * (`receivedAtMs`, the front door's own time or the upstream record's timestamp). The receive time moves every clock
 * that follows, because reader clocks lie: a CS463 booted in 2019, others ran 14 s ahead. What a reader's clock is worth
 * beside it is judged over all of its reads (`judge-clock.ts`).
 *
 * Invariants
 *   J1. An accepted receive time is never after `nowMs`, so no upstream clock can push a partition's clock into the
 *       future and fire everybody's timers.
 *   J2. An accepted reader time is at most `lateLimitMs` before and `aheadMaxMs` after the receive time; any other is
 *       dropped as if the reader had sent none, and the read itself goes on.
 */
export interface TimeLimits {
  /** Handhelds upload batches hours later; an older time is a wrong clock. */
  readonly lateLimitMs: number
  /** OPC UA's usual tolerance between machines. */
  readonly aheadMaxMs: number
}

export const defaultTimeLimits: TimeLimits = { lateLimitMs: 24 * 60 * 60 * 1_000, aheadMaxMs: 5 * 60 * 1_000 }

/** 2000-01-01: no record of ours is older, so an older timestamp is no timestamp. */
export const ancientBeforeMs = 946_684_800_000

export type TimeJudgement =
  | {
      readonly kind: 'accepted'
      readonly receivedAtMs: number
      readonly readAtMs: number | null
      /** Why the reader's time was dropped; null when it was used or absent. Counted by the caller. */
      readonly ignored: 'reader_clock_behind' | 'reader_clock_ahead' | null
    }
  /** The receive time itself is impossible: the record goes to `poison`. */
  | { readonly kind: 'poison'; readonly reason: 'timestamp_out_of_range' }

export interface TimesOfRead {
  readonly readAtMs: number | null
  readonly receivedAtMs: number
}

/** See the invariants. `nowMs` is the judge's own clock. */
export function judgeTime(
  times: TimesOfRead,
  nowMs: number,
  limits: TimeLimits = defaultTimeLimits,
): TimeJudgement {
  const isPlausible = times.receivedAtMs >= ancientBeforeMs && times.receivedAtMs <= nowMs + limits.aheadMaxMs
  if (!isPlausible) return { kind: 'poison', reason: 'timestamp_out_of_range' }
  const receivedAtMs = Math.min(times.receivedAtMs, nowMs) // J1
  const ignored = doubtAbout(times.readAtMs, receivedAtMs, limits)
  return { kind: 'accepted', receivedAtMs, readAtMs: ignored === null ? times.readAtMs : null, ignored }
}

function doubtAbout(
  readAtMs: number | null,
  receivedAtMs: number,
  limits: TimeLimits,
): 'reader_clock_behind' | 'reader_clock_ahead' | null {
  if (readAtMs === null) return null
  if (readAtMs < receivedAtMs - limits.lateLimitMs) return 'reader_clock_behind'
  return readAtMs > receivedAtMs + limits.aheadMaxMs ? 'reader_clock_ahead' : null
}
