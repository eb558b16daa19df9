/**
 * The time of one partition: the largest receive time among its records, moved on by ticks. A restart at the
 * committed offset must find the clock as it was right before that offset, or timers would fire at other records
 * than they did; so changes since the last commit are remembered. Reads no wall clock.
 *
 * Invariants
 *   P1. The clock never goes back.
 *   P2. `before(offset)` is the clock after all records below `offset`, for every offset not yet forgotten.
 *   P3. The history is bounded: `isFull` tells the owner to flush and thereby let the commit move on; entries below
 *       an offset are forgotten once it was committed.
 */
import assert from 'node:assert/strict'

export interface PartitionClock {
  nowMs(): number
  /** Takes over a record's time; true when the clock moved. */
  advance(offset: number, atMs: number): boolean
  /** The clock right before the record at `offset`. */
  before(offset: number): number
  /** No one will ask for an offset below this one again. */
  forgetBefore(offset: number): void
  /** Whether the history has reached its bound. */
  isFull(): boolean
}

/**
 * Clock changes remembered per partition: 16 bytes each, so 1 MiB. A live partition changes its clock at most 1,000
 * times a second (milliseconds); with a flush every 10 s that is 10,000. Only a catch-up comes near the bound.
 */
const historyMax = 65_536

/** `startMs` is the clock restored from the commit, 0 where nothing was ever committed. */
export function partitionClock(startMs: number): PartitionClock {
  let nowMs = startMs
  /** The clock before the first remembered change. */
  let floorMs = startMs
  /** Offsets asked for must not lie below this. */
  let floorOffset = 0
  let offsets: number[] = []
  let times: number[] = []

  /** Number of remembered changes at offsets below `offset`. */
  function changesBefore(offset: number): number {
    let low = 0
    let high = offsets.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((offsets[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  function before(offset: number): number {
    assert(offset >= floorOffset, 'the clock before a forgotten offset is not known')
    const count = changesBefore(offset)
    return count === 0 ? floorMs : (times[count - 1] ?? floorMs)
  }

  return {
    nowMs: () => nowMs,
    advance(offset, atMs) {
      if (atMs <= nowMs) return false
      nowMs = atMs
      offsets.push(offset)
      times.push(atMs)
      return true
    },
    before,
    forgetBefore(offset) {
      if (offset <= floorOffset) return
      floorMs = before(offset)
      floorOffset = offset
      const count = changesBefore(offset)
      if (count === 0) return
      offsets = offsets.slice(count)
      times = times.slice(count)
    },
    isFull: () => offsets.length >= historyMax,
  }
}
