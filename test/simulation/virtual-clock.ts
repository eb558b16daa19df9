/**
 * Time that passes only when it is told to: a queue of what is to happen, in the order of its instants. A day takes as
 * long as what happens in it.
 *
 * Invariants
 *   V1. Nothing happens before its instant, and what has the same instant happens in the order in which it was asked for.
 *   V2. Instants are whole milliseconds, as those of a real clock are.
 */
interface Entry {
  readonly atMs: number
  readonly serial: number
  act: (() => void) | null
}

export class VirtualClock {
  #nowMs: number
  #serial = 0
  readonly #heap: Entry[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, act: () => void): () => void {
    const entry: Entry = {
      atMs: this.#nowMs + Math.max(0, Math.ceil(delayMs)),
      serial: this.#serial,
      act,
    }
    this.#serial += 1
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    return () => {
      entry.act = null
    }
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve))
  }

  /** Lets the next thing happen; false when nothing is left. */
  step(): boolean {
    for (let entry = this.#pop(); entry !== undefined; entry = this.#pop()) {
      if (entry.act === null) continue
      this.#nowMs = entry.atMs
      entry.act()
      return true
    }
    return false
  }

  #pop(): Entry | undefined {
    const top = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink()
    }
    return top
  }

  #isBefore(one: number, other: number): boolean {
    const first = this.#heap[one]
    const second = this.#heap[other]
    if (first === undefined) return false
    if (second === undefined) return true
    return first.atMs < second.atMs || (first.atMs === second.atMs && first.serial < second.serial)
  }

  #swap(one: number, other: number): void {
    const first = this.#heap[one]
    const second = this.#heap[other]
    if (first === undefined || second === undefined) return
    this.#heap[one] = second
    this.#heap[other] = first
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(index, parent)) return
      this.#swap(index, parent)
      index = parent
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1
      const smaller = this.#isBefore(left + 1, left) ? left + 1 : left
      if (!this.#isBefore(smaller, index)) return
      this.#swap(index, smaller)
      index = smaller
    }
  }
}
