/**
 * The door's contract: what the rest of the house may ask of Kafka. One implementation (kafkajs, in `src/kafkajs/`),
 * one conformance suite run against a real broker (design D1).
 *
 * Invariants
 *   K1. The committed offset of a partition never passes its lowest incomplete record.
 *   K2. After a revoke no handler of the old assignment can commit any more; unfinished work is seen again.
 *   K3. A handler sees the records of one partition in order, and never two batches of one partition at once.
 *   K4. `append` resolves only when all in-sync replicas have the record (acks=-1, no idempotence, see docs/adr).
 *   K5. Records of one producer reach a partition in the order in which `append` was called.
 */
import type { KafkaRecord, OutgoingRecord, TopicPartition } from './record.ts'

export interface KafkaProducer {
  /**
   * Resolves when acknowledged. Retriable failures are retried for as long as the process lives (Kafka is the only
   * thing whose absence stops us); rejects with code KAFKA_RECORD_TOO_LARGE or KAFKA_REJECTED when retrying is
   * pointless, and KAFKA_CLOSED after `close`. Concurrent calls are sent together.
   */
  append(record: OutgoingRecord): Promise<void>
  /** All of them, in order, in as few requests as fit. Rejects as `append` does, when any of them was refused. */
  appendAll(records: readonly OutgoingRecord[]): Promise<void>
  /** What is not acknowledged after `drainMs` (default 5,000) rejects with KAFKA_CLOSED; with 0 nothing is sent any more. */
  close(drainMs?: number): Promise<void>
}

export interface RecordBatch extends TopicPartition {
  /** In offset order; never empty. */
  readonly records: readonly KafkaRecord[]
  /** The partition's high watermark when this batch was fetched: lag = highWatermark − last offset − 1. */
  readonly highWatermark: number
  /** Aborted when the partition is about to be revoked or the consumer stops: begin nothing more. */
  readonly signal: AbortSignal
  /** Aborted when the partition is revoked, soon after `signal` or together with it: nothing counts any more, write nothing. */
  readonly over: AbortSignal
  /** This record and its successors are durable. May be called in any order, also after the handler resolved. */
  done(offset: number): void
  /** All records up to and including `offset` are done. */
  doneThrough(offset: number): void
  /**
   * Leaves the partition alone until `resumeAtMs` (epoch ms, on the consumer's `nowMs`), then hands out records from
   * `offset` again. What is missing until then is measured once, at the call, and waited for on the monotonic clock.
   * For the retry tiers: the head is not due yet. The handler returns right after.
   */
  pauseUntil(offset: number, resumeAtMs: number): void
  /**
   * The handler waits for somebody else (a registry that is away) and goes on by itself. Say it more often than
   * `stallMs`: the watchdog then does not take the wait for a stall.
   */
  stillWaiting(): void
}

export interface Assignment extends TopicPartition {
  /** Next offset to read as the group committed it; null when the group never committed here. */
  readonly committedOffset: number | null
  /** What `commitMetadata` returned for that commit; empty when there was none. */
  readonly metadata: string
}

/** Records that can't be told apart, let alone read: one compressed batch is damaged, or larger than we unpack. */
export interface UndecodableBatch extends TopicPartition {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly reason: string
  /** The whole batch as the broker has it, header included. */
  readonly bytes: Buffer
}

export interface ConsumerOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /**
   * Called one partition at a time; the next batch of this partition waits until it resolves, other partitions go
   * on. That wait is the back-pressure. A rejection is fatal for the consumer (`onFatal`).
   */
  readonly handle: (batch: RecordBatch) => Promise<void>
  /** Awaited before the first batch of each newly assigned partition. Heartbeats go on meanwhile. */
  readonly onAssigned?: ((assignments: readonly Assignment[]) => Promise<void>) | undefined
  /**
   * The assignment is about to be over, no further batch comes, and what is completed now still counts: resolves when what is
   * under way is finished. Awaited for a short while; not called where the assignment was lost without a word.
   */
  readonly onRevoking?: ((partitions: readonly TopicPartition[]) => Promise<void>) | undefined
  /** The old assignment is over; called before `onAssigned` of the next one, for every rebalance. */
  readonly onRevoked?: ((partitions: readonly TopicPartition[]) => void) | undefined
  /** Text kept with a commit (≤ 200 bytes), e.g. the partition clock at that offset. Null: don't commit this one now. */
  readonly commitMetadata?: ((partition: TopicPartition, nextOffset: number) => string | null) | undefined
  /** The consumer can't go on: handler rejected, or assigned + lag > 0 + nothing completed for `stallMs`. */
  readonly onFatal: (reason: string, error: unknown) => void
  /**
   * With it a batch that can't be decoded is handed over here, its offsets count as done when this resolves, and reading
   * goes on behind it; a rejection is fatal. Without it such a batch is fatal. It may be told again after a rebalance.
   */
  readonly onUndecodable?: ((batch: UndecodableBatch) => Promise<void>) | undefined
  /**
   * Where a partition begins in which the group never committed. `end`: with what comes from now on; the beginning is
   * committed like a finished record, so that a restart does not skip what came in between. Default `beginning`.
   */
  readonly startAt?: 'beginning' | 'end' | undefined
  /** Records from outside: where one comes without a trace, one may begin with it. Default false: none begins in its middle. */
  readonly beginsTraces?: boolean | undefined
  /**
   * When the span of a record ends: with its successors (`done`, the default), or when the handler has resolved, for whoever
   * marks records done later than their successors are durable.
   */
  readonly spansEnd?: 'done' | 'handled' | undefined
  /** The clock in which `pauseUntil` is told, e.g. the cluster's. Default the client's wall clock. */
  readonly nowMs?: (() => number) | undefined
  /** Partitions handled at the same time. Default 8. */
  readonly partitionConcurrency?: number | undefined
  /** Bytes per fetch over all partitions. Default 4 MiB. */
  readonly fetchMaxBytes?: number | undefined
  /** How long the broker may hold an empty fetch. Default 100 ms; data always answers at once. */
  readonly fetchWaitMs?: number | undefined
  /** Incomplete records per partition above which no further batch is handed out. Default 20,000. */
  readonly incompleteMax?: number | undefined
  /** Progress watchdog; default 60,000 ms. Paused partitions (`pauseUntil`) do not count. */
  readonly stallMs?: number | undefined
}

export interface KafkaConsumer {
  /** Resolves when the group has been joined for the first time. */
  start(): Promise<void>
  /** Stops fetching, waits for handlers up to `drainMs`, commits what is complete, leaves the group. Idempotent. */
  stop(drainMs?: number): Promise<void>
  /** Of the partitions that records flow from now. `oldestIncompleteAgeMs` is null when everything handed out is complete. */
  status(): ReadonlyArray<
    TopicPartition & {
      readonly lagRecords: number
      /** When the leader last said what there is (epoch ms), which is what the lag is counted from; null before that. */
      readonly answeredAtMs: number | null
      readonly incomplete: number
      readonly oldestIncompleteAgeMs: number | null
    }
  >
}

/** A compacted topic read as a table: everything from the beginning, then every change. Commits nothing. */
export interface TableOptions {
  readonly topic: string
  /** Called in offset order per partition; must not throw. */
  readonly apply: (record: KafkaRecord) => void
  readonly onFatal: (reason: string, error: unknown) => void
}

export interface KafkaTable {
  /** Resolves when everything that was in the topic at the call has been applied. */
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * The brokers' time, the same in every process whose brokers are the same, whatever their wall clocks say. Measured by
 * appending a record now and then and reading the broker's stamp off the acknowledgement; in between the monotonic
 * clock counts. Before the first measurement it is the wall clock.
 */
export interface ClusterClock {
  /** Epoch ms, whole. Goes back only when it was wrong by more than a second. May be passed on by itself. */
  readonly nowMs: () => number
  /**
   * How far the brokers' time may be from `nowMs`, in ms: half a round trip. Null before the first measurement. What was
   * due at T by one process' clock is due by another's, never early, when `nowMs() − errorMs() ≥ T + the first one's error`.
   */
  readonly errorMs: () => number | null
  /** Brokers' time − wall clock, in ms; positive: the wall clock is behind. 0 before the first measurement. */
  readonly offsetMs: () => number
  /** Measures no more; the time goes on. Idempotent. */
  readonly close: () => void
}

/** A topic a page at a time, for whoever keeps its own place. Commits nothing. */
export interface TopicPages {
  /**
   * Up to `limit` records of the partition from `offset` on and below `end`, an offset that was there already; `nextOffset` is
   * where to go on, at least `offset + 1`, and `end` when nothing is left. Where retention has deleted, reading goes on behind it.
   * Waits for brokers that are away. Rejects with KAFKA_ABORTED when it is closed, KAFKA_REFUSED when reading is forbidden.
   */
  read(
    span: { readonly partition: number; readonly offset: number; readonly end: number },
    limit: number,
  ): Promise<{ readonly records: readonly KafkaRecord[]; readonly nextOffset: number }>
  close(): void
}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly configs: Readonly<Record<string, string>>
}

export interface KafkaAdmin {
  /** Creates what is missing, leaves what is there; says what it did. Fails when an existing topic has fewer partitions. */
  ensureTopics(
    specs: readonly TopicSpec[],
  ): Promise<readonly { readonly name: string; readonly wasCreated: boolean }[]>
  /** Values of the named configs as they are in force, set or default, by topic. */
  topicConfigs(
    topics: readonly string[],
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>
  partitionCount(topic: string): Promise<number>
  /** Next offset to be written, per partition, in partition order. */
  endOffsets(topic: string): Promise<readonly number[]>
  /** The first offset whose record is stamped `atMs` or later, per partition; the next to be written where there is none. */
  offsetsFrom(topic: string, atMs: number): Promise<readonly number[]>
  committedOffsets(groupId: string, topic: string): Promise<readonly (number | null)[]>
  /**
   * The stamp (epoch ms) of the batch in which the record at each offset is, by partition: as a rule within the producer's
   * linger of the record's own. Null where no offset is asked about, or none is there (retention, nothing written yet). One
   * batch is read for each offset, one after the other.
   */
  recordTimes(topic: string, offsets: readonly (number | null)[]): Promise<readonly (number | null)[]>
  close(): Promise<void>
}

export interface KafkaClient {
  openProducer(options?: { readonly batchMaxBytes?: number | undefined }): Promise<KafkaProducer>
  openConsumer(options: ConsumerOptions): KafkaConsumer
  openTable(options: TableOptions): KafkaTable
  /**
   * Reads given partitions of a topic once, from the beginning to the end as it is at the call. For restoring state.
   * Resolves when done; rejects when `signal` is aborted.
   */
  readToEnd(
    topic: string,
    partitions: readonly number[],
    apply: (record: KafkaRecord) => void,
    signal?: AbortSignal,
  ): Promise<void>
  /** Connects with the first read. */
  openPages(topic: string): TopicPages
  openAdmin(): Promise<KafkaAdmin>
  /**
   * `topic` must use LogAppendTime. Resolves with the first measurement, or after 5 s without one: then it is the wall
   * clock that counts, until a broker answers. Never rejects.
   */
  openClusterClock(options: { readonly topic: string }): Promise<ClusterClock>
}
