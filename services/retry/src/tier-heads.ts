/**
 * What each partition of the retry tiers has at its head, for the gauges. Changes nothing and delays nothing: it is told by the
 * handler, and asked when somebody collects.
 *
 * Invariants
 *   W1. A head that waits for its time is not overdue, however long it has waited; from its time on it is, until the handler
 *       goes past it. So a stuck or a slow retry shows, a full tier does not.
 *   W2. A partition that is another process' now says nothing here.
 */
import type { TierName } from '@scanhook/domain/retry/tiers'
import type { TopicPartition } from '@scanhook/kafka/record'

export interface TierBacklog {
  /** Deliveries in the tier, due or not; as last heard of, which for a tier at rest is at most five minutes ago. */
  readonly pending: number
  /** Of the head that is longest overdue; 0 where none is. */
  readonly headOverdueMs: number
}

export class TierHeads {
  /** When the head could go, by `topic:partition`; absent where there is no head, or where nothing is known of it. */
  readonly #dueAtMs = new Map<string, number>()

  /** The head of the partition could go at `dueAtMs`. */
  waits({ topic, partition }: TopicPartition, dueAtMs: number): void {
    this.#dueAtMs.set(`${topic}:${partition}`, dueAtMs)
  }

  /** All that was known to be in the partition has gone on. */
  emptied({ topic, partition }: TopicPartition): void {
    this.#dueAtMs.delete(`${topic}:${partition}`)
  }

  /** W2 */
  revoked(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.emptied(partition)
  }

  /** `lags`: of the partitions that this process has. */
  backlogs(
    lags: readonly (TopicPartition & { readonly lagRecords: number })[],
    tierOf: (topic: string) => TierName,
    nowMs: number,
  ): ReadonlyMap<TierName, TierBacklog> {
    const found = new Map<TierName, TierBacklog>()
    for (const { topic, partition, lagRecords } of lags) {
      const tier = tierOf(topic)
      const before = found.get(tier) ?? { pending: 0, headOverdueMs: 0 }
      const dueAtMs = lagRecords === 0 ? nowMs : (this.#dueAtMs.get(`${topic}:${partition}`) ?? nowMs)
      found.set(tier, {
        pending: before.pending + lagRecords,
        headOverdueMs: Math.max(before.headOverdueMs, nowMs - dueAtMs), // W1: a wait is negative
      })
    }
    return found
  }
}
