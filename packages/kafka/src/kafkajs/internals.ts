/**
 * The parts of kafkajs 2.2.4 that this package stands on, with the types they lack. Nothing else in the house may
 * import them, and nothing here leaves the package.
 *
 * Why not its public consumer and producer: their loops are where the known losses and stalls are (kafkajs#659,
 * #1445, #1536, #1593, #1599, #1630, #1122), one refused topic fails the metadata of all others, one refused partition fails a
 * whole produce request without saying which, and a fetch waits for the slowest handler. Its protocol codecs,
 * connections, TLS and SASL are sound, and the version is pinned and will not change any more; so we use those and
 * write the loops ourselves.
 */
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

const require = createRequire(import.meta.url)

export interface ProtocolRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  encode(): Promise<Encoded>
}

/** What kafkajs' `Encoder` looks like to whoever writes it into a request. */
export interface Encoded {
  readonly buf: Buffer
  readonly buffer: Buffer
}

export interface ProtocolResponse<T> {
  decode(bytes: Buffer): Promise<T>
  parse(decoded: T): Promise<T>
}

export interface ProtocolExchange<T> {
  readonly request: ProtocolRequest
  readonly response: ProtocolResponse<T>
  readonly requestTimeout?: number
  readonly logResponseError?: boolean
}

export interface Connection {
  readonly socket?: Socket
  connectionStatus: string
  isConnected(): boolean
  connect(): Promise<boolean>
}

export interface ConnectionPool {
  readonly host: string
  readonly port: number
  readonly pool: readonly Connection[]
  send<T>(exchange: ProtocolExchange<T>): Promise<T>
  getConnection(index?: number): Promise<Connection>
}

export interface MetadataAnswer {
  readonly clientSideThrottleTime: number
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]
  readonly controllerId: number
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number
    readonly topic: string
    readonly partitionMetadata: readonly {
      readonly partitionErrorCode: number
      readonly partitionId: number
      readonly leader: number
    }[]
  }[]
}

export interface JoinAnswer {
  readonly generationId: number
  readonly leaderId: string
  readonly memberId: string
  readonly groupProtocol: string
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
}

export interface CommitTopic {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: string
    readonly metadata: string | null
  }[]
}

export interface OffsetFetchAnswer {
  readonly responses: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly offset: string
      readonly metadata: string | null
    }[]
  }[]
}

export interface ListOffsetsAnswer {
  readonly responses: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
  }[]
}

export interface Broker {
  readonly nodeId: number | null
  readonly connectionPool: ConnectionPool
  versions: Readonly<Record<string, { readonly maxVersion: number }>> | null
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  lookupRequest(apiKey: number, definition: unknown): (arguments_: object) => ProtocolExchange<MetadataAnswer>
  findGroupCoordinator(request: { groupId: string; coordinatorType: number }): Promise<{
    readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number }
  }>
  joinGroup(request: {
    groupId: string
    sessionTimeout: number
    rebalanceTimeout: number
    memberId: string
    groupProtocols: readonly { name: string; metadata: Buffer }[]
  }): Promise<JoinAnswer>
  syncGroup(request: {
    groupId: string
    generationId: number
    memberId: string
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[]
  }): Promise<{ readonly memberAssignment: Buffer }>
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  offsetCommit(request: {
    groupId: string
    groupGenerationId: number
    memberId: string
    topics: readonly CommitTopic[]
  }): Promise<unknown>
  offsetFetch(request: {
    groupId: string
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[]
  }): Promise<OffsetFetchAnswer>
  listOffsets(request: {
    replicaId: number
    isolationLevel: number
    topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: string }[] }[]
  }): Promise<ListOffsetsAnswer>
}

export interface KafkajsLogger {
  namespace(name: string): KafkajsLogger
}

export interface SaslOptions {
  readonly mechanism: string
  readonly username: string
  readonly password: string
}

export type SocketFactory = (target: {
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions | null | undefined
  readonly onConnect: () => void
}) => Socket

export interface ConnectionPoolOptions {
  readonly host: string
  readonly port: number
  readonly rack: null
  readonly ssl: ConnectionOptions | null
  readonly sasl: SaslOptions | null
  readonly clientId: string
  readonly socketFactory: SocketFactory
  readonly connectionTimeout: number
  readonly requestTimeout: number
  readonly enforceRequestTimeout: boolean
  readonly maxInFlightRequests: null
  readonly logger: KafkajsLogger
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

export const BrokerClass: new (options: {
  connectionPool: ConnectionPool
  logger: KafkajsLogger
  nodeId: number | null
  authenticationTimeout: number
  allowAutoTopicCreation: boolean
}) => Broker = require('kafkajs/src/broker')

export const ConnectionPoolClass: {
  new (options: ConnectionPoolOptions): ConnectionPool
  readonly prototype: ConnectionPool
} = require('kafkajs/src/network/connectionPool')

export const RequestQueueClass: {
  readonly prototype: RequestQueue
} = require('kafkajs/src/network/requestQueue')

export const requests: { readonly Metadata: unknown } = require('kafkajs/src/protocol/requests').requests

export const apiKeys: {
  readonly Produce: number
  readonly Fetch: number
  readonly Metadata: number
} = require('kafkajs/src/protocol/requests/apiKeys')

export const errorCodes: readonly {
  readonly type: string
  readonly code: number
  readonly retriable: boolean
}[] = require('kafkajs/src/protocol/error').errorCodes

export const createLogger: (options: {
  level: number
  logCreator: () => (entry: LogEntry) => void
}) => KafkajsLogger = require('kafkajs/src/loggers').createLogger

export interface LogEntry {
  readonly namespace: string
  readonly level: number
  readonly log: { readonly message: string } & Readonly<Record<string, unknown>>
}
