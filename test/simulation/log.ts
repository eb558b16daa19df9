/**
 * Kafka's log in memory: topics, partitions, offsets, and producers whose appends take their time. What goes wrong with
 * them is the scenario's: an append is persisted and its acknowledgement lost, so that it is sent again; a dead process'
 * appends arrive late or never; for a while nothing is persisted at all.
 *
 * Invariants
 *   L1. An append is acknowledged only when it is persisted.
 *   L2. One producer's records reach a partition in the order of the calls (K5 of the contract).
 *   L3. Times of append rise within a partition.
 */
import { choosePartition } from '@scanhook/kafka/choose-partition'
import type { KafkaRecord, OutgoingRecord, TopicPartition } from '@scanhook/kafka/record'
import type { SeededRandom } from '@scanhook/replay/seeded-random'
import type { Life } from './life.ts'
import type { Scenario } from './scenario.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface StoredRecord extends KafkaRecord {
  /** Rises over the whole log. */
  readonly serial: number
}

export interface LogOptions {
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly scenario: Scenario
  readonly persisted: (record: StoredRecord) => void
}

/** A producer tries again when it has not heard for so long; short, for a day must not be spent on waiting. */
const ackTimeoutMs = 1_500
const brokerMs = 4
const noHeaders = {}

export class Log {
  readonly #options: LogOptions
  readonly #topics = new Map<string, StoredRecord[][]>()
  #serial = 0

  constructor(options: LogOptions) {
    this.#options = options
  }

  partition({ topic, partition }: TopicPartition): readonly StoredRecord[] {
    return this.#topic(topic)[partition] ?? []
  }

  partitionsOf(topic: string): readonly (readonly StoredRecord[])[] {
    return this.#topic(topic)
  }

  openProducer(life: Life): SimulatedProducer {
    return new SimulatedProducer(this, this.#options, life)
  }

  persist(outgoing: OutgoingRecord, calledAtMs: number): void {
    const { topic, key, value, headers } = outgoing
    const keyBytes = typeof key === 'string' ? Buffer.from(key) : key
    const partitions = this.#topic(topic)
    const partition =
      outgoing.partition ?? (keyBytes === null ? 0 : choosePartition(keyBytes, partitions.length))
    const records = partitions[partition]
    if (records === undefined) throw new Error(`${topic} has no partition ${partition}`)
    // As topics are set up: tiers carry the broker's time, the others the producer's.
    const isAppendTime = topic.includes('.retry.')
    const { clock, scenario } = this.#options
    this.#serial += 1
    const record: StoredRecord = {
      topic,
      partition,
      offset: records.length,
      timestampMs: isAppendTime ? clock.nowMs + scenario.brokerSkewMs : calledAtMs,
      key: keyBytes,
      value,
      headers: headers ?? noHeaders,
      serial: this.#serial,
    }
    records.push(record)
    this.#options.persisted(record)
  }

  #topic(topic: string): StoredRecord[][] {
    let partitions = this.#topics.get(topic)
    if (partitions === undefined) {
      partitions = Array.from({ length: this.#options.scenario.partitions }, () => [])
      this.#topics.set(topic, partitions)
    }
    return partitions
  }
}

export class SimulatedProducer {
  readonly #log: Log
  readonly #options: LogOptions
  readonly #life: Life
  /** When the last record sent to a topic is persisted (L2). */
  readonly #lastAtMs = new Map<string, number>()
  /** Until when a topic's requests are held up by one that is sent again; what comes meanwhile goes with it. */
  readonly #heldUntilMs = new Map<string, number>()

  constructor(log: Log, options: LogOptions, life: Life) {
    this.#log = log
    this.#options = options
    this.#life = life
  }

  /** Never resolves for a dead process. */
  append(record: OutgoingRecord): Promise<void> {
    return new Promise((resolve) => {
      if (this.#life.isAlive) this.#send(record, this.#options.clock.nowMs, resolve)
    })
  }

  async appendAll(records: readonly OutgoingRecord[]): Promise<void> {
    await Promise.all(records.map((record) => this.append(record)))
  }

  #send(record: OutgoingRecord, calledAtMs: number, acknowledged: () => void): void {
    const { clock, random, scenario } = this.#options
    const arrivesAtMs = clock.nowMs + 1 + random.below(brokerMs)
    const atMs = this.#whenUp(Math.max(arrivesAtMs, this.#lastAtMs.get(record.topic) ?? 0))
    const isHeld = clock.nowMs < (this.#heldUntilMs.get(record.topic) ?? 0)
    const isHeard = isHeld || clock.nowMs >= scenario.calmAtMs || random.uniform() >= scenario.ackLostShare
    if (isHeard) this.#lastAtMs.set(record.topic, atMs)
    else {
      this.#lastAtMs.set(record.topic, atMs + ackTimeoutMs)
      this.#heldUntilMs.set(record.topic, atMs + ackTimeoutMs)
    }
    clock.after(atMs - clock.nowMs, () => {
      if (!this.#life.isAlive && random.uniform() >= scenario.lateWriteShare) return
      this.#log.persist(record, calledAtMs)
      clock.after(isHeard ? 1 + random.below(brokerMs) : ackTimeoutMs, () => {
        if (!this.#life.isAlive) return
        if (isHeard) acknowledged()
        else this.#log.persist(record, calledAtMs)
        if (!isHeard) clock.after(1, () => this.#life.isAlive && acknowledged())
      })
    })
  }

  #whenUp(atMs: number): number {
    for (const { fromMs, toMs } of this.#options.scenario.kafkaOutages) {
      if (atMs >= fromMs && atMs < toMs) return toMs
    }
    return atMs
  }
}
