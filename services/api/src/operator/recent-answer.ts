/**
 * A question that costs something, asked by several people at once: one answer for all of them, for a short while.
 *
 * Invariants
 *   O1. One question at a time, however many ask.
 *   O2. Nobody waits longer than `patienceMs`; the question that is under way goes on, for whoever comes next.
 *   O3. No answer is older than `keptMs` when it is given, counted from when it came; a failure is not kept.
 */
import type { Clock } from '@scanhook/runtime/clock'

export interface RecentAnswerOptions<T> {
  readonly ask: () => Promise<T>
  readonly keptMs: number
  readonly patienceMs: number
  /** What is thrown when there is no answer; undefined: it takes too long. */
  readonly failure: (cause: unknown) => Error
  readonly clock: Pick<Clock, 'monotonicMs' | 'after'>
}

export function recentAnswer<T>(options: RecentAnswerOptions<T>): () => Promise<T> {
  const { ask, keptMs, patienceMs, failure, clock } = options
  let asking: Promise<T> | null = null
  let kept: { readonly answer: T; readonly atMs: number } | null = null

  const askOnce = (): Promise<T> => {
    asking ??= ask()
      .then((answer) => {
        kept = { answer, atMs: clock.monotonicMs() }
        return answer
      })
      .finally(() => {
        asking = null
      })
    return asking
  }

  return async () => {
    if (kept !== null && clock.monotonicMs() - kept.atMs <= keptMs) return kept.answer
    const late = Promise.withResolvers<never>()
    const cancel = clock.after(patienceMs, () => late.reject(failure(undefined)))
    const asked = askOnce().catch((cause: unknown) => {
      throw failure(cause)
    })
    return Promise.race([asked, late.promise]).finally(cancel)
  }
}
