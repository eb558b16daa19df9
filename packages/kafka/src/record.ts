/**
 * What Kafka carries, in our words. No type of the client library leaves this package.
 * Offsets are numbers: a partition would need 285 years at a million records a second to reach 2^53.
 */
export type Headers = Readonly<Record<string, string>>

export interface KafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Epoch ms: set by the broker where the topic uses LogAppendTime, else by the producer. */
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Headers
}

export interface OutgoingRecord {
  readonly topic: string
  readonly key: string | Buffer | null
  readonly value: Buffer | null
  readonly headers?: Headers | undefined
  /** Only where the partition is part of the contract (ticks, asset-state); else the key decides (murmur2). */
  readonly partition?: number | undefined
  /**
   * Headers of other records that also led to this one. They do not travel: where tracing is on they become links of its span.
   */
  readonly causes?: readonly Headers[] | undefined
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}
