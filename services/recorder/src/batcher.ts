/**
 * Collects rows of several partitions into common transactions. Owns when to write; knows not what.
 *
 * Invariants
 *   H1. At most `writesMax` writes are under way; meanwhile the next batch collects. That wait is the back-pressure.
 *   H2. No batch is larger than `rowsMax`, except a single submission that is larger by itself.
 *   H3. A submission's answer comes when all of its rows were written or set aside, or when the write failed.
 *   H4. Whoever waits hears of every write, and of every part of one, that ends meanwhile. Eight partitions behind a slow
 *       database wait for longer than the stall watchdog does, and that is no stall; a write that never ends is one.
 */
import type { Clock } from '@scanhook/runtime/clock'

export type Written<T> =
  /** `rejected` can never be written. */
  | { readonly kind: 'written'; readonly rejected: readonly T[] }
  | { readonly kind: 'failed'; readonly error: unknown }

export interface Batcher<T> {
  /** `stillWaiting` is called whenever a write, or a part of one, has ended and the answer has not come yet. */
  submit(items: readonly T[], stillWaiting: () => void): Promise<Written<T>>
}

export interface BatcherOptions<T> {
  readonly rowsMax: number
  /** More than 1 only where it does not matter which of two batches is written first. */
  readonly writesMax: number
  readonly waitMs: number
  readonly clock: Pick<Clock, 'after'>
  /**
   * Gives the items that can never be written. Rejects when nothing can be written now. Where it takes several
   * statements it calls `partEnded` after each.
   */
  readonly write: (items: readonly T[], partEnded: () => void) => Promise<readonly T[]>
}

interface Submission<T> {
  readonly items: readonly T[]
  readonly stillWaiting: () => void
  readonly answer: (written: Written<T>) => void
}

export function batcher<T>({ rowsMax, writesMax, waitMs, clock, write }: BatcherOptions<T>): Batcher<T> {
  let waiting: Submission<T>[] = []
  let writes = 0
  let isDue = false
  let cancelTimer: (() => void) | null = null

  function rowsWaiting(): number {
    return waiting.reduce((sum, submission) => sum + submission.items.length, 0)
  }

  function next(): void {
    if (writes >= writesMax || waiting.length === 0) return
    if (isDue || rowsWaiting() >= rowsMax) {
      cancelTimer?.()
      cancelTimer = null
      isDue = false
      writes += 1
      void writeOut(takeBatch()).finally(() => {
        writes -= 1
        tell(waiting)
        next()
      })
      return
    }
    cancelTimer ??= clock.after(waitMs, () => {
      cancelTimer = null
      isDue = true
      next()
    })
  }

  function tell(submissions: readonly Submission<T>[]): void {
    for (const { stillWaiting } of submissions) stillWaiting()
  }

  function takeBatch(): Submission<T>[] {
    const batch: Submission<T>[] = []
    let rows = 0
    for (const submission of waiting) {
      if (batch.length > 0 && rows + submission.items.length > rowsMax) break
      batch.push(submission)
      rows += submission.items.length
    }
    waiting = waiting.slice(batch.length)
    return batch
  }

  async function writeOut(batch: readonly Submission<T>[]): Promise<void> {
    try {
      const items = batch.flatMap((submission) => submission.items)
      const rejected = new Set(await write(items, () => tell([...batch, ...waiting])))
      for (const { items, answer } of batch)
        answer({ kind: 'written', rejected: items.filter((item) => rejected.has(item)) })
    } catch (error) {
      for (const { answer } of batch) answer({ kind: 'failed', error })
    }
  }

  return {
    submit: (items, stillWaiting) =>
      new Promise((answer) => {
        if (items.length === 0) {
          answer({ kind: 'written', rejected: [] })
          return
        }
        waiting.push({ items, stillWaiting, answer })
        next()
      }),
  }
}
