/** Time as a dependency: shells take a `Clock`, decisions take `nowMs`. Nothing else reads the clock. */
import { strict as assert } from 'node:assert'

export interface Clock {
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  /** Milliseconds on a clock that never goes back; for durations only. */
  readonly monotonicMs: () => number
  /** Calls `act` once after `delayMs`, never earlier; returns the way to cancel it. */
  readonly after: (delayMs: number, act: () => void) => () => void
}

/**
 * The longest wait that Node's timer can count (2^31−1 ms, 24.8 days). A longer one would fire after 1 ms with a
 * TimeoutOverflowWarning, so `after` waits in pieces.
 */
const timerMaxMs = 2 ** 31 - 1

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, act) => {
    assert(!Number.isNaN(delayMs), 'CLOCK_DELAY: delayMs is not a number')
    let remainingMs = Math.max(0, delayMs)
    let timer: NodeJS.Timeout
    const arm = (): void => {
      const pieceMs = Math.min(remainingMs, timerMaxMs)
      remainingMs -= pieceMs
      timer = setTimeout(remainingMs > 0 ? arm : act, pieceMs)
    }
    arm()
    return () => clearTimeout(timer)
  },
}
