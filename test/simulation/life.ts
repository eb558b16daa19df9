/** One life of a process. What it had asked for goes on without it, or doesn't; nothing comes back to it. */
import type { Clock } from '@scanhook/runtime/clock'
import type { VirtualClock } from './virtual-clock.ts'

export interface Life {
  /** For messages, e.g. `dispatcher-1/3`: the third life of the second process. */
  readonly name: string
  isAlive: boolean
}

/** The world's time as a process sees it. Its timers end with it. */
export function clockOf(clock: VirtualClock, life: Life): Clock {
  return {
    nowMs: () => clock.nowMs,
    monotonicMs: () => clock.nowMs,
    after: (delayMs, act) =>
      clock.after(delayMs, () => {
        if (life.isAlive) act()
      }),
  }
}
