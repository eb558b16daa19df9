/**
 * Reads a topic a page at a time, from where the caller says, without a group. For whoever keeps its own place and must not
 * be flooded. Commits nothing.
 *
 * Invariants
 *   P1. Pages that begin where the one before has ended give every record below `end` once, in offset order.
 *   P2. What was fetched beyond a page is kept for the next one; of one partition only, so memory is one answer's.
 *   P3. After `close` every read rejects, also one that is under way.
 */
import type { TopicPages } from '../contract.ts'
import { KafkaError } from '../errors.ts'
import type { KafkaRecord, TopicPartition } from '../record.ts'
import { BrokerSession } from './broker-session.ts'
import type { ClientContext } from './client-context.ts'
import { type Fetched, FetchLoops, type FetchTarget } from './fetch-loops.ts'
import { fetchSource } from './fetch-source.ts'

/** Some hundred records with their bodies; whoever reads a page at a time is in no hurry. */
const maxBytes = 1024 * 1024
/** Below an end that was there before, data always answers at once. */
const maxWaitMs = 500

type Span = Parameters<TopicPages['read']>[0]

interface Kept {
  readonly partition: number
  /** Where the first of `records` or, without one, reading goes on. */
  readonly offset: number
  readonly records: readonly KafkaRecord[]
  readonly nextOffset: number
}

export class PagedTopic implements TopicPages {
  readonly #topic: string
  readonly #context: ClientContext
  readonly #session: BrokerSession
  readonly #closed = Promise.withResolvers<never>()
  #isClosed = false
  #kept: Kept | null = null

  constructor(topic: string, context: ClientContext) {
    this.#topic = topic
    this.#context = context
    this.#session = new BrokerSession(context.connection)
    this.#closed.promise.catch(() => undefined) // nobody may be reading when it is closed
  }

  async read(
    span: Span,
    limit: number,
  ): Promise<{ readonly records: readonly KafkaRecord[]; readonly nextOffset: number }> {
    const { partition, offset, end } = span
    if (offset >= end) return { records: [], nextOffset: end }
    const kept = this.#keptAt(partition, offset) ?? (await this.#fetch(span))
    const below = kept.records.filter((record) => record.offset < end)
    const records = below.slice(0, limit)
    const first = below[limit]
    if (first === undefined) {
      this.#kept = null
      return { records, nextOffset: Math.min(end, kept.nextOffset) }
    }
    this.#kept = { ...kept, offset: first.offset, records: kept.records.slice(limit) }
    return { records, nextOffset: first.offset }
  }

  close(): void {
    this.#isClosed = true
    this.#closed.reject(new KafkaError('KAFKA_ABORTED', `reading ${this.#topic} was given up`))
    this.#session.close()
  }

  #keptAt(partition: number, offset: number): Kept | null {
    return this.#kept?.partition === partition && this.#kept.offset === offset ? this.#kept : null
  }

  async #fetch({ partition, offset }: Span): Promise<Kept> {
    const failed = Promise.withResolvers<never>()
    const page = new PageTarget({ topic: this.#topic, partition }, offset)
    const loops = new FetchLoops({
      source: fetchSource(this.#session),
      targets: [page],
      maxBytes,
      partitionMaxBytes: maxBytes,
      maxWaitMs,
      log: this.#context.log,
      random: this.#context.random,
      onUndecodable: async () => undefined, // said in the log by the loops; there is nobody to hand it to
      onFatal: (_reason, error) => failed.reject(error),
    })
    try {
      // Without leaders the loops would begin with a pause.
      if (!this.#isClosed && this.#session.layoutOf(this.#topic) === undefined)
        await Promise.race([
          this.#session.refresh([this.#topic]).catch(() => undefined),
          this.#closed.promise,
        ])
      if (!this.#isClosed) loops.start()
      const { records, nextOffset } = await Promise.race([page.fetched, failed.promise, this.#closed.promise])
      return { partition, offset, records, nextOffset }
    } finally {
      loops.stop()
    }
  }
}

/** Wants one answer. */
class PageTarget implements FetchTarget {
  readonly topic: string
  readonly partition: number
  readonly fetched: Promise<Pick<Fetched, 'records' | 'nextOffset'>>
  readonly #resolve: (fetched: Pick<Fetched, 'records' | 'nextOffset'>) => void
  #offset: number | null

  constructor({ topic, partition }: TopicPartition, offset: number) {
    this.topic = topic
    this.partition = partition
    this.#offset = offset
    const { promise, resolve } = Promise.withResolvers<Pick<Fetched, 'records' | 'nextOffset'>>()
    this.fetched = promise
    this.#resolve = resolve
  }

  wantedOffset(): number | null {
    return this.#offset
  }

  accept({ records, nextOffset }: Fetched): void {
    if (nextOffset === this.#offset) return // nothing there yet
    this.#offset = null
    this.#resolve({ records, nextOffset })
  }

  moveTo(offset: number): void {
    this.#offset = offset
  }

  noteAsked(): void {
    // Its owner waits for `fetched`.
  }
}
