/**
 * Deliveries that are due within seconds, in memory, earliest first. A binary heap with a bound; owns the order and
 * nothing else, and reads no clock.
 *
 * Invariants
 *   H1. `takeDue(now)` gives everything that is due at `now`, earliest first, and nothing that is not.
 *   H2. Never more than `max` entries, nor more than `maxBytes` in all: `put` says no instead.
 */
interface Entry<T> {
  readonly dueAtMs: number
  readonly item: T
  readonly bytes: number
}

export class DueHeap<T> {
  readonly #max: number
  readonly #maxBytes: number
  #entries: Entry<T>[] = []
  #bytes = 0

  constructor(max: number, maxBytes: number) {
    this.#max = max
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#entries.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** When the earliest entry is due; null when there is none. */
  get nextDueAtMs(): number | null {
    return this.#entries[0]?.dueAtMs ?? null
  }

  /** False when there is no room. */
  put(item: T, dueAtMs: number, bytes: number): boolean {
    if (this.#entries.length >= this.#max || this.#bytes + bytes > this.#maxBytes) return false
    this.#entries.push({ item, dueAtMs, bytes })
    this.#bytes += bytes
    this.#rise(this.#entries.length - 1)
    return true
  }

  takeDue(nowMs: number): T[] {
    const due: T[] = []
    for (let top = this.#entries[0]; top !== undefined && top.dueAtMs <= nowMs; top = this.#entries[0]) {
      due.push(top.item)
      this.#bytes -= top.bytes
      const last = this.#entries.pop()
      if (last !== undefined && this.#entries.length > 0) {
        this.#entries[0] = last
        this.#sink(0)
      }
    }
    return due
  }

  /** Forgets entries, e.g. those of a revoked partition. */
  forget(isObsolete: (item: T) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !isObsolete(entry.item))
    this.#bytes = this.#entries.reduce((sum, { bytes }) => sum + bytes, 0)
    for (let index = (this.#entries.length >> 1) - 1; index >= 0; index -= 1) this.#sink(index)
  }

  #dueAt(index: number): number {
    return this.#entries[index]?.dueAtMs ?? Number.POSITIVE_INFINITY
  }

  #swap(one: number, other: number): void {
    const first = this.#entries[one]
    const second = this.#entries[other]
    if (first === undefined || second === undefined) return
    this.#entries[one] = second
    this.#entries[other] = first
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1
      if (this.#dueAt(parent) <= this.#dueAt(index)) return
      this.#swap(parent, index)
      index = parent
    }
  }

  #sink(from: number): void {
    for (let index = from; ; ) {
      const left = 2 * index + 1
      const smaller = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left
      if (this.#dueAt(index) <= this.#dueAt(smaller)) return
      this.#swap(index, smaller)
      index = smaller
    }
  }
}
