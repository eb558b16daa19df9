/**
 * One assignment of one consumer: from the committed offsets to the last commit.
 *
 * Owns the lanes, their fetch loops, handing out and committing. Knows no heartbeat and never rejoins: whoever made it
 * says when it is over.
 *
 * Invariants
 *   G1. A commit carries the generation in which its records were handed out; the coordinator refuses an old one (K2).
 *   G3. After `drain()` no handler is called (kafkajs#1593).
 *   G6. After `close()` nothing is committed, whatever was queued: the owner has forgotten what belongs to the offset.
 *   G7. A partition of which its owner has nothing to say is left as it was committed.
 */
import { backoffMs, isNews } from '../backoff.ts'
import type { Assignment, ConsumerOptions } from '../contract.ts'
import { KafkaError } from '../errors.ts'
import type { TopicPartition } from '../record.ts'
import type { ClientContext } from './client-context.ts'
import { ConsumeLane } from './consume-lane.ts'
import { FetchLoops } from './fetch-loops.ts'
import { type FetchSession, fetchSource } from './fetch-source.ts'
import type { Commit, GroupMembership } from './group-membership.ts'
import { earliestOffsets, readableEnds } from './offsets.ts'
import { sleep } from './pauses.ts'

export interface AssignmentOptions {
  readonly partitions: readonly TopicPartition[]
  readonly generationId: number
  readonly consumer: ConsumerOptions
  readonly context: ClientContext
  readonly session: FetchSession
  readonly membership: Pick<GroupMembership, 'commit' | 'committed'>
  /** Last handler of each partition in earlier assignments; see C2. Written when this one closes. */
  readonly lastHandlers: Map<string, Promise<void>>
  readonly onFatal: (reason: string, error: unknown) => void
}

/** Bytes that one partition may take of an answer; a topic's `max.message.bytes` may exceed it (KIP-74 still answers). */
const partitionMaxBytes = 1024 * 1024
const defaultFetchMaxBytes = 4 * 1024 * 1024
const defaultFetchWaitMs = 100
const defaultConcurrency = 8
const defaultIncompleteMax = 20_000

export class LiveAssignment {
  readonly partitions: readonly TopicPartition[]
  /** `onAssigned` was called, so `onRevoked` has to follow. */
  wasAnnounced = false
  readonly #options: AssignmentOptions
  #lanes: readonly ConsumeLane[] = []
  #loops: FetchLoops | null = null
  #running = 0
  #isHandingOut = false
  #isOver = false
  #isClosed = false
  /** Rotates which lane is looked at first. */
  #turn = 0
  /** Commits go one after the other: two at once could be answered in the wrong order. */
  #committing: Promise<void> = Promise.resolve()

  constructor(options: AssignmentOptions) {
    this.#options = options
    this.partitions = options.partitions
  }

  get lanes(): readonly ConsumeLane[] {
    return this.#lanes
  }

  /** Finds out where to begin, tells the owner, lets records flow. Never rejects; ends early when it is over. */
  async open(): Promise<void> {
    const { consumer, onFatal } = this.#options
    const beginnings = await this.#findBeginnings()
    if (beginnings === null || this.#isOver) return
    try {
      this.wasAnnounced = true
      await consumer.onAssigned?.(beginnings.map(({ assignment }) => assignment))
    } catch (cause) {
      onFatal('onAssigned rejected', new KafkaError('KAFKA_HANDLER_FAILED', 'onAssigned rejected', { cause }))
    }
    if (this.#isOver) return
    this.#lanes = beginnings.map(({ assignment, fromOffset }) => this.#openLane(assignment, fromOffset))
    this.#loops = this.#openLoops()
    this.#loops.start()
  }

  /** Commits what is complete and not yet committed. Throws what kafkajs throws. */
  commit(): Promise<void> {
    this.#committing = this.#committing.catch(() => undefined).then(() => this.#commitNow())
    return this.#committing
  }

  /** No more batches; handlers are told to give up what is not durable. What they complete still counts. */
  drain(): void {
    this.#isOver = true
    this.#loops?.stop()
    for (const lane of this.#lanes) lane.drain()
  }

  /** Resolves when no handler runs. */
  async idle(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.idle()))
  }

  /** Nothing that a handler does counts any more. */
  close(): void {
    this.drain()
    this.#isClosed = true
    for (const lane of this.#lanes) {
      lane.close()
      const key = keyOf(lane)
      const last = lane.idle()
      this.#options.lastHandlers.set(key, last)
      void last.then(() => {
        if (this.#options.lastHandlers.get(key) === last) this.#options.lastHandlers.delete(key)
      })
    }
  }

  /** What does not move although it should; null when all is well. `isExcused` while the cluster does not answer. */
  findStall(stallMs: number, isExcused: boolean): string | null {
    const nowMs = this.#options.context.monotonicMs()
    for (const lane of this.#lanes) {
      if (isExcused || lane.isPaused() || !lane.hasWork()) lane.progressedAtMs = nowMs
      if (isExcused || lane.wantedOffset() === null) lane.askedAtMs = nowMs
      const where = `${lane.topic}/${lane.partition}`
      if (nowMs - lane.progressedAtMs > stallMs) return `${where}: nothing completed for ${stallMs} ms`
      if (nowMs - lane.askedAtMs > stallMs) return `${where}: nothing fetched for ${stallMs} ms`
    }
    return null
  }

  async #findBeginnings(): Promise<readonly { assignment: Assignment; fromOffset: number }[] | null> {
    for (let failures = 0; !this.#isOver; failures += 1) {
      try {
        return await this.#askBeginnings()
      } catch (error) {
        const { log, random } = this.#options.context
        if (isNews(failures + 1)) log.warn({ failures, err: error }, 'group.offsets-unknown')
        await sleep(backoffMs(failures, random()))
        await this.#refresh()
      }
    }
    return null
  }

  async #refresh(): Promise<void> {
    const { session, partitions, context } = this.#options
    try {
      await session.refresh([...new Set(partitions.map(({ topic }) => topic))])
    } catch (error) {
      context.log.debug({ err: error }, 'kafka.metadata-failed')
    }
  }

  async #askBeginnings(): Promise<{ assignment: Assignment; fromOffset: number }[]> {
    const { membership, session, partitions, consumer } = this.#options
    const committed = await membership.committed(partitions)
    const beginningsOf = consumer.startAt === 'end' ? readableEnds : earliestOffsets
    const beginnings = new Map<string, number>()
    const fresh = Map.groupBy(
      committed.filter(({ offset }) => offset === null),
      ({ topic }) => topic,
    )
    for (const [topic, list] of fresh) {
      const offsets = await beginningsOf(
        session,
        topic,
        list.map(({ partition }) => partition),
      )
      for (const [partition, offset] of offsets) beginnings.set(keyOf({ topic, partition }), offset)
    }
    return committed.map(({ topic, partition, offset, metadata }) => ({
      assignment: { topic, partition, committedOffset: offset, metadata },
      fromOffset: offset ?? beginnings.get(keyOf({ topic, partition })) ?? 0,
    }))
  }

  #openLane({ topic, partition, committedOffset }: Assignment, fromOffset: number): ConsumeLane {
    const { consumer, context, lastHandlers } = this.#options
    return new ConsumeLane({
      topic,
      partition,
      fromOffset,
      committed: committedOffset,
      incompleteMax: consumer.incompleteMax ?? defaultIncompleteMax,
      nowMs: context.nowMs,
      pauseNowMs: consumer.nowMs ?? context.nowMs,
      monotonicMs: context.monotonicMs,
      predecessor: lastHandlers.get(keyOf({ topic, partition })) ?? Promise.resolve(),
      onChange: () => {
        this.#handOut()
        this.#loops?.wake()
      },
    })
  }

  #openLoops(): FetchLoops {
    const { consumer, context, session, onFatal } = this.#options
    return new FetchLoops({
      source: fetchSource(session),
      targets: this.#lanes,
      maxBytes: consumer.fetchMaxBytes ?? defaultFetchMaxBytes,
      partitionMaxBytes: Math.min(partitionMaxBytes, consumer.fetchMaxBytes ?? defaultFetchMaxBytes),
      maxWaitMs: consumer.fetchWaitMs ?? defaultFetchWaitMs,
      log: context.log,
      random: context.random,
      onUndecodable: consumer.onUndecodable,
      onFatal,
    })
  }

  /** Starts handlers until none can start; a call from inside one is left to the loop that is already running. */
  #handOut(): void {
    if (this.#isHandingOut) return
    this.#isHandingOut = true
    try {
      const concurrency = this.#options.consumer.partitionConcurrency ?? defaultConcurrency
      while (!this.#isOver && this.#running < concurrency) {
        const lane = this.#nextLane()
        if (lane === null) break
        this.#running += 1
        void this.#handle(lane)
      }
    } finally {
      this.#isHandingOut = false
    }
  }

  async #handle(lane: ConsumeLane): Promise<void> {
    try {
      await lane.handOut(this.#options.consumer.handle)
    } catch (cause) {
      const where = `${lane.topic}/${lane.partition}`
      const error = new KafkaError('KAFKA_HANDLER_FAILED', `handler of ${where} rejected`, { cause })
      this.#options.onFatal(`the handler of ${where} rejected`, error)
    } finally {
      this.#running -= 1
      this.#handOut()
    }
  }

  #nextLane(): ConsumeLane | null {
    const count = this.#lanes.length
    for (let i = 0; i < count; i += 1) {
      const lane = this.#lanes[(this.#turn + i) % count]
      if (lane?.canHandOut() !== true) continue
      this.#turn = (this.#turn + i + 1) % count
      return lane
    }
    return null
  }

  async #commitNow(): Promise<void> {
    if (this.#isClosed) return // G6
    const { consumer, membership, generationId } = this.#options
    const commits: (Commit & { lane: ConsumeLane })[] = []
    for (const lane of this.#lanes) {
      const offset = lane.committable()
      if (offset === null) continue
      const { topic, partition } = lane
      const metadata = consumer.commitMetadata === undefined ? '' : consumer.commitMetadata(lane, offset)
      if (metadata !== null) commits.push({ lane, topic, partition, offset, metadata }) // G7
    }
    if (commits.length === 0) return
    await membership.commit(commits, generationId)
    for (const { lane, offset } of commits) lane.committed = offset
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}|${partition}`
}
