/**
 * Knows which records of one partition are complete, and so which offset may be committed.
 *
 * Owns offsets and nothing else: no topic, no clock (times are arguments), no commit. Imports nothing.
 *
 * Records are handed out in offset order and completed in any order. Offsets have gaps (compaction, transaction
 * markers), so entries live in a ring in the order of handing out; an offset is found by its distance from the head
 * (right when there are no gaps) and else by binary search. Every operation is O(1) amortised or O(log n):
 * 50,000 records a second must not be felt.
 *
 * Invariants
 *   T1. `committable()` never passes the lowest incomplete offset.
 *   T2. With nothing incomplete, `committable()` is the offset after everything handed out or passed.
 *   T3. `committable()` never goes back, except by `rewind` to below it.
 *   T4. Completing something twice, or something never handed out, changes nothing.
 *   T5. After `rewind(offset)`, offsets from there on are as if never handed out.
 */
const initialCapacity = 1024

export class OffsetTracker {
  /** Ring: offset of each entry, ascending from head to tail. Capacity is a power of two. */
  #offsets: Float64Array = new Float64Array(initialCapacity)
  /** Ring: when each entry was handed out, ms on the caller's clock. */
  #handedOutAtMs: Float64Array = new Float64Array(initialCapacity)
  /** Ring: 1 = complete. */
  #complete: Uint8Array = new Uint8Array(initialCapacity)
  /** Absolute index (never wraps) of the lowest entry that is kept; it is always incomplete, or head = tail. */
  #head = 0
  /** Absolute index after the last entry. */
  #tail = 0
  #incomplete = 0
  /** Next offset to read: after everything handed out or passed; null before the first. */
  #next: number | null = null

  /** Offsets must rise; `nowMs` is any clock, used only for `oldestIncompleteSinceMs`. */
  handedOut(offset: number, nowMs: number): void {
    if (this.#next !== null && offset < this.#next) {
      throw new RangeError(`offset ${offset} was handed out or passed before (next is ${this.#next})`)
    }
    if (this.#tail - this.#head === this.#offsets.length) this.#grow()
    const slot = this.#tail & (this.#offsets.length - 1)
    this.#offsets[slot] = offset
    this.#handedOutAtMs[slot] = nowMs
    this.#complete[slot] = 0
    this.#tail += 1
    this.#incomplete += 1
    this.#next = offset + 1
  }

  /** Nothing is left to hand out below `nextOffset`: the end of a batch whose last records are gone or hidden. */
  passed(nextOffset: number): void {
    if (this.#next === null || nextOffset > this.#next) this.#next = nextOffset
  }

  /** The record is durable. Returns whether that was news. */
  done(offset: number): boolean {
    const index = this.#indexOf(offset)
    if (index === -1 || !this.#completeAt(index)) return false
    this.#dropComplete()
    return true
  }

  /** Every record up to and including `offset` is durable. Returns how many were news. */
  doneThrough(offset: number): number {
    let count = 0
    for (let index = this.#head; index < this.#tail && this.#offsetAt(index) <= offset; index += 1) {
      if (this.#completeAt(index)) count += 1
    }
    this.#dropComplete()
    return count
  }

  /** Takes back everything from `offset` on; it will be handed out again. */
  rewind(offset: number): void {
    while (this.#tail > this.#head && this.#offsetAt(this.#tail - 1) >= offset) {
      this.#tail -= 1
      if (this.#complete[this.#tail & (this.#offsets.length - 1)] === 0) this.#incomplete -= 1
    }
    this.#next = offset
    this.#dropComplete()
  }

  /** Next offset to commit: the lowest incomplete, or after everything; null when nothing was ever seen. */
  committable(): number | null {
    return this.#head < this.#tail ? this.#offsetAt(this.#head) : this.#next
  }

  /** Next offset that has neither been handed out nor passed; null before the first. */
  next(): number | null {
    return this.#next
  }

  incompleteCount(): number {
    return this.#incomplete
  }

  oldestIncomplete(): number | null {
    return this.#head < this.#tail ? this.#offsetAt(this.#head) : null
  }

  oldestIncompleteSinceMs(): number | null {
    if (this.#head === this.#tail) return null
    return this.#handedOutAtMs[this.#head & (this.#offsets.length - 1)] ?? null
  }

  #offsetAt(index: number): number {
    return this.#offsets[index & (this.#offsets.length - 1)] ?? Number.NaN
  }

  #completeAt(index: number): boolean {
    const slot = index & (this.#offsets.length - 1)
    if (this.#complete[slot] === 1) return false
    this.#complete[slot] = 1
    this.#incomplete -= 1
    return true
  }

  #dropComplete(): void {
    while (this.#head < this.#tail && this.#complete[this.#head & (this.#offsets.length - 1)] === 1) {
      this.#head += 1
    }
  }

  /** Absolute index of `offset`, or -1. */
  #indexOf(offset: number): number {
    if (this.#head === this.#tail) return -1
    const guess = this.#head + (offset - this.#offsetAt(this.#head))
    if (guess >= this.#head && guess < this.#tail && this.#offsetAt(guess) === offset) return guess
    let low = this.#head
    // Gaps only push an offset closer to the head than its distance says.
    let high = Math.min(this.#tail - 1, guess)
    while (low <= high) {
      const middle = Math.floor((low + high) / 2)
      const found = this.#offsetAt(middle)
      if (found === offset) return middle
      if (found < offset) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  #grow(): void {
    const capacity = this.#offsets.length
    const offsets = new Float64Array(capacity * 2)
    const handedOutAtMs = new Float64Array(capacity * 2)
    const complete = new Uint8Array(capacity * 2)
    const count = this.#tail - this.#head
    for (let i = 0; i < count; i += 1) {
      const slot = (this.#head + i) & (capacity - 1)
      offsets[i] = this.#offsets[slot] ?? 0
      handedOutAtMs[i] = this.#handedOutAtMs[slot] ?? 0
      complete[i] = this.#complete[slot] ?? 0
    }
    this.#offsets = offsets
    this.#handedOutAtMs = handedOutAtMs
    this.#complete = complete
    this.#head = 0
    this.#tail = count
  }
}
