/** Topics and offsets, for whoever sets up, restores or watches. Retries for a while, because it is used at start-up. */
import kafkajs, { type Admin } from 'kafkajs'
import { backoffMs } from '../backoff.ts'
import { batchTimeMs } from '../batch-time.ts'
import type { KafkaAdmin, TopicSpec } from '../contract.ts'
import { KafkaError } from '../errors.ts'
import type { TopicPartition } from '../record.ts'
import { BrokerSession, type TopicLayout } from './broker-session.ts'
import type { ClientContext } from './client-context.ts'
import { connectionSettings, logEntry } from './connection-settings.ts'
import { fetchExchange } from './exchanges.ts'
import { errorTypeOf, failureOf } from './failure.ts'
import { GroupMembership } from './group-membership.ts'
import { offsetsFrom, writableEnds } from './offsets.ts'
import { sleep } from './pauses.ts'

/** A single broker is back within 10 s of a restart on a slow machine. Later than this a person should hear of it. */
const patienceMs = 30_000

/** What is there answers at once; what is hidden behind an open transaction is not worth waiting for. */
const glanceWaitMs = 100

export class ClusterAdmin implements KafkaAdmin {
  readonly #context: ClientContext
  readonly #session: BrokerSession
  readonly #admin: Admin

  constructor(context: ClientContext) {
    this.#context = context
    this.#session = new BrokerSession(context.connection)
    const { sasl, ssl, clientId, socketFactory } = connectionSettings(context.connection)
    const { username, password } = context.connection
    this.#admin = new kafkajs.Kafka({
      brokers: [...context.connection.brokers],
      clientId,
      ...(ssl === null ? {} : { ssl }),
      ...(sasl === null
        ? {}
        : sasl.mechanism === 'plain'
          ? { sasl: { mechanism: 'plain', username, password } }
          : { sasl: { mechanism: 'scram-sha-512', username, password } }),
      socketFactory: (target) => socketFactory({ ...target, ssl: target.ssl }),
      logLevel: kafkajs.logLevel.ERROR,
      logCreator: () => (entry) => logEntry(context.log, entry),
      retry: { retries: 5 },
    }).admin()
  }

  async open(): Promise<void> {
    await this.#patiently('connecting', () => this.#admin.connect())
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<readonly { name: string; wasCreated: boolean }[]> {
    return this.#patiently('creating topics', async () => {
      await this.#session.refresh(specs.map(({ name }) => name))
      const results: { name: string; wasCreated: boolean }[] = []
      for (const spec of specs) results.push({ name: spec.name, wasCreated: await this.#ensure(spec) })
      for (const { name } of specs) await this.#awaitLeaders(name)
      return results
    })
  }

  topicConfigs(
    topics: readonly string[],
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    return this.#patiently('reading configs', async () => {
      const { resources } = await this.#admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
          configNames: [...names],
        })),
      })
      return new Map(
        resources.map(({ resourceName, configEntries }) => [
          resourceName,
          Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
        ]),
      )
    })
  }

  async partitionCount(topic: string): Promise<number> {
    return (await this.#layout(topic)).leaders.length
  }

  async endOffsets(topic: string): Promise<readonly number[]> {
    return this.#patiently(`ends of ${topic}`, async () => {
      const { leaders } = await this.#layout(topic)
      const ends = await writableEnds(this.#session, topic, [...leaders.keys()])
      return leaders.map((_, partition) => ends.get(partition) ?? 0)
    })
  }

  async offsetsFrom(topic: string, atMs: number): Promise<readonly number[]> {
    return this.#patiently(`offsets of ${topic} by time`, async () => {
      const { leaders } = await this.#layout(topic)
      const partitions = [...leaders.keys()]
      // Ends first: what is written meanwhile lies behind them, and is found by its time.
      const ends = await writableEnds(this.#session, topic, partitions)
      const found = await offsetsFrom(this.#session, topic, partitions, atMs)
      return partitions.map((partition) => found.get(partition) ?? ends.get(partition) ?? 0)
    })
  }

  async committedOffsets(groupId: string, topic: string): Promise<readonly (number | null)[]> {
    return this.#patiently(`offsets of ${groupId}`, async () => {
      const { leaders } = await this.#layout(topic)
      const group = new GroupMembership(this.#session, {
        groupId,
        topics: [topic],
        sessionTimeoutMs: this.#context.sessionTimeoutMs,
      })
      const committed = await group.committed(leaders.map((_, partition) => ({ topic, partition })))
      const offsets = new Map(committed.map(({ partition, offset }) => [partition, offset]))
      return leaders.map((_, partition) => offsets.get(partition) ?? null)
    })
  }

  async recordTimes(topic: string, offsets: readonly (number | null)[]): Promise<readonly (number | null)[]> {
    return this.#patiently(`times in ${topic}`, async () => {
      const { leaders } = await this.#layout(topic)
      const times: (number | null)[] = []
      for (const [partition, offset] of offsets.entries()) {
        const leader = leaders[partition] ?? -1
        times.push(offset === null ? null : await this.#timeAt({ topic, partition }, offset, leader))
      }
      return times
    })
  }

  async close(): Promise<void> {
    this.#session.close()
    await this.#admin.disconnect()
  }

  /** A limit of one byte: brokers answer with the batch at the offset nevertheless, and with no other (KIP-74). */
  async #timeAt(at: TopicPartition, offset: number, leader: number): Promise<number | null> {
    const part = { ...at, offset, maxBytes: 1 }
    const [found] = await this.#session.withNode(leader, (broker) =>
      broker.connectionPool.send(fetchExchange([part], { maxWaitMs: glanceWaitMs, maxBytes: 1 })),
    )
    const error = errorTypeOf(found?.errorCode ?? 0)
    if (error === 'NONE') return batchTimeMs(found?.bytes ?? Buffer.alloc(0))
    if (error === 'OFFSET_OUT_OF_RANGE') return null
    const where = `${at.topic}/${at.partition}`
    throw new KafkaError('KAFKA_UNAVAILABLE', `${where} cannot be read: ${error}`, { retriable: true })
  }

  async #ensure({ name, partitions, replicationFactor, configs }: TopicSpec): Promise<boolean> {
    const existing = this.#session.layoutOf(name)
    if (existing !== undefined && existing.errorCode === 0) {
      if (existing.leaders.length >= partitions) return false
      const found = `${name} has ${existing.leaders.length} partitions, not ${partitions}`
      throw new KafkaError('KAFKA_TOPIC_MISMATCH', found)
    }
    // False when somebody else was quicker.
    return this.#admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
    })
  }

  /** A new topic takes some ms to be known everywhere, and to have leaders. */
  #awaitLeaders(topic: string): Promise<void> {
    return this.#patiently(`leaders of ${topic}`, async () => {
      await this.#session.refresh([topic])
      const leaders = this.#session.layoutOf(topic)?.leaders ?? []
      if (leaders.length > 0 && !leaders.includes(-1)) return
      throw new KafkaError('KAFKA_UNAVAILABLE', `${topic} has no leader`, { retriable: true })
    })
  }

  /** Throws KAFKA_TOPIC_UNKNOWN. */
  #layout(topic: string): Promise<TopicLayout> {
    return this.#patiently(`layout of ${topic}`, async () => {
      await this.#session.refresh([topic])
      const layout = this.#session.layoutOf(topic)
      if (layout === undefined || layout.errorCode !== 0 || layout.leaders.length === 0) {
        throw new KafkaError('KAFKA_TOPIC_UNKNOWN', `topic ${topic} does not exist`)
      }
      return layout
    })
  }

  /** Tries again what may pass; throws KafkaError. */
  async #patiently<T>(what: string, act: () => Promise<T>): Promise<T> {
    const giveUpAtMs = this.#context.monotonicMs() + patienceMs
    for (let failures = 0; ; failures += 1) {
      try {
        return await act()
      } catch (error) {
        const isOver = this.#context.monotonicMs() > giveUpAtMs
        if (isOver || !mayPass(error)) throw asKafkaError(what, error)
        await sleep(backoffMs(failures, this.#context.random()))
      }
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof KafkaError) return error.retriable
  const failure = failureOf(error)
  if (failure.kind === 'protocol') return failure.retriable
  const isExhausted = error instanceof Error && error.name === 'KafkaJSNumberOfRetriesExceeded'
  return failure.kind === 'connection' || isExhausted
}

function asKafkaError(what: string, error: unknown): KafkaError {
  if (error instanceof KafkaError) return error
  return mayPass(error)
    ? new KafkaError('KAFKA_UNAVAILABLE', `${what} failed`, { retriable: true, cause: error })
    : new KafkaError('KAFKA_REFUSED', `${what} was refused`, { cause: error })
}
