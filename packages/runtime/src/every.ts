/** Something that is done again and again for as long as a service runs. */
import type { Clock } from './clock.ts'

/** Calls `act` every `periodMs`; returns the way to end it. */
export function every(clock: Pick<Clock, 'after'>, periodMs: number, act: () => void): () => void {
  let cancel = clock.after(periodMs, round)
  function round(): void {
    cancel = clock.after(periodMs, round)
    act()
  }
  return () => cancel()
}
