/**
 * Which assets of one partition have a state in memory that the changelog does not have yet, and the first input
 * that each such state contains. From it follows how far the partition may be committed. Knows nothing of Kafka
 * and reads no clock.
 *
 * Invariants
 *   D1. `firstUnflushed()` is the smallest first offset over all dirty keys; null when none is dirty.
 *   D2. A key stays dirty from the first input after its last flush on; later inputs do not move its offset.
 *   D3. Inputs come in offset order, so entries stand in the order of their first offset and the smallest is at the
 *       head: every operation is O(1) amortised, a cleaned entry is only marked and dropped when it reaches the head.
 */
import assert from 'node:assert/strict'

export interface DirtyOffsets {
  /** Keys whose state is not durable. */
  size(): number
  /** The state of `key` now contains the input at `offset`. `nowMs` says since when it waits for its flush. */
  touch(key: string, offset: number, nowMs: number): void
  /** What memory holds for `key` is durable. */
  clean(key: string): void
  firstUnflushed(): number | null
  /** Keys that became dirty at or before `sinceMs`, or by an input at or before `offset`; oldest first. */
  waitingSince(sinceMs: number, offset: number): string[]
}

interface Entry {
  readonly key: string
  readonly firstOffset: number
  readonly sinceMs: number
  isClean: boolean
}

// Cleaned entries kept at the head before the array is cut: small enough not to matter, large enough that cutting is rare.
const trimAt = 1_024

export function dirtyOffsets(): DirtyOffsets {
  const byKey = new Map<string, Entry>()
  let queue: Entry[] = []
  let head = 0
  let lastOffset = -1

  function dropCleanHead(): Entry | undefined {
    while (queue[head]?.isClean === true) head++
    if (head > trimAt && head * 2 > queue.length) {
      queue = queue.slice(head)
      head = 0
    }
    return queue[head]
  }

  return {
    size: () => byKey.size,
    touch(key, offset, nowMs) {
      assert(offset >= lastOffset, 'inputs come in offset order')
      lastOffset = offset
      if (byKey.has(key)) return
      const entry: Entry = { key, firstOffset: offset, sinceMs: nowMs, isClean: false }
      byKey.set(key, entry)
      queue.push(entry)
    },
    clean(key) {
      const entry = byKey.get(key)
      if (entry === undefined) return
      entry.isClean = true
      byKey.delete(key)
      dropCleanHead()
    },
    firstUnflushed: () => dropCleanHead()?.firstOffset ?? null,
    waitingSince(sinceMs, offset) {
      dropCleanHead()
      const keys: string[] = []
      for (let index = head; index < queue.length; index++) {
        const entry = queue[index]
        if (entry === undefined || (entry.sinceMs > sinceMs && entry.firstOffset > offset)) break
        if (!entry.isClean) keys.push(entry.key)
      }
      return keys
    },
  }
}
