/** A rest that can be cut short. A call that comes while nobody rests is remembered for the next rest. */
import type { Clock } from '@scanhook/runtime/clock'

export interface Waker {
  wake(): void
  /** Resolves after `delayMs`, or when `wake` was called since the last rest ended. */
  rest(delayMs: number): Promise<void>
}

export function waker(clock: Pick<Clock, 'after'>): Waker {
  let isAwake = false
  let finish: (() => void) | null = null
  return {
    wake: () => {
      isAwake = true
      finish?.()
    },
    rest: async (delayMs) => {
      if (!isAwake) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(delayMs, resolve)
          finish = () => {
            cancel()
            resolve()
          }
        })
        finish = null
      }
      isAwake = false
    },
  }
}
