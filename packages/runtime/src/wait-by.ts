/** Waiting as a dependency, for those who must not know a clock. */
import type { Clock } from './clock.ts'

export function waitBy(clock: Pick<Clock, 'after'>): (delayMs: number) => Promise<void> {
  return (delayMs) => new Promise((resolve) => void clock.after(delayMs, resolve))
}
