/** Asking again for what could not be reached: a cluster that comes up as a whole has no order. */
import type { Clock } from '@scanhook/runtime/clock'
import { isRetriable } from '@scanhook/runtime/is-retriable'
import { waitBy } from '@scanhook/runtime/wait-by'

/** A broker or a database that is restarted is back within it; whoever starts setup waits no longer for an address that is wrong. */
export const giveUpAfterMs = 120_000
/** Short against what a start takes; 60 questions at most. */
const pauseMs = 2_000

export interface UntilReachedOptions {
  readonly clock: Pick<Clock, 'monotonicMs' | 'after'>
  /** Told before each pause. */
  readonly onRetry: (error: unknown) => void
}

/**
 * What `ask` resolves with. While it rejects with an error that says `retriable`, it is asked again after 2 s, for two
 * minutes; then, and for every other error, rejects with what `ask` rejected with. `ask` is called several times, so
 * it must be idempotent.
 */
export async function untilReached<T>(
  ask: () => Promise<T>,
  { clock, onRetry }: UntilReachedOptions,
): Promise<T> {
  const wait = waitBy(clock)
  const giveUpAtMs = clock.monotonicMs() + giveUpAfterMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isRetriable(error) || clock.monotonicMs() >= giveUpAtMs) throw error
      onRetry(error)
      await wait(pauseMs)
    }
  }
}
