/** One partition of a topic that is read without a group. R1 and R2 of topic-reader.ts are kept here. */
import type { KafkaRecord, TopicPartition } from '../record.ts'
import type { Fetched, FetchTarget } from './fetch-loops.ts'

export interface TargetOptions extends TopicPartition {
  /** Where to begin. */
  readonly offset: number
  /** Where the partition ended when reading began. */
  readonly end: number
  /** `end`: nothing at or above it is applied. `on`: go on. */
  readonly after: 'end' | 'on'
  readonly apply: (record: KafkaRecord) => void
  /** Called once, when everything below `end` was applied; not when it was reached from the start. */
  readonly onCaughtUp: () => void
}

export class ReaderTarget implements FetchTarget {
  readonly topic: string
  readonly partition: number
  readonly #options: TargetOptions
  #offset: number

  constructor(options: TargetOptions) {
    this.#options = options
    this.topic = options.topic
    this.partition = options.partition
    this.#offset = options.offset
  }

  isBehind(): boolean {
    return this.#offset < this.#options.end
  }

  wantedOffset(): number | null {
    return this.#options.after === 'on' || this.isBehind() ? this.#offset : null
  }

  accept({ records, nextOffset }: Fetched): void {
    const { apply, after, end } = this.#options
    for (const record of records) {
      if (after === 'end' && record.offset >= end) break
      apply(record)
    }
    this.moveTo(nextOffset)
  }

  moveTo(offset: number): void {
    const wasBehind = this.isBehind()
    this.#offset = offset
    if (wasBehind && !this.isBehind()) this.#options.onCaughtUp()
  }

  noteAsked(): void {
    // Nobody watches a reader: its owner waits for `caughtUp`, or doesn't.
  }
}
