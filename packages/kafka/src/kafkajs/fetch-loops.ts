/**
 * Keeps a set of partitions supplied with records: one fetch under way per leader, until stopped.
 *
 * Owns fetching, leaders and their changes. Knows no group and commits nothing; what happens to records is the targets'
 * business. A target that doesn't want records (paused, full) is left out of the next request, so a slow partition
 * never delays another one; kafkajs' own loop waits for every handler before it fetches again.
 *
 * Invariants
 *   F1. A target is given records in offset order without holes: an answer to another offset than the one it wants now
 *       is dropped.
 *   F2. After `stop()` no target is given anything.
 *   F3. A failure never ends the loops; only undecodable bytes and refusals are handed to `onFatal`.
 *   F4. With `onUndecodable`, a batch that can't be decoded is passed over once its handing over resolved; what stands
 *       before it is delivered first. A target that is read again from before it does not hear of it twice.
 *   F5. A target whose leader changes, whoever found that out, is asked for at the new one: its loop is opened, or woken.
 *       Nobody else would: the old one does not want the target any more, and an idle new one sleeps.
 */
import type { Logger } from '@scanhook/observability/log'
import { backoffMs } from '../backoff.ts'
import type { UndecodableBatch } from '../contract.ts'
import { decompress } from '../decompress.ts'
import { KafkaError } from '../errors.ts'
import type { KafkaRecord, TopicPartition } from '../record.ts'
import { decodeRecordBatches, type Undecodable } from '../record-batch.ts'
import type { FetchPart, FetchResult } from './exchanges.ts'
import { errorTypeOf } from './failure.ts'

export interface Fetched {
  readonly records: readonly KafkaRecord[]
  /** Size of the answer, for bounds. */
  readonly bytes: number
  readonly nextOffset: number
  readonly highWatermark: number
}

export interface FetchTarget extends TopicPartition {
  /** Offset that it wants next; null while it wants nothing. */
  wantedOffset(): number | null
  accept(fetched: Fetched): void
  /** The offset that it wanted is gone (retention) or was never there; reading goes on at `offset`. */
  moveTo(offset: number): void
  /** The leader was asked, whatever it answered: the loop is alive. */
  noteAsked(): void
}

/** What the loops need of the cluster. */
export interface FetchSource {
  /** Node id of the leader; −1 while there is none. */
  leaderOf(partition: TopicPartition): number
  /** Looks up the leaders again. */
  refresh(topics: readonly string[]): Promise<void>
  fetch(
    node: number,
    parts: readonly FetchPart[],
    options: { readonly maxWaitMs: number; readonly maxBytes: number },
  ): Promise<readonly FetchResult[]>
  /** First offset that still exists. */
  earliest(partition: TopicPartition): Promise<number | null>
}

export interface FetchOptions {
  readonly source: FetchSource
  readonly targets: readonly FetchTarget[]
  readonly maxBytes: number
  readonly partitionMaxBytes: number
  readonly maxWaitMs: number
  readonly log: Logger
  readonly random: () => number
  /** As `ConsumerOptions.onUndecodable`. */
  readonly onUndecodable?: ((batch: UndecodableBatch) => Promise<void>) | undefined
  readonly onFatal: (reason: string, error: unknown) => void
}

export class FetchLoops {
  readonly #options: FetchOptions
  readonly #topics: readonly string[]
  /** Of each target, as it was when somebody looked last. */
  readonly #leaders = new Map<FetchTarget, number>()
  /** Leaders that have a loop. */
  readonly #nodes = new Set<number>()
  readonly #running = new Set<Promise<void>>()
  #isStopped = false
  /** Some partition has no leader, and one loop looks for it. */
  #isWatching = false
  /** Resolved and replaced by `wake`. */
  #wakeUp: { readonly promise: Promise<void>; readonly resolve: () => void } = Promise.withResolvers()
  #refreshing: Promise<void> | null = null
  /** Last offset, by partition, of the undecodable batch that was handed over last. */
  readonly #handedOver = new Map<string, number>()
  /** Rotates which partition is asked for first: the broker fills its answer in the order of the request. */
  #turn = 0

  constructor(options: FetchOptions) {
    this.#options = options
    this.#topics = [...new Set(options.targets.map(({ topic }) => topic))]
  }

  start(): void {
    if (this.#options.targets.length > 0) this.#keep(this.#watchLeaders())
  }

  /** A target may want records again. */
  wake(): void {
    const { resolve } = this.#wakeUp
    this.#wakeUp = Promise.withResolvers()
    resolve()
  }

  /** Does not wait for the fetch that is under way; its answer will be dropped (F2). */
  stop(): void {
    this.#isStopped = true
    this.wake()
  }

  #keep(loop: Promise<void>): void {
    this.#running.add(loop)
    loop
      .catch((error: unknown) => {
        if (!this.#isStopped) this.#options.onFatal('fetch loop failed', error)
      })
      .finally(() => this.#running.delete(loop))
  }

  /** Opens a loop for every leader; looks again while a partition has none, and whenever a loop asks for it. */
  async #watchLeaders(): Promise<void> {
    if (this.#isWatching) return
    this.#isWatching = true
    for (let failures = 0; !this.#isStopped && !this.#openLoops(); failures += 1) {
      await this.#pause(failures)
      await this.#refresh()
    }
    this.#isWatching = false
  }

  /** True when every target's leader is known. Wakes all loops when one has changed (F5). */
  #openLoops(): boolean {
    let isComplete = true
    let hasMoved = false
    for (const target of this.#options.targets) {
      const leader = this.#options.source.leaderOf(target)
      if (this.#leaders.get(target) !== leader) {
        this.#leaders.set(target, leader)
        hasMoved = true
      }
      if (leader === -1) isComplete = false
      else if (!this.#nodes.has(leader)) {
        this.#nodes.add(leader)
        this.#keep(this.#fetchFrom(leader))
      }
    }
    if (hasMoved) this.wake()
    return isComplete
  }

  async #fetchFrom(node: number): Promise<void> {
    let failures = 0
    while (!this.#isStopped) {
      if (!this.#openLoops() && !this.#isWatching) this.#keep(this.#watchLeaders()) // F5
      const wakeUp = this.#wakeUp.promise
      const wanted = this.#wantedFrom(node)
      if (wanted.length === 0) {
        await wakeUp
        continue
      }
      if (await this.#fetchOnce(node, wanted)) {
        failures = 0
        continue
      }
      await this.#pause(failures)
      failures += 1
      await this.#refresh()
      this.#keep(this.#watchLeaders())
    }
  }

  #wantedFrom(node: number): readonly Wanted[] {
    const { targets } = this.#options
    const wanted: Wanted[] = []
    this.#turn += 1
    for (let i = 0; i < targets.length; i += 1) {
      const target = targets[(i + this.#turn) % targets.length]
      if (target === undefined || this.#options.source.leaderOf(target) !== node) continue
      const offset = target.wantedOffset()
      if (offset !== null) wanted.push({ target, offset })
    }
    return wanted
  }

  /** False when leaders should be looked up again. */
  async #fetchOnce(node: number, wanted: readonly Wanted[]): Promise<boolean> {
    const { source, maxBytes, partitionMaxBytes, maxWaitMs, log } = this.#options
    const parts = wanted.map(({ target, offset }) => ({
      topic: target.topic,
      partition: target.partition,
      offset,
      maxBytes: partitionMaxBytes,
    }))
    let results: readonly FetchResult[]
    try {
      results = await source.fetch(node, parts, { maxWaitMs, maxBytes })
    } catch (error) {
      for (const { target } of wanted) target.noteAsked()
      if (!this.#isStopped) log.debug({ node, err: error }, 'kafka.fetch-failed')
      return false
    }
    if (this.#isStopped) return true
    return this.#apply(results, wanted)
  }

  async #apply(results: readonly FetchResult[], wanted: readonly Wanted[]): Promise<boolean> {
    const byKey = new Map(wanted.map((entry) => [`${entry.target.topic}|${entry.target.partition}`, entry]))
    // An answer without any bytes is not short of room: between what was asked for and the end there is nothing left
    // (compaction took the tail). Nothing will ever come that moves the position, so it is moved here.
    const isEmpty = results.every(({ bytes }) => bytes.length === 0)
    let isCurrent = true
    for (const result of results) {
      const entry = byKey.get(`${result.topic}|${result.partition}`)
      if (entry === undefined) continue
      entry.target.noteAsked()
      if (entry.target.wantedOffset() !== entry.offset) continue // F1: rewound or paused meanwhile
      if (result.errorCode === 0) await this.#deliver(result, entry, isEmpty ? result.readableEnd : 0)
      else if (!(await this.#judge(result, entry))) isCurrent = false
    }
    return isCurrent
  }

  async #deliver(result: FetchResult, wanted: Wanted, emptyUntil: number): Promise<void> {
    const { topic, partition, bytes, aborted, highWatermark } = result
    const { target, offset } = wanted
    const context = { topic, partition, fromOffset: offset, aborted, decompress }
    const decoded = decodeRecordBatches(bytes, context)
    // What stands before an undecodable batch goes first; the next answer begins with the batch.
    if (decoded.undecodable !== null && decoded.nextOffset === offset) {
      await this.#passOver(decoded.undecodable, wanted, highWatermark)
    } else {
      const nextOffset = Math.max(decoded.nextOffset, emptyUntil)
      target.accept({ records: decoded.records, nextOffset, bytes: bytes.length, highWatermark })
    }
  }

  /** F4. */
  async #passOver(batch: Undecodable, { target, offset }: Wanted, highWatermark: number): Promise<void> {
    const { topic, partition } = target
    const { baseOffset, lastOffset, bytes, error } = batch
    const { onUndecodable } = this.#options
    // Brokers check a batch's header before they take it; one that is wrong all the same must not make us skip others.
    const isPlausible = lastOffset >= offset && lastOffset < highWatermark
    if (onUndecodable === undefined || !isPlausible) {
      this.#fail(`records of ${topic}/${partition} from offset ${offset} on can't be read`, error)
      return
    }
    const key = `${topic}|${partition}`
    if (lastOffset > (this.#handedOver.get(key) ?? -1)) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#options.log.error(
        { topic, partition, baseOffset, lastOffset, err: error },
        'kafka.batch-undecodable',
      )
      try {
        await onUndecodable({ topic, partition, baseOffset, lastOffset, reason, bytes })
      } catch (cause) {
        this.#fail(`nobody took the undecodable batch ${topic}/${partition}/${baseOffset}`, cause)
        return
      }
      this.#handedOver.set(key, lastOffset)
    }
    if (this.#isStopped || target.wantedOffset() !== offset) return // F1, F2
    target.accept({ records: [], nextOffset: lastOffset + 1, bytes: 0, highWatermark })
  }

  #fail(reason: string, error: unknown): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#options.onFatal(reason, error)
  }

  /** False when leaders should be looked up again. */
  async #judge(result: FetchResult, { target, offset }: Wanted): Promise<boolean> {
    const { topic, partition } = target
    const type = errorTypeOf(result.errorCode)
    if (type === 'OFFSET_OUT_OF_RANGE') {
      const earliest = await this.#earliest(target)
      if (earliest === null || this.#isStopped) return false
      // Retention went past us, or the topic was made anew. Earliest, never latest: repeats are allowed, loss is not.
      this.#options.log.error({ topic, partition, offset, earliest }, 'kafka.offset-out-of-range')
      target.moveTo(earliest)
      return true
    }
    if (type.endsWith('AUTHORIZATION_FAILED')) {
      this.#options.onFatal(
        `reading ${topic} was refused`,
        new KafkaError('KAFKA_REFUSED', `${topic}: ${type}`),
      )
    }
    this.#options.log.debug({ topic, partition, type }, 'kafka.fetch-refused')
    return false
  }

  async #earliest(target: TopicPartition): Promise<number | null> {
    try {
      return await this.#options.source.earliest(target)
    } catch (error) {
      this.#options.log.debug({ err: error }, 'kafka.list-offsets-failed')
      return null
    }
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#options.source
      .refresh(this.#topics)
      .catch((error: unknown) => this.#options.log.debug({ err: error }, 'kafka.metadata-failed'))
      .finally(() => {
        this.#refreshing = null
      })
    return this.#refreshing
  }

  async #pause(failures: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, backoffMs(failures, this.#options.random())))
  }
}

interface Wanted {
  readonly target: FetchTarget
  readonly offset: number
}
