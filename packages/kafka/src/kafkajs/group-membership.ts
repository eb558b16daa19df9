/**
 * This process' seat in a consumer group: join, sync, heartbeat, commit, leave. Owns member id and generation; decides
 * nothing about when, and retries nothing.
 */
import kafkajs from 'kafkajs'
import { assignPartitions, type Member } from '../assign-partitions.ts'
import type { TopicPartition } from '../record.ts'
import type { BrokerSession } from './broker-session.ts'
import type { CommitTopic, JoinAnswer } from './internals.ts'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol

/**
 * Java's names end in "range", "roundrobin", "sticky"; another name keeps a foreign client with another idea of
 * assignment out of the group instead of letting both misread each other.
 */
const protocolName = 'scanhook-sticky-1'

/** How long the coordinator waits for the others to join: a member hears of it within 3 s and needs a commit before. */
const rebalanceTimeoutMs = 60_000

export interface Commit extends TopicPartition {
  readonly offset: number
  readonly metadata: string
}

export interface Committed extends TopicPartition {
  readonly offset: number | null
  readonly metadata: string
}

export interface Seat {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Without a heartbeat for this long the coordinator gives our partitions to others. */
  readonly sessionTimeoutMs: number
}

export class GroupMembership {
  readonly sessionTimeoutMs: number
  /**
   * A tenth of the session: nine may be lost. At most 3 s, because it is also how soon a member hears of a rebalance,
   * for which all others wait.
   */
  readonly heartbeatIntervalMs: number
  readonly #session: BrokerSession
  readonly #groupId: string
  readonly #topics: readonly string[]
  #memberId = ''
  #generationId = -1
  /** What the last sync gave us; told to the next leader so that we keep it. */
  #owned: Record<string, readonly number[]> = {}

  constructor(session: BrokerSession, { groupId, topics, sessionTimeoutMs }: Seat) {
    this.#session = session
    this.#groupId = groupId
    this.#topics = topics
    this.sessionTimeoutMs = sessionTimeoutMs
    this.heartbeatIntervalMs = Math.min(3_000, sessionTimeoutMs / 10)
  }

  get generationId(): number {
    return this.#generationId
  }

  /** Joins and takes part in the assignment; resolves with our partitions. Throws what kafkajs throws. */
  async join(): Promise<readonly TopicPartition[]> {
    await this.#session.refresh(this.#topics)
    const metadata = MemberMetadata.encode({
      version: 0,
      topics: [...this.#topics],
      userData: Buffer.from(JSON.stringify(this.#owned)),
    })
    const joined = await this.#session.withCoordinator(this.#groupId, (broker) =>
      broker.joinGroup({
        groupId: this.#groupId,
        sessionTimeout: this.sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        memberId: this.#memberId,
        groupProtocols: [{ name: protocolName, metadata }],
      }),
    )
    this.#memberId = joined.memberId
    this.#generationId = joined.generationId
    const groupAssignment = joined.leaderId === joined.memberId ? await this.#assign(joined) : []
    const { memberAssignment } = await this.#session.withCoordinator(this.#groupId, (broker) =>
      broker.syncGroup({ ...this.#seat(), generationId: joined.generationId, groupAssignment }),
    )
    this.#owned = MemberAssignment.decode(memberAssignment)?.assignment ?? {}
    return Object.entries(this.#owned).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  }

  heartbeat(): Promise<unknown> {
    return this.#session.withCoordinator(this.#groupId, (broker) =>
      broker.heartbeat({ ...this.#seat(), groupGenerationId: this.#generationId }),
    )
  }

  /** All or nothing is not promised; offsets of a generation that is over are refused by the coordinator (K2). */
  async commit(commits: readonly Commit[], generationId: number): Promise<void> {
    const topics = new Map<string, CommitTopic['partitions'][number][]>()
    for (const { topic, partition, offset, metadata } of commits) {
      topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset: String(offset), metadata }])
    }
    await this.#session.withCoordinator(this.#groupId, (broker) =>
      broker.offsetCommit({
        ...this.#seat(),
        groupGenerationId: generationId,
        topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
      }),
    )
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly Committed[]> {
    if (partitions.length === 0) return []
    const topics = new Map<string, { partition: number }[]>()
    for (const { topic, partition } of partitions) {
      topics.set(topic, [...(topics.get(topic) ?? []), { partition }])
    }
    const answer = await this.#session.withCoordinator(this.#groupId, (broker) =>
      broker.offsetFetch({
        groupId: this.#groupId,
        topics: [...topics].map(([topic, wanted]) => ({ topic, partitions: wanted })),
      }),
    )
    return answer.responses.flatMap(({ topic, partitions: found }) =>
      found.map(({ partition, offset, metadata }) => ({
        topic,
        partition,
        offset: Number(offset) < 0 ? null : Number(offset),
        metadata: metadata ?? '',
      })),
    )
  }

  /** The coordinator does not know us any more: the next join gets a new seat. */
  forget(): void {
    this.#memberId = ''
  }

  async leave(): Promise<void> {
    if (this.#memberId === '') return
    await this.#session.withCoordinator(this.#groupId, (broker) => broker.leaveGroup(this.#seat()))
    this.#memberId = ''
  }

  #seat(): { groupId: string; memberId: string } {
    return { groupId: this.#groupId, memberId: this.#memberId }
  }

  /** The leader's part: members may want topics that we don't read. */
  async #assign(joined: JoinAnswer): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const members = joined.members.map(({ memberId, memberMetadata }) => memberOf(memberId, memberMetadata))
    const topics = [...new Set(members.flatMap((member) => member.topics))]
    await this.#session.refresh(topics)
    const counts = new Map(topics.map((topic) => [topic, this.#session.layoutOf(topic)?.leaders.length ?? 0]))
    return [...assignPartitions(members, counts)].map(([memberId, partitions]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: Object.fromEntries([...partitions].map(([topic, list]) => [topic, [...list]])),
        userData: Buffer.alloc(0),
      }),
    }))
  }
}

function memberOf(memberId: string, memberMetadata: Buffer): Member {
  const decoded = MemberMetadata.decode(memberMetadata)
  return { memberId, topics: decoded?.topics ?? [], owned: parseOwned(decoded?.userData) }
}

/** Another version of us may have written something else there; then nothing counts as owned. */
function parseOwned(userData: Buffer | undefined): Member['owned'] {
  try {
    const parsed: unknown = JSON.parse(userData?.toString() ?? '{}')
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(
      Object.entries(parsed).map(([topic, partitions]) => [
        topic,
        Array.isArray(partitions) ? partitions.filter((p) => Number.isInteger(p)) : [],
      ]),
    )
  } catch {
    return {}
  }
}
