/** Time as a dependency: shells take a `Clock`, decisions take `nowMs`. Nothing else reads the clock. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  /** Milliseconds on a clock that never goes back; for durations only. */
  readonly monotonicMs: () => number
  /** Calls `act` once after `delayMs`; returns the way to cancel it. */
  readonly after: (delayMs: number, act: () => void) => () => void
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, act) => {
    const timer = setTimeout(act, Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}
