/**
 * The accumulator that kafkajs lacks: concurrent `append`s become few requests. Owns batching, order, retries; knows
 * nothing of what the records mean.
 *
 * No linger: a record goes out at once when its leader has no request of ours under way; what arrives meanwhile goes
 * into the next request. So latency is one round trip at low rate, and batches grow by themselves with the load.
 *
 * There is no bound on queued bytes here because a record is held by whoever awaits its `append`; refusing or parking it
 * would hold the same bytes elsewhere. The bound belongs to the caller: how much it appends without waiting.
 *
 * Invariants (beside K4 and K5 of the contract)
 *   P1. A partition is in one request at a time; what failed is sent again before what came later.
 *   P2. Not idempotent: kafkajs' sequence numbers lose records (kafkajs#1005), ids in the payload absorb duplicates.
 *   P3. A record that is refused for good rejects only its own promise; neighbours of its batch are sent again.
 */
import type { CounterInstrument, HistogramInstrument } from '@scanhook/observability/metrics'
import { backoffMs, isNews } from '../backoff.ts'
import { choosePartition } from '../choose-partition.ts'
import type { KafkaProducer } from '../contract.ts'
import { KafkaError } from '../errors.ts'
import type { OutgoingRecord } from '../record.ts'
import { recordSizeMax } from '../record-batch.ts'
import { BrokerSession } from './broker-session.ts'
import type { ClientContext } from './client-context.ts'
import { type ProducePart, type ProduceResult, produceExchange } from './exchanges.ts'
import { errorTypeOf, failureOf } from './failure.ts'
import { ProduceLane } from './produce-lane.ts'

export interface ProducerOptions {
  readonly context: ClientContext
  readonly batchMaxBytes?: number | undefined
}

/** `max.message.bytes` is 1,048,588 by default and counts the whole batch; the rest is room for our upper-bound sizes. */
const defaultBatchMaxBytes = 900_000
/** Leaders move rarely and answer with an error when they did; this only finds new partitions. */
const metadataMaxAgeMs = 60_000
/** What is not acknowledged so long after `close` is told to its caller; a whole process has 20 s to drain. */
const closeMaxMs = 5_000
const durationBuckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15]

interface Topic {
  readonly name: string
  /** By partition; empty until the first metadata came. */
  readonly lanes: ProduceLane[]
  /** Appended before the number of partitions is known, in order. */
  readonly waiting: { readonly record: OutgoingRecord; readonly settle: (error: Error | null) => void }[]
  /** Where the next record without a key goes. */
  nextPartition: number
}

const noHeaders: readonly (readonly [Buffer, Buffer])[] = []

export class BatchingProducer implements KafkaProducer {
  readonly #context: ClientContext
  readonly #session: BrokerSession
  readonly #batchMaxBytes: number
  readonly #topics = new Map<string, Topic>()
  /** Lanes that have something to send and are not in a request, in the order in which they became so. */
  readonly #ready = new Set<ProduceLane>()
  /** Leaders with a request under way. */
  readonly #busy = new Set<number>()
  #isClosed = false
  #isPumpScheduled = false
  #refreshing: Promise<void> | null = null
  /** Monotonic, like every instant of this class: a wall clock that is set back must not hold what failed. */
  #refreshedAtMs = 0
  #refreshFailures = 0
  #timer: NodeJS.Timeout | null = null
  #onIdle: (() => void)[] = []
  #unsettled = 0
  readonly #duration: HistogramInstrument
  readonly #retries: CounterInstrument

  constructor(options: ProducerOptions) {
    this.#context = options.context
    this.#batchMaxBytes = options.batchMaxBytes ?? defaultBatchMaxBytes
    this.#session = new BrokerSession(options.context.connection)
    this.#duration = options.context.metrics.histogram(
      'scanhook_kafka_produce_duration_seconds',
      'From sending a produce request to its acknowledgement',
      [],
      durationBuckets,
    )
    this.#retries = options.context.metrics.counter(
      'scanhook_kafka_produce_retries_total',
      'Produce requests, or partitions of one, that failed and were sent again',
    )
  }

  append(record: OutgoingRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue(record, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  appendAll(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      let left = records.length
      let refused: Error | null = null
      const settle = (error: Error | null) => {
        refused ??= error
        left -= 1
        if (left > 0) return
        if (refused === null) resolve()
        else reject(refused)
      }
      for (const record of records) this.#enqueue(record, settle)
    })
  }

  async close(drainMs: number = closeMaxMs): Promise<void> {
    this.#isClosed = true
    if (drainMs > 0) await this.#drain(drainMs)
    if (this.#timer !== null) clearTimeout(this.#timer)
    const closed = new KafkaError('KAFKA_CLOSED', 'producer was closed before the acknowledgement')
    for (const topic of this.#topics.values()) {
      for (const { settle } of topic.waiting.splice(0)) settle(closed)
      for (const lane of topic.lanes) lane.rejectAll(closed)
    }
    this.#session.close()
  }

  async #drain(maxMs: number): Promise<void> {
    const hasDrained = new Promise<void>((resolve) => this.#onIdle.push(resolve))
    this.#noteIdle()
    let deadline: NodeJS.Timeout | undefined
    const timeUp = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, maxMs)
    })
    await Promise.race([hasDrained, timeUp])
    clearTimeout(deadline)
  }

  #enqueue(record: OutgoingRecord, settle: (error: Error | null) => void): void {
    if (this.#isClosed) {
      settle(new KafkaError('KAFKA_CLOSED', 'producer is closed'))
      return
    }
    let topic = this.#topics.get(record.topic)
    if (topic === undefined) {
      topic = { name: record.topic, lanes: [], waiting: [], nextPartition: 0 }
      this.#topics.set(record.topic, topic)
    }
    this.#unsettled += 1
    const settleOnce = (error: Error | null) => {
      this.#unsettled -= 1
      settle(error)
      if (this.#unsettled === 0) this.#noteIdle()
    }
    if (topic.lanes.length === 0) {
      topic.waiting.push({ record, settle: settleOnce })
      this.#refresh()
    } else {
      this.#toLane(topic, record, settleOnce)
    }
    this.#schedulePump()
  }

  #toLane(topic: Topic, record: OutgoingRecord, settle: (error: Error | null) => void): void {
    const key = typeof record.key === 'string' ? Buffer.from(record.key) : record.key
    const partition = this.#partitionOf(topic, record, key)
    const lane = topic.lanes[partition]
    if (lane === undefined) {
      settle(new KafkaError('KAFKA_REJECTED', `partition ${partition} of ${topic.name} does not exist`))
      return
    }
    const encodable = {
      key,
      value: record.value,
      headers: record.headers === undefined ? noHeaders : headerBytes(record.headers),
      timestampMs: this.#context.nowMs(),
    }
    lane.push({ ...encodable, sizeBytes: recordSizeMax(encodable), settle })
    if (lane.inFlight === 0) this.#ready.add(lane)
  }

  #partitionOf(topic: Topic, record: OutgoingRecord, key: Buffer | null): number {
    if (record.partition !== undefined) return record.partition
    if (key !== null) return choosePartition(key, topic.lanes.length)
    topic.nextPartition = (topic.nextPartition + 1) % topic.lanes.length
    return topic.nextPartition
  }

  /** At the end of this turn of the loop, so that what one piece of code appends goes out together. */
  #schedulePump(): void {
    if (this.#isPumpScheduled) return
    this.#isPumpScheduled = true
    queueMicrotask(() => {
      this.#isPumpScheduled = false
      this.#pump()
    })
  }

  /** Gives every idle leader one request of what is ready for it. */
  #pump(): void {
    const nowMs = this.#context.monotonicMs()
    if (nowMs - this.#refreshedAtMs > metadataMaxAgeMs) this.#refresh()
    const requests = new Map<number, ProduceLane[]>()
    let wakeAtMs = Number.POSITIVE_INFINITY
    for (const lane of this.#ready) {
      if (lane.notBeforeMs > nowMs) {
        wakeAtMs = Math.min(wakeAtMs, lane.notBeforeMs)
        continue
      }
      const leader = this.#leaderOf(lane)
      if (leader === -1) this.#refresh() // which pumps again when it is over
      if (leader === -1 || this.#busy.has(leader)) continue
      const lanes = requests.get(leader)
      if (lanes === undefined) requests.set(leader, [lane])
      else lanes.push(lane)
    }
    for (const [leader, lanes] of requests) this.#fill(leader, lanes)
    if (wakeAtMs !== Number.POSITIVE_INFINITY) this.#wakeAt(wakeAtMs, nowMs)
  }

  /** One request to this leader, up to the bytes it may have; what does not fit stays ready, and is first next time. */
  #fill(leader: number, ready: readonly ProduceLane[]): void {
    const parts: ProducePart[] = []
    const lanes: ProduceLane[] = []
    let leftBytes = this.#batchMaxBytes
    for (const lane of ready) {
      if (leftBytes <= 0) break
      const records = lane.take(this.#batchMaxBytes)
      for (const { sizeBytes } of records) leftBytes -= sizeBytes
      parts.push({ topic: lane.topic, partition: lane.partition, records })
      lanes.push(lane)
      this.#ready.delete(lane)
    }
    void this.#send(leader, parts, lanes)
  }

  #leaderOf(lane: ProduceLane): number {
    return this.#session.layoutOf(lane.topic)?.leaders[lane.partition] ?? -1
  }

  #wakeAt(atMs: number, nowMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#pump(), Math.max(1, atMs - nowMs))
  }

  async #send(leader: number, parts: readonly ProducePart[], lanes: readonly ProduceLane[]): Promise<void> {
    this.#busy.add(leader)
    const startedAt = performance.now()
    try {
      const results = await this.#session.withNode(leader, (broker) =>
        broker.connectionPool.send(produceExchange(parts)),
      )
      this.#duration.observe({}, (performance.now() - startedAt) / 1000)
      this.#apply(results, lanes)
    } catch (error) {
      this.#retryAll(lanes, error)
    } finally {
      this.#busy.delete(leader)
      for (const lane of lanes) if (lane.length > 0 && lane.inFlight === 0) this.#ready.add(lane)
      this.#pump()
    }
  }

  #apply(results: readonly ProduceResult[], lanes: readonly ProduceLane[]): void {
    const codes = new Map(results.map((result) => [`${result.topic}|${result.partition}`, result.errorCode]))
    for (const lane of lanes) this.#judge(lane, codes.get(`${lane.topic}|${lane.partition}`))
  }

  #judge(lane: ProduceLane, errorCode: number | undefined): void {
    if (errorCode === 0) {
      lane.acknowledged()
      return
    }
    const type = errorCode === undefined ? 'NO_ANSWER' : errorTypeOf(errorCode)
    const code = refusals.get(type)
    if (code === undefined) {
      this.#retry(lane, type)
      this.#refresh()
    } else if (lane.inFlight > 1 && faultsOfOneRecord.has(type)) {
      lane.halve()
    } else {
      lane.refused(new KafkaError(code, `${lane.topic}/${lane.partition} refused a record: ${type}`))
    }
  }

  #retryAll(lanes: readonly ProduceLane[], error: unknown): void {
    const why = failureOf(error).kind
    for (const lane of lanes) this.#retryLater(lane)
    const failures = Math.max(...lanes.map((lane) => lane.failures))
    if (isNews(failures)) {
      this.#context.log.warn({ partitions: lanes.length, failures, why, err: error }, 'kafka.append-failed')
    }
    this.#refresh()
  }

  #retry(lane: ProduceLane, why: string): void {
    this.#retryLater(lane)
    const { topic, partition, failures } = lane
    if (isNews(failures)) this.#context.log.warn({ topic, partition, failures, why }, 'kafka.append-failed')
  }

  #retryLater(lane: ProduceLane): void {
    lane.failed(this.#context.monotonicMs() + backoffMs(lane.failures, this.#context.random()))
    this.#retries.inc()
  }

  /** Asks for the layout of all topics, one question at a time, and again until every waiting topic is known. */
  #refresh(): void {
    if (this.#refreshing !== null || (this.#isClosed && this.#unsettled === 0)) return
    this.#refreshing = this.#loadLayout().finally(() => {
      this.#refreshing = null
      for (const topic of this.#topics.values()) if (topic.waiting.length > 0) this.#refresh()
      this.#schedulePump()
    })
  }

  async #loadLayout(): Promise<void> {
    if (this.#refreshFailures > 0) {
      const delayMs = backoffMs(this.#refreshFailures, this.#context.random())
      await new Promise((resolve) => setTimeout(resolve, delayMs))
    }
    try {
      await this.#session.refresh([...this.#topics.keys()])
      this.#refreshedAtMs = this.#context.monotonicMs()
      const isComplete = [...this.#topics.values()].map((topic) => this.#openLanes(topic)).every(Boolean)
      this.#refreshFailures = isComplete ? 0 : this.#refreshFailures + 1
    } catch (error) {
      if (isNews(this.#refreshFailures + 1)) {
        this.#context.log.warn({ failures: this.#refreshFailures, err: error }, 'kafka.metadata-failed')
      }
      this.#refreshFailures += 1
    }
  }

  /** True when the topic can be written to. */
  #openLanes(topic: Topic): boolean {
    const layout = this.#session.layoutOf(topic.name)
    if (layout === undefined || layout.errorCode !== 0 || layout.leaders.length === 0) {
      if (isNews(this.#refreshFailures + 1) && topic.waiting.length > 0) {
        this.#context.log.warn({ topic: topic.name }, 'kafka.topic-missing')
      }
      return topic.waiting.length === 0
    }
    for (let p = topic.lanes.length; p < layout.leaders.length; p += 1) {
      topic.lanes.push(new ProduceLane(topic.name, p))
    }
    for (const { record, settle } of topic.waiting.splice(0)) this.#toLane(topic, record, settle)
    return layout.leaders.every((leader) => leader !== -1)
  }

  #noteIdle(): void {
    if (this.#unsettled > 0) return
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }
}

/** What trying again can't mend; everything else is retried, unknown codes too: losing a record is worse. */
const refusals = new Map<string, 'KAFKA_RECORD_TOO_LARGE' | 'KAFKA_REJECTED'>([
  ['MESSAGE_TOO_LARGE', 'KAFKA_RECORD_TOO_LARGE'],
  ['RECORD_LIST_TOO_LARGE', 'KAFKA_RECORD_TOO_LARGE'],
  ['INVALID_RECORD', 'KAFKA_REJECTED'],
  ['INVALID_TIMESTAMP', 'KAFKA_REJECTED'],
  ['INVALID_TOPIC_EXCEPTION', 'KAFKA_REJECTED'],
  ['TOPIC_AUTHORIZATION_FAILED', 'KAFKA_REJECTED'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'KAFKA_REJECTED'],
  ['UNSUPPORTED_FOR_MESSAGE_FORMAT', 'KAFKA_REJECTED'],
  ['POLICY_VIOLATION', 'KAFKA_REJECTED'],
])
const faultsOfOneRecord = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
])

function headerBytes(headers: Readonly<Record<string, string>>): readonly (readonly [Buffer, Buffer])[] {
  return Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)
}
