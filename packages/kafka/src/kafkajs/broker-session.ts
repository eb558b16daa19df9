/**
 * One client's connections to the cluster: which broker is where, who leads which partition, who coordinates a group.
 *
 * Owns connecting, reconnecting and metadata. Retries nothing: callers know whether they may wait. It does make sure
 * that a retry meets a fresh socket and fresh metadata: kafkajs goes on using a socket that no longer answers until
 * the system gives up on it, up to 15 minutes (kafkajs#919). Here one timeout or broken connection ends the broker's
 * sockets at once, and the next request opens new ones.
 *
 * Invariants
 *   S1. A broker that failed a request on the connection level is never used again without reconnecting.
 *   S2. One unknown or refused topic does not hide the metadata of the others (kafkajs#1313).
 */
import { KafkaError } from '../errors.ts'
import './patches.ts'
import { connectionSettings, type KafkaConnection } from './connection-settings.ts'
import { failureOf } from './failure.ts'
import {
  apiKeys,
  type Broker,
  BrokerClass,
  ConnectionPoolClass,
  type MetadataAnswer,
  requests,
} from './internals.ts'

export interface TopicLayout {
  /** Kafka's error code; 0 when the topic is known. */
  readonly errorCode: number
  /** Node id of each partition's leader, by partition; −1 while there is none. */
  readonly leaders: readonly number[]
}

interface Address {
  readonly host: string
  readonly port: number
}

/** A cold broker needs this long for TLS and SASL on a busy machine; a live one takes milliseconds. */
const connectTimeoutMs = 5_000

export class BrokerSession {
  readonly #connection: KafkaConnection
  /** Where each broker is, as the last metadata said. */
  readonly #addresses = new Map<number, Address>()
  /** Brokers with sockets, or on the way to them, by `host:port`. */
  readonly #brokers = new Map<string, Promise<Broker>>()
  /** Last known layout of each topic that was asked for. */
  readonly #topics = new Map<string, TopicLayout>()
  /** Coordinator of each group that was asked for. */
  readonly #coordinators = new Map<string, Address>()
  #seedIndex = 0
  #isClosed = false

  constructor(connection: KafkaConnection) {
    this.#connection = connection
  }

  /** What the last `refresh` said; undefined when the topic was never asked for. */
  layoutOf(topic: string): TopicLayout | undefined {
    return this.#topics.get(topic)
  }

  /** Asks any broker for the layout of these topics. Throws what kafkajs throws; unknown topics are in the layout. */
  async refresh(topics: readonly string[]): Promise<void> {
    const answer = await this.withAnyBroker(async (broker) => {
      const exchange = broker.lookupRequest(
        apiKeys.Metadata,
        requests.Metadata,
      )({
        topics,
        allowAutoTopicCreation: false,
      })
      // kafkajs throws when any topic or partition has an error; each is judged by itself here (S2).
      const response = { decode: exchange.response.decode, parse: async (data: MetadataAnswer) => data }
      return broker.connectionPool.send({ ...exchange, response })
    })
    for (const { nodeId, host, port } of answer.brokers) this.#addresses.set(nodeId, { host, port })
    for (const { topic, topicErrorCode, partitionMetadata } of answer.topicMetadata) {
      const leaders: number[] = new Array(partitionMetadata.length).fill(-1)
      for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = leader
      this.#topics.set(topic, { errorCode: topicErrorCode, leaders })
    }
  }

  /** Runs `act` with the broker; a failure of the connection ends its sockets (S1) and is thrown. */
  async withNode<T>(nodeId: number, act: (broker: Broker) => Promise<T>): Promise<T> {
    const address = this.#addresses.get(nodeId)
    if (address === undefined)
      throw new KafkaError('KAFKA_UNAVAILABLE', `broker ${nodeId} is unknown`, { retriable: true })
    return this.#with(address, act)
  }

  /** Runs `act` with a broker that answers: known ones first, then the configured addresses in turn. */
  async withAnyBroker<T>(act: (broker: Broker) => Promise<T>): Promise<T> {
    let failure: unknown
    for (const address of this.#candidates()) {
      try {
        return await this.#with(address, act)
      } catch (error) {
        if (failureOf(error).kind !== 'connection') throw error
        failure = error
      }
    }
    throw new KafkaError('KAFKA_UNAVAILABLE', 'no broker answers', { retriable: true, cause: failure })
  }

  /** Runs `act` with the group's coordinator. A failure of connection or coordinatorship makes it looked up again. */
  async withCoordinator<T>(groupId: string, act: (broker: Broker) => Promise<T>): Promise<T> {
    const address = this.#coordinators.get(groupId) ?? (await this.#findCoordinator(groupId))
    try {
      return await this.#with(address, act)
    } catch (error) {
      const failure = failureOf(error)
      const isElsewhere = failure.kind === 'protocol' && elsewhere.has(failure.type)
      if (failure.kind === 'connection' || isElsewhere) this.#coordinators.delete(groupId)
      throw error
    }
  }

  close(): void {
    this.#isClosed = true
    for (const key of [...this.#brokers.keys()])
      this.#drop(key, new KafkaError('KAFKA_CLOSED', 'client was closed'))
  }

  async #findCoordinator(groupId: string): Promise<Address> {
    const { coordinator } = await this.withAnyBroker((broker) =>
      broker.findGroupCoordinator({ groupId, coordinatorType: 0 }),
    )
    this.#addresses.set(coordinator.nodeId, coordinator)
    this.#coordinators.set(groupId, coordinator)
    return coordinator
  }

  *#candidates(): Generator<Address> {
    yield* [...this.#addresses.values()].sort((a, b) => this.#warmth(b) - this.#warmth(a))
    for (let i = 0; i < this.#connection.brokers.length; i += 1) {
      const seed = this.#connection.brokers[this.#seedIndex % this.#connection.brokers.length] ?? ''
      this.#seedIndex += 1
      const colon = seed.lastIndexOf(':')
      yield { host: seed.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(seed.slice(colon + 1)) }
    }
  }

  /** Connected brokers are asked first. */
  #warmth(address: Address): number {
    return this.#brokers.has(keyOf(address)) ? 1 : 0
  }

  async #with<T>(address: Address, act: (broker: Broker) => Promise<T>): Promise<T> {
    const key = keyOf(address)
    try {
      return await act(await this.#open(key, address))
    } catch (error) {
      if (failureOf(error).kind === 'connection') this.#drop(key, error)
      throw error
    }
  }

  #open(key: string, address: Address): Promise<Broker> {
    if (this.#isClosed) throw new KafkaError('KAFKA_CLOSED', 'client was closed')
    const known = this.#brokers.get(key)
    if (known !== undefined) return known
    const opening = this.#connect(address)
    this.#brokers.set(key, opening)
    opening.catch(() => {
      if (this.#brokers.get(key) === opening) this.#brokers.delete(key)
    })
    return opening
  }

  async #connect({ host, port }: Address): Promise<Broker> {
    const settings = connectionSettings(this.#connection)
    const connectionPool = new ConnectionPoolClass({
      host,
      port,
      ...settings,
      connectionTimeout: connectTimeoutMs,
      // Requests that the broker may hold (fetch, join) bring their own, longer timeout.
      requestTimeout: this.#connection.requestTimeoutMs,
      enforceRequestTimeout: true,
      maxInFlightRequests: null,
    })
    const broker = new BrokerClass({
      connectionPool,
      logger: settings.logger,
      nodeId: null,
      authenticationTimeout: connectTimeoutMs,
      allowAutoTopicCreation: false,
    })
    await broker.connect()
    return broker
  }

  /** Ends the sockets now: what waits on them is rejected at once, and the next request reconnects. */
  #drop(key: string, reason: unknown): void {
    const opened = this.#brokers.get(key)
    this.#brokers.delete(key)
    opened
      ?.then((broker) => {
        for (const { socket } of broker.connectionPool.pool) {
          socket?.destroy(reason instanceof Error ? reason : new Error('connection dropped'))
        }
      })
      .catch(() => undefined) // It never opened.
  }
}

const elsewhere = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE'])

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`
}
