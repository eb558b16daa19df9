/**
 * Reads a topic without a group: everything from the beginning up to the end at the call, and then, for a table, on.
 * Commits nothing, leaves nothing behind on the broker.
 *
 * Invariants
 *   R1. `caughtUp` resolves when every record below the ends found at `open` was applied, holes included.
 *   R2. Records of a partition are applied in offset order, each once.
 *   R3. After `close` nothing is applied.
 */
import { backoffMs, isNews } from '../backoff.ts'
import type { KafkaRecord } from '../record.ts'
import { BrokerSession } from './broker-session.ts'
import type { ClientContext } from './client-context.ts'
import { FetchLoops } from './fetch-loops.ts'
import { fetchSource } from './fetch-source.ts'
import { earliestOffsets, readableEnds } from './offsets.ts'
import { sleep } from './pauses.ts'
import { ReaderTarget } from './reader-target.ts'

export interface ReaderOptions {
  readonly topic: string
  /** Null for all. */
  readonly partitions: readonly number[] | null
  readonly apply: (record: KafkaRecord) => void
  /** `end`: stop reading a partition at its end. `on`: stay and follow. */
  readonly after: 'end' | 'on'
  readonly context: ClientContext
  readonly onFatal: (reason: string, error: unknown) => void
}

/** Restoring is bound by the round trip, so answers are larger than a consumer's; one at a time, so still bounded. */
const maxBytes = 8 * 1024 * 1024
const partitionMaxBytes = 2 * 1024 * 1024
/** A change of a table should be seen at once (data always answers); an idle table costs two requests a second. */
const maxWaitMs = 500

export class TopicReader {
  readonly caughtUp: Promise<void>
  readonly #options: ReaderOptions
  readonly #session: BrokerSession
  readonly #resolveCaughtUp: () => void
  #loops: FetchLoops | null = null
  #behind = 0
  #isClosed = false

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#session = new BrokerSession(options.context.connection)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.caughtUp = promise
    this.#resolveCaughtUp = resolve
  }

  /** Finds the ends and begins to read. Waits for brokers, and for the topic to exist, as long as it isn't closed. */
  async open(): Promise<void> {
    const targets = await this.#findTargets()
    if (this.#isClosed) return
    this.#behind = targets.filter((target) => target.isBehind()).length
    const { context, after, onFatal } = this.#options
    this.#loops = new FetchLoops({
      source: fetchSource(this.#session),
      targets: after === 'end' ? targets.filter((target) => target.isBehind()) : targets,
      maxBytes,
      partitionMaxBytes,
      maxWaitMs,
      log: context.log,
      random: context.random,
      onFatal,
    })
    if (this.#behind === 0) this.#resolveCaughtUp()
    this.#loops.start()
  }

  close(): void {
    this.#isClosed = true
    this.#loops?.stop()
    this.#session.close()
  }

  async #findTargets(): Promise<readonly ReaderTarget[]> {
    const { context, topic } = this.#options
    for (let failures = 0; !this.#isClosed; failures += 1) {
      try {
        await this.#session.refresh([topic])
        const all = this.#session.layoutOf(topic)?.leaders.map((_, partition) => partition) ?? []
        if (all.length > 0) return await this.#targetsOf(this.#options.partitions ?? all)
        if (isNews(failures + 1)) context.log.warn({ topic }, 'kafka.topic-missing')
      } catch (error) {
        if (isNews(failures + 1) && !this.#isClosed) {
          context.log.warn({ topic, failures, err: error }, 'kafka.read-failed')
        }
      }
      await sleep(backoffMs(failures, context.random()))
    }
    return []
  }

  async #targetsOf(partitions: readonly number[]): Promise<readonly ReaderTarget[]> {
    const { topic, apply, after } = this.#options
    // Ends first: what is deleted from the beginning meanwhile can't make a beginning pass its end unnoticed.
    const ends = await readableEnds(this.#session, topic, partitions)
    const beginnings = await earliestOffsets(this.#session, topic, partitions)
    return partitions.map(
      (partition) =>
        new ReaderTarget({
          topic,
          partition,
          offset: beginnings.get(partition) ?? 0,
          end: ends.get(partition) ?? 0,
          after,
          apply,
          onCaughtUp: () => this.#noteCaughtUp(),
        }),
    )
  }

  #noteCaughtUp(): void {
    this.#behind -= 1
    if (this.#behind === 0) this.#resolveCaughtUp()
  }
}
