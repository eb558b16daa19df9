/**
 * A member of a consumer group, for as long as the process wants to be one.
 *
 * Owns the seat in the group: join, heartbeat, hear of a rebalance, give up, join again. One loop decides all of it, so
 * that every failure has one place; it ends by `stop()` or `onFatal` and by nothing else. kafkajs' own loop ends for
 * good on errors that it takes for final, coordinator errors among them (kafkajs#659, #1445, #1536, #1630). An outage of
 * minutes is waited out; a rebalance is eager: everything is given up, and what comes back starts at the committed
 * offset.
 *
 * Invariants (beside K1–K3 of the contract; G1, G3, G6 and G7 are in live-assignment.ts)
 *   G2. `onRevoked` of an assignment is called before `onAssigned` of the next; never two `onAssigned` at once.
 *   G4. `onFatal` is called at most once, and not after `stop()`.
 *   G5. An assignment whose seat could not be confirmed for the session timeout is given up: somebody else may have it.
 *   G8. Who is told of a rebalance in time finishes what is under way, for a while, and commits it before giving it up.
 */
import type { Logger } from '@scanhook/observability/log'
import { backoffMs, isNews } from '../backoff.ts'
import type { ConsumerOptions, KafkaConsumer } from '../contract.ts'
import { KafkaError } from '../errors.ts'
import type { TopicPartition } from '../record.ts'
import { BrokerSession } from './broker-session.ts'
import type { ClientContext } from './client-context.ts'
import { type ConsumerMeters, openConsumerMeters } from './consumer-meters.ts'
import { failureOf } from './failure.ts'
import { GroupMembership } from './group-membership.ts'
import { LiveAssignment } from './live-assignment.ts'
import { sleep, within } from './pauses.ts'

/** Small enough that a crash repeats little, large enough that commits cost nothing. */
const commitIntervalMs = 500
/**
 * How long a rebalance may wait for what is under way: all other members wait as well, and an acknowledgement or an answer
 * of a receiver takes a fraction of it. Never more than a third of the session, in which no heartbeat goes out.
 */
const finishMaxMs = 3_000
/** How long a last commit may hold up a rebalance or a stop. */
const lastCommitMaxMs = 3_000
/** How long a stop waits for a join that is under way (else a ghost stays in the group), and for leaving. */
const leaveMaxMs = 2_000
/** The runtime gives a whole process 20 s to drain; half of it is for handlers. */
const defaultDrainMs = 10_000
/** How soon new partitions are noticed; sooner while a topic is still missing. */
const layoutCheckMs = 30_000
const missingTopicCheckMs = 2_000
const defaultStallMs = 60_000

/** Why an assignment ended. `lost`: the coordinator counts us out, or may, so a last commit would be refused. */
type End = 'rebalance' | 'lost' | 'stop'

export class GroupConsumer implements KafkaConsumer {
  readonly #options: ConsumerOptions
  readonly #context: ClientContext
  readonly #log: Logger
  readonly #session: BrokerSession
  readonly #membership: GroupMembership
  readonly #meters: ConsumerMeters
  /** The assignment that is served now, or was last. */
  #assignment: LiveAssignment | null = null
  readonly #lastHandlers = new Map<string, Promise<void>>()
  /** The `open` of the assignment before; the next one waits for it (G2). */
  #opening: Promise<void> = Promise.resolve()
  /** Ends the assignment that is served now. */
  #ended: PromiseWithResolvers<End> = Promise.withResolvers()
  readonly #joined: PromiseWithResolvers<void> = Promise.withResolvers()
  #living: Promise<void> | null = null
  /** The join that is under way, or was last. */
  #joining: Promise<unknown> = Promise.resolve()
  #stopping: Promise<void> | null = null
  #hasFailed = false
  /** When the coordinator last confirmed our seat; monotonic. */
  #confirmedAtMs = 0
  /** The last heartbeat was answered. */
  #isConfirmed = false
  #timers: NodeJS.Timeout[] = []

  constructor(options: ConsumerOptions, context: ClientContext) {
    this.#options = {
      ...options,
      handle: (batch) => {
        this.#meters.noteHandedOut(batch.topic, batch.records.length)
        return options.handle(batch)
      },
    }
    this.#context = context
    this.#log = context.log.child({ group: options.groupId })
    this.#session = new BrokerSession(context.connection)
    this.#membership = new GroupMembership(this.#session, {
      groupId: options.groupId,
      topics: options.topics,
      sessionTimeoutMs: context.sessionTimeoutMs,
    })
    this.#meters = openConsumerMeters(context.metrics, options, {
      lanes: () => (this.#stopping === null ? (this.#assignment?.lanes ?? []) : []),
      nowMs: context.nowMs,
    })
    this.#joined.promise.catch(() => undefined) // A caller of `start` has it; nobody else needs it.
  }

  start(): Promise<void> {
    this.#living ??= this.#live()
    return this.#joined.promise
  }

  stop(drainMs: number = defaultDrainMs): Promise<void> {
    this.#stopping ??= this.#leave(drainMs)
    return this.#stopping
  }

  status(): ReturnType<KafkaConsumer['status']> {
    const nowMs = this.#context.monotonicMs()
    return (this.#assignment?.lanes ?? []).map((lane) => ({
      topic: lane.topic,
      partition: lane.partition,
      lagRecords: lane.lagRecords(),
      answeredAtMs: lane.answeredAtMs,
      incomplete: lane.incompleteCount(),
      oldestIncompleteAgeMs: lane.oldestIncompleteAgeMs(nowMs),
    }))
  }

  get #isOver(): boolean {
    return this.#stopping !== null || this.#hasFailed
  }

  async #live(): Promise<void> {
    const stallMs = this.#options.stallMs ?? defaultStallMs
    this.#timers = [
      setInterval(() => void this.#commit(), commitIntervalMs),
      setInterval(() => this.#watch(stallMs), Math.max(20, Math.min(5_000, stallMs / 4))),
    ]
    for (let failures = 0; !this.#isOver; ) {
      try {
        const joining = this.#membership.join()
        this.#joining = joining
        const partitions = await joining
        failures = 0
        this.#noteConfirmed()
        this.#log.info(
          { partitions: partitions.length, generation: this.#membership.generationId },
          'group.joined',
        )
        this.#joined.resolve()
        await this.#serve(partitions)
      } catch (error) {
        this.#noteJoinFailure(error, failures)
        await sleep(backoffMs(failures, this.#context.random()))
        failures += 1
      }
    }
  }

  #noteJoinFailure(error: unknown, failures: number): void {
    if (this.#isOver) return
    const failure = failureOf(error)
    if (this.#endOf(error) !== null) return // Part of life: join again.
    if (failure.kind === 'refused' || (failure.kind === 'protocol' && refusals.has(failure.type))) {
      this.#fail(
        'the group refuses us',
        new KafkaError('KAFKA_REFUSED', 'joining was refused', { cause: error }),
      )
    } else if (isNews(failures + 1)) {
      this.#log.warn({ failures, err: error }, 'group.join-failed')
    }
  }

  /** One assignment, from the first question to the last commit. */
  async #serve(partitions: readonly TopicPartition[]): Promise<void> {
    if (this.#isOver) return
    this.#ended = Promise.withResolvers()
    const assignment = new LiveAssignment({
      partitions,
      generationId: this.#membership.generationId,
      consumer: this.#options,
      context: this.#context,
      session: this.#session,
      membership: this.#membership,
      lastHandlers: this.#lastHandlers,
      onFatal: (reason, error) => this.#fail(reason, error),
    })
    this.#assignment = assignment
    this.#opening = this.#opening.then(() => assignment.open())
    const end = await this.#beat()
    assignment.drain()
    if (end === 'stop') return // `#leave` does the rest.
    if (end === 'rebalance') await this.#finish(assignment)
    if (this.#isOver) return // As above.
    this.#revoke(assignment)
    this.#meters.noteRebalance()
  }

  /** G8. What is not finished in time is done again by whoever gets the partition. */
  async #finish(assignment: LiveAssignment): Promise<void> {
    const { onRevoking } = this.#options
    const told = assignment.wasAnnounced ? onRevoking?.(assignment.partitions) : undefined
    const maxMs = Math.min(finishMaxMs, this.#membership.sessionTimeoutMs / 3)
    const sinceMs = this.#context.monotonicMs()
    const isFinished = (await within(maxMs, Promise.all([assignment.idle(), told]))) !== null
    const tookMs = Math.round(this.#context.monotonicMs() - sinceMs)
    await within(lastCommitMaxMs, this.#commit())
    this.#log.info({ isFinished, tookMs }, 'group.handed-back')
  }

  #revoke(assignment: LiveAssignment): void {
    assignment.close()
    if (assignment.wasAnnounced) this.#options.onRevoked?.(assignment.partitions)
  }

  /** Heartbeats until the assignment is over; says why it is. */
  async #beat(): Promise<End> {
    const ended = this.#ended.promise
    const partitionCounts = this.#partitionCounts()
    let layoutCheckedAtMs = this.#context.monotonicMs()
    let failures = 0
    for (;;) {
      const delayMs =
        failures === 0 ? this.#membership.heartbeatIntervalMs : backoffMs(failures, this.#context.random())
      const over = await orAfter(ended, delayMs)
      if (over !== null) return over
      const end = await Promise.race([ended, this.#heartbeat()])
      if (end === 'unconfirmed') failures += 1
      else if (end !== 'confirmed') return end
      else failures = 0
      const checkMs = partitionCounts.includes(0) ? missingTopicCheckMs : layoutCheckMs
      if (this.#context.monotonicMs() - layoutCheckedAtMs < checkMs) continue
      layoutCheckedAtMs = this.#context.monotonicMs()
      if (await this.#hasNewPartitions(partitionCounts)) return 'rebalance'
    }
  }

  async #heartbeat(): Promise<End | 'confirmed' | 'unconfirmed'> {
    try {
      await this.#membership.heartbeat()
      this.#noteConfirmed()
      return 'confirmed'
    } catch (error) {
      this.#isConfirmed = false
      const end = this.#endOf(error)
      if (end !== null) return end
      const silentMs = this.#context.monotonicMs() - this.#confirmedAtMs
      this.#log.debug({ silentMs, err: error }, 'group.heartbeat-failed')
      return silentMs > this.#membership.sessionTimeoutMs ? 'lost' : 'unconfirmed' // G5
    }
  }

  #noteConfirmed(): void {
    this.#confirmedAtMs = this.#context.monotonicMs()
    this.#isConfirmed = true
  }

  #partitionCounts(): readonly number[] {
    return this.#options.topics.map((topic) => this.#session.layoutOf(topic)?.leaders.length ?? 0)
  }

  async #hasNewPartitions(before: readonly number[]): Promise<boolean> {
    try {
      await this.#session.refresh(this.#options.topics)
    } catch (error) {
      this.#log.debug({ err: error }, 'kafka.metadata-failed')
    }
    return this.#partitionCounts().some((count, i) => count !== before[i])
  }

  /** Never rejects: what could not be committed is in the next commit, or is repeated. */
  async #commit(): Promise<void> {
    try {
      await this.#assignment?.commit()
    } catch (error) {
      this.#meters.noteCommitFailure()
      const end = this.#endOf(error)
      if (end !== null) this.#ended.resolve(end)
      const failure = failureOf(error)
      const isLasting = end === null && failure.kind === 'protocol' && !failure.retriable
      // E.g. metadata that is too large: every later commit fails too, and a restart would repeat everything since.
      if (isLasting) this.#log.error({ err: error }, 'group.commit-refused')
      else this.#log.debug({ err: error }, 'group.commit-failed')
    }
  }

  /** What an answer of the coordinator says about our assignment; null when nothing. */
  #endOf(error: unknown): End | null {
    const failure = failureOf(error)
    if (failure.kind !== 'protocol') return null
    if (failure.type === 'REBALANCE_IN_PROGRESS') return 'rebalance'
    if (failure.type === 'ILLEGAL_GENERATION') return 'lost'
    if (failure.type !== 'UNKNOWN_MEMBER_ID') return null
    // Only now: whoever forgets a seat that the coordinator still holds is kept waiting until it times out.
    this.#membership.forget()
    return 'lost'
  }

  #watch(stallMs: number): void {
    if (this.#isOver) return
    const silentMs = this.#context.monotonicMs() - this.#confirmedAtMs
    // While the coordinator is silent the cluster is down, and ending the process would not mend it.
    const isExcused = !this.#isConfirmed || silentMs > 2 * this.#membership.heartbeatIntervalMs
    const stall = this.#assignment?.findStall(stallMs, isExcused) ?? null
    if (stall !== null) this.#fail(stall, new KafkaError('KAFKA_STALLED', stall))
  }

  #fail(reason: string, error: unknown): void {
    if (this.#isOver) return
    this.#hasFailed = true
    this.#assignment?.drain()
    this.#ended.resolve('stop')
    this.#joined.reject(error)
    this.#options.onFatal(reason, error)
  }

  async #leave(drainMs: number): Promise<void> {
    this.#ended.resolve('stop')
    for (const timer of this.#timers) clearInterval(timer)
    await within(leaveMaxMs, this.#joining)
    const assignment = this.#assignment
    if (assignment !== null) {
      assignment.drain()
      await within(drainMs, assignment.idle())
      await within(lastCommitMaxMs, this.#commit())
      this.#revoke(assignment)
    }
    await within(leaveMaxMs, this.#membership.leave())
    this.#session.close()
    this.#joined.reject(new KafkaError('KAFKA_CLOSED', 'consumer was stopped'))
    await this.#living
    this.#assignment = null
  }
}

const refusals = new Set([
  'GROUP_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
])

/** What `promise` gives, or null when it takes longer than `delayMs`. */
async function orAfter<T>(promise: Promise<T>, delayMs: number): Promise<T | null> {
  const timeUp = Promise.withResolvers<null>()
  const timer = setTimeout(() => timeUp.resolve(null), delayMs)
  const first = await Promise.race([promise, timeUp.promise])
  clearTimeout(timer)
  return first
}
