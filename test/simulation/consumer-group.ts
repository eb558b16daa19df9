/**
 * A consumer group: who owns which partition, what has been handed out, what is committed. The offset tracker is the
 * real one; the rest follows the contract of packages/kafka (K1–K3, C1–C3), with members that die, members that are
 * expelled and don't know it, and commits that are lost.
 *
 * Invariants
 *   G1. A commit counts only from a member of the present generation.
 *   G2. A new owner begins at the committed offset.
 *   G3. A member's handler gets one batch of a partition at a time, also over a change of generations.
 */
import type { RecordBatch } from '@scanhook/kafka/contract'
import { OffsetTracker } from '@scanhook/kafka/offset-tracker'
import type { TopicPartition } from '@scanhook/kafka/record'
import type { SeededRandom } from '@scanhook/replay/seeded-random'
import type { Commit } from './auditor.ts'
import type { Life } from './life.ts'
import type { Log, StoredRecord } from './log.ts'
import type { Scenario } from './scenario.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface MemberOptions {
  readonly life: Life
  readonly handle: (batch: RecordBatch) => Promise<void>
  /** Awaited before the first batch of what is assigned. */
  readonly onAssigned: (places: readonly TopicPartition[]) => Promise<void>
  readonly onRevoked: (places: readonly TopicPartition[]) => void
  /** A handler rejected. */
  readonly fail: (error: unknown) => void
}

/** Who watches; told before it counts. */
export interface GroupWatcher {
  readonly handedOut: (life: Life, record: StoredRecord) => void
  /** The record left; `afterMs` since it was handed out. */
  readonly left: (record: StoredRecord, afterMs: number) => void
  readonly committed: (group: string, commit: Commit) => void
}

export interface GroupOptions {
  readonly name: string
  readonly topics: readonly string[]
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly scenario: Scenario
  readonly log: Log
  readonly watcher: GroupWatcher
  /** A fence that is missing, for a test of the tests. */
  readonly acceptsOldGenerations: boolean
}

/** Half the consumer's own bound would do; small, so that it is reached. */
const incompleteMax = 400
const commitEveryMs = 500

interface Member extends MemberOptions {
  lanes: Lane[]
  /** Handlers that still run, by partition (G3). */
  readonly running: Map<string, Promise<void>>
  /** Expelled and not aware of it; takes no part. */
  isUnaware: boolean
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`

export class ConsumerGroup {
  readonly #options: GroupOptions
  readonly #members = new Set<Member>()
  readonly #committed = new Map<string, number>()
  readonly #lanes = new Map<string, Set<Lane>>()
  #generation = 0

  constructor(options: GroupOptions) {
    this.#options = options
  }

  join(options: MemberOptions): void {
    this.#members.add({ ...options, lanes: [], running: new Map(), isUnaware: false })
    this.rebalance()
  }

  /** The process is dead. The group learns of it by its silence. */
  died(life: Life, noticedAfterMs: number): void {
    const member = this.#memberOf(life)
    if (member === undefined) return
    for (const lane of member.lanes) this.#close(lane)
    this.#options.clock.after(noticedAfterMs, () => {
      this.#members.delete(member)
      this.rebalance()
    })
  }

  /** Takes the partitions from a member that learns of it only after `unawareMs`. */
  expel(life: Life, unawareMs: number): void {
    const member = this.#memberOf(life)
    if (member === undefined || member.isUnaware) return
    member.isUnaware = true
    this.rebalance()
    this.#options.clock.after(unawareMs, () => {
      if (!life.isAlive) return
      this.#revoke(member)
      member.isUnaware = false
      this.rebalance()
    })
  }

  rebalance(): void {
    const { clock, random } = this.#options
    for (const member of this.#members) {
      if (member.isUnaware || !member.life.isAlive) continue
      // A member that leaves in order commits what is complete; whether it comes to it is chance.
      if (random.uniform() < 0.5) for (const lane of member.lanes) lane.commit()
      this.#revoke(member)
    }
    this.#generation += 1
    const generation = this.#generation
    clock.after(10 + random.below(400), () => {
      if (generation === this.#generation) this.#assign()
    })
  }

  /** Something was persisted. */
  poke(place: TopicPartition): void {
    for (const lane of this.#lanes.get(nameOf(place)) ?? []) lane.poke()
  }

  /** Records that are neither committed nor owned up to, by partition; empty when all is done. */
  backlog(): readonly string[] {
    return this.#places()
      .filter((place) => this.#committedOf(place) < this.#options.log.partition(place).length)
      .map((place) => `${nameOf(place)} ${this.#committedOf(place)}`)
  }

  commit(place: TopicPartition, offset: number, generation: number): boolean {
    const { scenario, random, clock, acceptsOldGenerations, log, watcher, name } = this.#options
    if (generation !== this.#generation && !acceptsOldGenerations) return false // G1
    if (clock.nowMs < scenario.calmAtMs && random.uniform() < scenario.commitLostShare) return false
    const before = this.#committedOf(place)
    const records = log.partition(place).slice(before, Math.max(before, offset))
    watcher.committed(name, { fromOffset: before, toOffset: offset, records })
    this.#committed.set(nameOf(place), offset)
    return true
  }

  #memberOf(life: Life): Member | undefined {
    return [...this.#members].find((member) => member.life === life)
  }

  #places(): readonly TopicPartition[] {
    return this.#options.topics.flatMap((topic) =>
      this.#options.log.partitionsOf(topic).map((_, partition) => ({ topic, partition })),
    )
  }

  #committedOf(place: TopicPartition): number {
    return this.#committed.get(nameOf(place)) ?? 0
  }

  #revoke(member: Member): void {
    if (member.lanes.length === 0) return
    const places = member.lanes.map(({ place }) => place)
    for (const lane of member.lanes) this.#close(lane)
    member.lanes = []
    member.onRevoked(places)
  }

  #close(lane: Lane): void {
    lane.close()
    this.#lanes.get(nameOf(lane.place))?.delete(lane)
  }

  #assign(): void {
    const members = [...this.#members].filter(({ life, isUnaware }) => life.isAlive && !isUnaware)
    if (members.length === 0) return
    const { clock, random, log, watcher } = this.#options
    const shift = random.below(members.length)
    for (const [index, place] of this.#places().entries()) {
      const member = members[(index + shift) % members.length]
      if (member === undefined) continue
      const generation = this.#generation
      const lane = new Lane({
        place,
        clock,
        random,
        log,
        watcher,
        member,
        batchMax: this.#options.scenario.batchMax,
        fromOffset: this.#committedOf(place),
        commit: (offset) => this.commit(place, offset, generation),
      })
      member.lanes.push(lane)
      const name = nameOf(place)
      const lanes = this.#lanes.get(name) ?? new Set()
      this.#lanes.set(name, lanes.add(lane))
    }
    for (const member of members) void this.#open(member)
  }

  async #open(member: Member): Promise<void> {
    const { lanes } = member
    await member.onAssigned(lanes.map(({ place }) => place))
    for (const lane of lanes) lane.open()
  }
}

interface LaneOptions {
  readonly place: TopicPartition
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly log: Log
  readonly watcher: GroupWatcher
  readonly member: Member
  readonly batchMax: number
  readonly fromOffset: number
  readonly commit: (offset: number) => boolean
}

/** One partition in one member's hands, for one generation. */
class Lane {
  readonly place: TopicPartition
  readonly #options: LaneOptions
  readonly #tracker = new OffsetTracker()
  readonly #abort = new AbortController()
  readonly #handedOutAtMs = new Map<number, number>()
  #fetchOffset: number
  #committed: number
  #isOpen = false
  #isFetching = false
  #isClosed = false
  #pausedUntilMs = 0
  #isCommitting = false

  constructor(options: LaneOptions) {
    this.#options = options
    this.place = options.place
    this.#fetchOffset = options.fromOffset
    this.#committed = options.fromOffset
    this.#tracker.passed(options.fromOffset)
  }

  open(): void {
    this.#isOpen = true
    this.poke()
  }

  poke(): void {
    if (this.#isFetching || !this.#canFetch()) return
    this.#isFetching = true
    const { clock, random } = this.#options
    clock.after(1 + random.below(8), () => void this.#fetch())
  }

  commit(): void {
    const offset = this.#tracker.committable()
    if (this.#isClosed || offset === null || offset <= this.#committed) return
    if (this.#options.commit(offset)) this.#committed = offset
    else this.#commitLater()
  }

  close(): void {
    this.#isClosed = true
    this.#abort.abort()
  }

  #canFetch(): boolean {
    const { clock, log, member } = this.#options
    return (
      member.life.isAlive &&
      this.#isOpen &&
      !this.#isClosed &&
      clock.nowMs >= this.#pausedUntilMs &&
      this.#fetchOffset < log.partition(this.place).length &&
      this.#tracker.incompleteCount() < incompleteMax
    )
  }

  async #fetch(): Promise<void> {
    const { member } = this.#options
    const place = nameOf(this.place)
    await member.running.get(place) // G3
    if (this.#canFetch()) {
      const batch = this.#handOut()
      const handled = member.handle(batch).catch((error: unknown) => member.fail(error))
      member.running.set(place, handled)
      await handled
      member.running.delete(place)
    }
    this.#isFetching = false
    this.poke()
  }

  #handOut(): RecordBatch {
    const { clock, random, log, member, watcher, batchMax } = this.#options
    const all = log.partition(this.place)
    const count = 1 + random.below(batchMax)
    const records = all.slice(this.#fetchOffset, this.#fetchOffset + count)
    for (const record of records) {
      this.#tracker.handedOut(record.offset, clock.nowMs)
      this.#handedOutAtMs.set(record.offset, clock.nowMs)
      watcher.handedOut(member.life, record)
    }
    this.#fetchOffset += records.length
    this.#tracker.passed(this.#fetchOffset)
    return this.#batchOf(records, all.length)
  }

  #batchOf(records: readonly StoredRecord[], highWatermark: number): RecordBatch {
    let takenBackFrom = Number.POSITIVE_INFINITY
    return {
      ...this.place,
      records,
      highWatermark,
      signal: this.#abort.signal,
      over: this.#abort.signal,
      done: (offset) => {
        if (offset < takenBackFrom) this.#done(offset)
      },
      doneThrough: (offset) => {
        for (const record of records) {
          if (record.offset <= offset && record.offset < takenBackFrom) this.#done(record.offset)
        }
      },
      pauseUntil: (offset, resumeAtMs) => {
        takenBackFrom = Math.min(takenBackFrom, offset)
        this.#pauseUntil(offset, resumeAtMs)
      },
      stillWaiting: () => undefined,
    }
  }

  #done(offset: number): void {
    const { clock, log, watcher, member } = this.#options
    if (this.#isClosed || !member.life.isAlive || !this.#tracker.done(offset)) return
    const record = log.partition(this.place)[offset]
    if (record !== undefined) {
      watcher.left(record, clock.nowMs - (this.#handedOutAtMs.get(offset) ?? 0))
      this.#handedOutAtMs.delete(offset)
    }
    this.#commitLater()
    this.poke()
  }

  #commitLater(): void {
    if (this.#isCommitting) return
    this.#isCommitting = true
    this.#options.clock.after(commitEveryMs, () => {
      this.#isCommitting = false
      if (this.#options.member.life.isAlive) this.commit()
    })
  }

  #pauseUntil(offset: number, resumeAtMs: number): void {
    if (this.#isClosed) return
    this.#tracker.rewind(offset)
    this.#fetchOffset = offset
    this.#pausedUntilMs = resumeAtMs
    const { clock } = this.#options
    clock.after(resumeAtMs - clock.nowMs, () => this.poke())
  }
}
