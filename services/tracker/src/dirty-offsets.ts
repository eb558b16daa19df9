/**
 * Which assets of one partition have a state in memory that the changelog does not have yet, and the first input
 * that each such state contains. From it follows how far the partition may be committed. Knows nothing of Kafka
 * and reads no clock.
 *
 * Invariants
 *   D1. `firstUnflushed()` is the smallest first offset over all dirty refs; null when none is dirty.
 *   D2. A ref stays dirty from the first input after its last flush on; later inputs do not move its offset.
 *   D3. Inputs come in offset order, so entries stand in the order of their first offset and the smallest is at the
 *       head: every operation is O(1) amortised, a cleaned entry is only marked and dropped when it reaches the head.
 */
import assert from 'node:assert/strict'

export interface DirtyOffsets {
  /** Refs whose state is not durable. */
  size(): number
  /** The state of `ref` now contains the input at `offset`. `nowMs` says since when it waits for its flush. */
  touch(ref: number, offset: number, nowMs: number): void
  /** What memory holds for `ref` is durable. */
  clean(ref: number): void
  firstUnflushed(): number | null
  /** Refs that became dirty at or before `sinceMs`, or by an input at or before `offset`; oldest first. */
  waitingSince(sinceMs: number, offset: number): number[]
}

interface Entry {
  readonly ref: number
  readonly firstOffset: number
  readonly sinceMs: number
  isClean: boolean
}

// Cleaned entries kept at the head before the array is cut: small enough not to matter, large enough that cutting is rare.
const trimAt = 1_024

export function dirtyOffsets(): DirtyOffsets {
  const byRef = new Map<number, Entry>()
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
    size: () => byRef.size,
    touch(ref, offset, nowMs) {
      assert(offset >= lastOffset, 'inputs come in offset order')
      lastOffset = offset
      if (byRef.has(ref)) return
      const entry: Entry = { ref, firstOffset: offset, sinceMs: nowMs, isClean: false }
      byRef.set(ref, entry)
      queue.push(entry)
    },
    clean(ref) {
      const entry = byRef.get(ref)
      if (entry === undefined) return
      entry.isClean = true
      byRef.delete(ref)
      dropCleanHead()
    },
    firstUnflushed: () => dropCleanHead()?.firstOffset ?? null,
    waitingSince(sinceMs, offset) {
      dropCleanHead()
      const refs: number[] = []
      for (let index = head; index < queue.length; index++) {
        const entry = queue[index]
        if (entry === undefined || (entry.sinceMs > sinceMs && entry.firstOffset > offset)) break
        if (!entry.isClean) refs.push(entry.ref)
      }
      return refs
    },
  }
}
