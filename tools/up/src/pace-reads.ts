/**
 * When each read of a recording is to be sent, and with which receive time. Pure: the caller says how late it is.
 *
 * At speed 1 and below, reads are received when they are sent. Faster, they carry virtual receive times that begin now
 * and run ahead of the wall clock: only so do the rules see the recorded pauses. (Times in the past would lie behind
 * the ticks of the wall clock, and every timer would fire at once.)
 */
export interface Pace {
  readonly speed: number
  /** Wall clock at the start. */
  readonly startedAtMs: number
  /** Virtual time at the start: ≥ startedAtMs, and no earlier than where the last replay ended. */
  readonly virtualStartMs: number
  /** Leave out what was recorded before. */
  readonly offsetMs: number
}

export interface PacedRead {
  /** Wall clock. */
  readonly sendAtMs: number
  /** What `scanhook-received-at` says; null where the time of sending is right. */
  readonly receivedAtMs: number | null
}

/** Null for a read that is to be left out. */
export function paceRead(pace: Pace, recordedAtMs: number): PacedRead | null {
  const sinceStartMs = recordedAtMs - pace.offsetMs
  if (sinceStartMs < 0) return null
  const sendAtMs = pace.startedAtMs + sinceStartMs / pace.speed
  if (pace.speed <= 1 && pace.virtualStartMs <= pace.startedAtMs) return { sendAtMs, receivedAtMs: null }
  const elapsedMs = pace.speed <= 1 ? sinceStartMs / pace.speed : sinceStartMs
  return { sendAtMs, receivedAtMs: Math.round(pace.virtualStartMs + elapsedMs) }
}
