/**
 * What one partition still has to write, in order. Owns the queue of one partition; knows no broker and no time.
 *
 * Invariants
 *   L1. Records leave in the order of `push`, and one request at a time carries them (K5).
 *   L2. A record is settled exactly once.
 */
import type { EncodableRecord } from '../record-batch.ts'

export interface QueuedRecord extends EncodableRecord {
  readonly sizeBytes: number
  readonly settle: (error: Error | null) => void
}

export class ProduceLane {
  readonly topic: string
  readonly partition: number
  /** Records of the request that is under way; 0 when none is. */
  inFlight = 0
  /** Requests that failed since the last success. */
  failures = 0
  /** Not to be sent before; on the caller's clock. */
  notBeforeMs = 0
  /** Set while a refused batch is being halved to find the record that is at fault. */
  #batchMax = Number.POSITIVE_INFINITY
  #queue: QueuedRecord[] = []
  /** Index of the first record not yet settled. */
  #head = 0

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  push(record: QueuedRecord): void {
    this.#queue.push(record)
  }

  get length(): number {
    return this.#queue.length - this.#head
  }

  /** The next records up to `maxBytes` (at least one, if any), now in flight. */
  take(maxBytes: number): readonly QueuedRecord[] {
    let bytes = 0
    let end = this.#head
    const limit = Math.min(this.#queue.length, this.#head + this.#batchMax)
    while (end < limit) {
      bytes += this.#queue[end]?.sizeBytes ?? 0
      if (bytes > maxBytes && end > this.#head) break
      end += 1
    }
    this.inFlight = end - this.#head
    return this.#queue.slice(this.#head, end)
  }

  acknowledged(): void {
    this.#settle(null)
    this.failures = 0
    this.#batchMax = Number.POSITIVE_INFINITY
  }

  refused(error: Error): void {
    this.#settle(error)
    this.#batchMax = Number.POSITIVE_INFINITY
  }

  /** They stay at the front and will be sent again. */
  failed(notBeforeMs: number): void {
    this.inFlight = 0
    this.failures += 1
    this.notBeforeMs = notBeforeMs
  }

  /** The broker refused several together for a fault of one: next time send half. */
  halve(): void {
    this.#batchMax = Math.max(1, Math.floor(this.inFlight / 2))
    this.inFlight = 0
  }

  /** Nothing will be sent any more. */
  rejectAll(error: Error): void {
    for (; this.#head < this.#queue.length; this.#head += 1) this.#queue[this.#head]?.settle(error)
    this.inFlight = 0
    this.#compact()
  }

  #settle(error: Error | null): void {
    const end = this.#head + this.inFlight
    for (; this.#head < end; this.#head += 1) this.#queue[this.#head]?.settle(error)
    this.inFlight = 0
    this.#compact()
  }

  /** Dropping settled records costs a copy of the rest, so it waits until they are the larger half. */
  #compact(): void {
    if (this.#head * 2 < this.#queue.length) return
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}
