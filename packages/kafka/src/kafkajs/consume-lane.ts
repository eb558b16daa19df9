/**
 * One partition of one assignment, between the fetch loop and the handler.
 *
 * Owns what was fetched but not handed out, what was handed out but is not complete, and pauses. Ends with its
 * assignment: a partition that comes back gets a new lane that starts at the committed offset. Commits nothing itself.
 *
 * Invariants (beside K1–K3 of the contract)
 *   C1. After `close()` nothing that a handler calls has any effect.
 *   C2. At most one handler runs at a time; the first one of this lane waits for the last one of the partition's old lane.
 *   C3. Paused until T: nothing is handed out before the time is over that was missing to T at the pause. A wall clock
 *       that is set meanwhile neither shortens nor prolongs it.
 *   C4. What came in several answers while a handler ran is handed out together: a handler that waits for company
 *       (the recorder, 50 ms) would else take as many waits as answers, and answers of one record are what a busy
 *       topic gives to a reader that keeps up (measured in cell N5: 20 records a second).
 */
import type { RecordBatch } from '../contract.ts'
import { OffsetTracker } from '../offset-tracker.ts'
import type { KafkaRecord, TopicPartition } from '../record.ts'
import type { Fetched, FetchTarget } from './fetch-loops.ts'

/**
 * Fetching pauses above this much that waits for the handler. With answers of at most 1 MiB a partition, that bounds
 * what a stuck partition holds to 1.5 MiB, and keeps one batch ready while another is handled.
 */
const bufferedMaxBytes = 512 * 1024
/** setTimeout's limit; a longer pause is slept in pieces. */
const timerMaxMs = 2 ** 31 - 1

export interface LaneOptions extends TopicPartition {
  readonly fromOffset: number
  /** What the group has committed; null when it never did. */
  readonly committed: number | null
  readonly incompleteMax: number
  readonly nowMs: () => number
  /** The clock in which `pauseUntil` is told. */
  readonly pauseNowMs: () => number
  readonly monotonicMs: () => number
  /** The last handler of this partition's previous lane. */
  readonly predecessor: Promise<void>
  /** Something can be fetched, handed out or committed that could not before. */
  readonly onChange: () => void
}

export class ConsumeLane implements FetchTarget {
  readonly topic: string
  readonly partition: number
  /** The offset of the last commit that the coordinator accepted. */
  committed: number | null
  /** When something was last completed, or first had to be, or was excused; monotonic. For the watchdog. */
  progressedAtMs: number
  /** When the leader was last asked for records, or need not have been; monotonic. */
  askedAtMs: number
  highWatermark = 0
  /** When the high watermark was last heard of, epoch ms; null before the first answer. */
  answeredAtMs: number | null = null
  /** Time of the first record of the batch handed out last; for the lag in seconds. */
  handedOutTimestampMs: number | null = null
  readonly #options: LaneOptions
  readonly #tracker = new OffsetTracker()
  readonly #abort = new AbortController()
  readonly #over = new AbortController()
  #fetchOffset: number
  #buffer: Fetched[] = []
  #bufferedBytes = 0
  /** Resolves when the handler that runs now has ended; null when none runs. */
  #handler: Promise<void> | null = null
  #isReady = false
  #isDraining = false
  #isClosed = false
  /** Monotonic; null while it is not paused. */
  #pausedUntilMs: number | null = null
  #resumeTimer: NodeJS.Timeout | null = null

  constructor(options: LaneOptions) {
    this.#options = options
    this.topic = options.topic
    this.partition = options.partition
    this.committed = options.committed
    this.#fetchOffset = options.fromOffset
    this.#tracker.passed(options.fromOffset)
    this.progressedAtMs = options.monotonicMs()
    this.askedAtMs = this.progressedAtMs
    void options.predecessor.then(() => {
      this.#isReady = true
      options.onChange()
    })
  }

  wantedOffset(): number | null {
    const isFull = this.#bufferedBytes >= bufferedMaxBytes
    return isFull || this.#isResting() ? null : this.#fetchOffset
  }

  accept({ records, bytes, nextOffset, highWatermark }: Fetched): void {
    this.highWatermark = highWatermark
    this.answeredAtMs = this.#options.nowMs()
    if (nextOffset === this.#fetchOffset) return
    if (!this.hasWork()) this.progressedAtMs = this.#options.monotonicMs()
    this.#fetchOffset = nextOffset
    this.#buffer.push({ records, bytes, nextOffset, highWatermark })
    this.#bufferedBytes += bytes
    this.#options.onChange()
  }

  moveTo(offset: number): void {
    this.#fetchOffset = offset
    this.#tracker.passed(offset)
    this.#options.onChange()
  }

  noteAsked(): void {
    this.askedAtMs = this.#options.monotonicMs()
  }

  /** True when `handOut` would call the handler. */
  canHandOut(): boolean {
    this.#skipEmpty()
    const isFree = this.#isReady && this.#handler === null && !this.#isResting()
    return isFree && this.#buffer.length > 0 && this.#tracker.incompleteCount() < this.#options.incompleteMax
  }

  /** Runs the handler with the next batch; resolves when it has ended, rejects when it rejected. */
  async handOut(handle: (batch: RecordBatch) => Promise<void>): Promise<void> {
    const fetched = this.#takeBuffered()
    if (fetched === null) return
    const nowMs = this.#options.monotonicMs()
    if (this.#tracker.incompleteCount() === 0) this.progressedAtMs = nowMs
    for (const { offset } of fetched.records) this.#tracker.handedOut(offset, nowMs)
    this.#tracker.passed(fetched.nextOffset)
    this.handedOutTimestampMs = fetched.records[0]?.timestampMs ?? null
    const ended = Promise.withResolvers<void>()
    this.#handler = ended.promise
    try {
      await handle(this.#batchOf(fetched.records, fetched.highWatermark))
    } finally {
      this.#handler = null
      ended.resolve()
      this.#options.onChange()
    }
  }

  /** Resolves when no handler of this lane runs. */
  idle(): Promise<void> {
    return this.#handler ?? this.#options.predecessor
  }

  /** Next offset to commit, when that is news. */
  committable(): number | null {
    const offset = this.#tracker.committable()
    return offset !== null && offset > (this.committed ?? -1) ? offset : null
  }

  lagRecords(): number {
    return Math.max(0, this.highWatermark - (this.#tracker.committable() ?? this.highWatermark))
  }

  incompleteCount(): number {
    return this.#tracker.incompleteCount()
  }

  oldestIncompleteAgeMs(nowMs: number): number | null {
    const sinceMs = this.#tracker.oldestIncompleteSinceMs()
    return sinceMs === null ? null : nowMs - sinceMs
  }

  isPaused(): boolean {
    return this.#pausedUntilMs !== null
  }

  /** Something waits to be completed or handed out. */
  hasWork(): boolean {
    return this.#tracker.incompleteCount() > 0 || this.#buffer.length > 0
  }

  /** No more batches; what runs is told to give up. */
  drain(): void {
    this.#isDraining = true
    this.#buffer = []
    this.#bufferedBytes = 0
    this.#abort.abort()
  }

  /** The assignment is over (C1). */
  close(): void {
    this.drain()
    this.#isClosed = true
    this.#over.abort()
    if (this.#resumeTimer !== null) clearTimeout(this.#resumeTimer)
  }

  #isResting(): boolean {
    return this.#isDraining || this.#pausedUntilMs !== null
  }

  /** C4. Stops at `incompleteMax`, which one answer may exceed, and so several by no more. */
  #takeBuffered(): Fetched | null {
    const [first] = this.#buffer
    if (first === undefined) return null
    const room = this.#options.incompleteMax - this.#tracker.incompleteCount()
    let count = 0
    let records = 0
    do {
      records += this.#buffer[count]?.records.length ?? 0
      count += 1
    } while (count < this.#buffer.length && records < room)
    const taken = this.#buffer.splice(0, count)
    const bytes = taken.reduce((sum, fetched) => sum + fetched.bytes, 0)
    this.#bufferedBytes -= bytes
    const last = taken.at(-1) ?? first
    return { ...last, bytes, records: taken.flatMap((fetched) => fetched.records) }
  }

  /** Fetched stretches without visible records only move the position. */
  #skipEmpty(): void {
    for (
      let first = this.#buffer[0];
      first !== undefined && first.records.length === 0;
      first = this.#buffer[0]
    ) {
      this.#buffer.shift()
      this.#bufferedBytes -= first.bytes
      this.#tracker.passed(first.nextOffset)
    }
  }

  #batchOf(records: readonly KafkaRecord[], highWatermark: number): RecordBatch {
    // What this batch took back by `pauseUntil` belongs to the batch that will bring it again.
    let takenBackFrom = Number.POSITIVE_INFINITY
    return {
      topic: this.topic,
      partition: this.partition,
      records,
      highWatermark,
      signal: this.#abort.signal,
      over: this.#over.signal,
      done: (offset) => {
        if (offset < takenBackFrom) this.#noteDone(() => (this.#tracker.done(offset) ? 1 : 0))
      },
      doneThrough: (offset) => {
        this.#noteDone(() => this.#tracker.doneThrough(Math.min(offset, takenBackFrom - 1)))
      },
      pauseUntil: (offset, resumeAtMs) => {
        takenBackFrom = Math.min(takenBackFrom, offset)
        this.#pauseUntil(offset, resumeAtMs)
      },
      stillWaiting: () => {
        if (!this.#isClosed) this.progressedAtMs = this.#options.monotonicMs()
      },
    }
  }

  #noteDone(complete: () => number): void {
    if (this.#isClosed) return
    const wasFull = this.#tracker.incompleteCount() >= this.#options.incompleteMax
    if (complete() === 0) return
    this.progressedAtMs = this.#options.monotonicMs()
    if (wasFull && this.#tracker.incompleteCount() < this.#options.incompleteMax) this.#options.onChange()
  }

  #pauseUntil(offset: number, resumeAtMs: number): void {
    if (this.#isClosed || this.#isDraining) return
    this.#tracker.rewind(offset)
    this.#fetchOffset = offset
    this.#buffer = []
    this.#bufferedBytes = 0
    this.#pausedUntilMs = this.#options.monotonicMs() + resumeAtMs - this.#options.pauseNowMs()
    this.#sleep()
  }

  #sleep(): void {
    if (this.#resumeTimer !== null) clearTimeout(this.#resumeTimer)
    const leftMs = (this.#pausedUntilMs ?? 0) - this.#options.monotonicMs()
    // Timers may fire a millisecond early; the clock decides (C3).
    this.#resumeTimer = setTimeout(() => this.#resume(), Math.min(timerMaxMs, Math.max(1, leftMs)))
  }

  #resume(): void {
    const nowMs = this.#options.monotonicMs()
    if (this.#pausedUntilMs !== null && nowMs < this.#pausedUntilMs) {
      this.#sleep()
      return
    }
    this.#pausedUntilMs = null
    this.progressedAtMs = nowMs
    this.askedAtMs = nowMs
    this.#options.onChange()
  }
}
