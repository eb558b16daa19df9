/**
 * When each asset of a partition wants to be looked at again. Reads no clock: the owner says how late it is.
 *
 * Invariants
 *   H1. `takeDue(now)` returns exactly the keys whose latest due time is ≤ now, ordered by due time, then key.
 *   H2. A key is returned once and then has no timer until it is set again.
 *   H3. A timer that is put off costs nothing: the heap keeps the earlier time and looks again when that comes. An
 *       asset that is read a hundred times before its absence timer has one entry, not a hundred.
 */
export interface TimerHeap {
  /** Replaces the timer of `key`; null removes it. */
  set(key: string, dueAtMs: number | null): void
  takeDue(nowMs: number): string[]
}

interface Timer {
  /** What the owner asked for last. */
  dueAtMs: number
  /** Under which time the entry stands in the heap: ≤ dueAtMs. */
  armedAtMs: number
}

interface Armed {
  readonly atMs: number
  readonly key: string
}

export function timerHeap(): TimerHeap {
  const timers = new Map<string, Timer>()
  const heap: Armed[] = []

  function push(entry: Armed): void {
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = heap[parentIndex]
      if (parent === undefined || parent.atMs <= entry.atMs) break
      heap[index] = parent
      index = parentIndex
    }
    heap[index] = entry
  }

  function pop(): Armed | undefined {
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || top === undefined || heap.length === 0) return top
    let index = 0
    for (;;) {
      const child = smallerChild(heap, index)
      const entry = heap[child]
      if (entry === undefined || entry.atMs >= last.atMs) break
      heap[index] = entry
      index = child
    }
    heap[index] = last
    return top
  }

  return {
    set(key, dueAtMs) {
      if (dueAtMs === null) {
        timers.delete(key)
        return
      }
      const timer = timers.get(key)
      if (timer === undefined) {
        timers.set(key, { dueAtMs, armedAtMs: dueAtMs })
        push({ atMs: dueAtMs, key })
        return
      }
      timer.dueAtMs = dueAtMs
      if (dueAtMs >= timer.armedAtMs) return
      timer.armedAtMs = dueAtMs
      push({ atMs: dueAtMs, key })
    },
    takeDue(nowMs) {
      const due: { key: string; dueAtMs: number }[] = []
      for (;;) {
        const top = heap[0]
        if (top === undefined || top.atMs > nowMs) break
        pop()
        const timer = timers.get(top.key)
        // Removed, or superseded by an earlier entry that was taken meanwhile.
        if (timer === undefined || timer.armedAtMs !== top.atMs) continue
        if (timer.dueAtMs > nowMs) {
          timer.armedAtMs = timer.dueAtMs
          push({ atMs: timer.dueAtMs, key: top.key })
          continue
        }
        due.push({ key: top.key, dueAtMs: timer.dueAtMs })
        timers.delete(top.key)
      }
      return due.sort(byDueTimeThenKey).map((entry) => entry.key)
    },
  }
}

function smallerChild(heap: readonly Armed[], index: number): number {
  const left = index * 2 + 1
  const leftAtMs = heap[left]?.atMs ?? Number.POSITIVE_INFINITY
  const rightAtMs = heap[left + 1]?.atMs ?? Number.POSITIVE_INFINITY
  return rightAtMs < leftAtMs ? left + 1 : left
}

function byDueTimeThenKey(
  one: { key: string; dueAtMs: number },
  other: { key: string; dueAtMs: number },
): number {
  if (one.dueAtMs !== other.dueAtMs) return one.dueAtMs - other.dueAtMs
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0
}
