/** The door: `openKafka` gives the contract over kafkajs. Opens no connection by itself. */
import type { Config } from '@scanhook/config/settings'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import { noTracing, type Tracing } from '@scanhook/observability/tracing'
import type { KafkaClient } from './contract.ts'
import { KafkaError } from './errors.ts'
import { ClusterAdmin } from './kafkajs/admin.ts'
import type { ClientContext } from './kafkajs/client-context.ts'
import { SampledClock } from './kafkajs/cluster-clock.ts'
import { GroupConsumer } from './kafkajs/consumer.ts'
import { BatchingProducer } from './kafkajs/producer.ts'
import { PagedTopic } from './kafkajs/topic-pages.ts'
import { TopicReader } from './kafkajs/topic-reader.ts'
import { defaultSessionTimeoutMs, type kafkaSettings } from './settings.ts'
import { tracedConsumer } from './trace-consumer.ts'
import { tracedProducer } from './trace-producer.ts'

type Settings = Config<typeof kafkaSettings>
/** A service passes its whole config; only the brokers are needed. Topics are named by callers, so no prefix here. */
export type KafkaConfig = Pick<Settings, 'KAFKA_BROKERS'> & Partial<Settings>

export interface KafkaDependencies {
  readonly log: Logger
  readonly metrics: Metrics
  /** Spans of what is sent and processed; none when absent. */
  readonly tracing?: Tracing | undefined
  /** Defaults are the system's; tests pass their own. */
  readonly nowMs?: (() => number) | undefined
  readonly monotonicMs?: (() => number) | undefined
  readonly random?: (() => number) | undefined
}

/** See `requestTimeoutMs` in connection-settings.ts for what it may cost. */
const requestTimeoutMs = 10_000

export function openKafka(config: KafkaConfig, dependencies: KafkaDependencies): KafkaClient {
  const { tracing = noTracing } = dependencies
  const context: ClientContext = {
    connection: {
      brokers: config.KAFKA_BROKERS,
      clientId: config.KAFKA_CLIENT_ID ?? 'scanhook',
      security: config.KAFKA_SECURITY ?? 'plaintext',
      username: config.KAFKA_USERNAME ?? '',
      password: config.KAFKA_PASSWORD ?? '',
      log: dependencies.log,
      requestTimeoutMs,
    },
    log: dependencies.log,
    metrics: dependencies.metrics,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS ?? defaultSessionTimeoutMs,
    nowMs: dependencies.nowMs ?? Date.now,
    monotonicMs: dependencies.monotonicMs ?? (() => performance.now()),
    random: dependencies.random ?? Math.random,
  }
  return {
    // Connects with the first record: a producer opened during an outage waits like one that was opened before.
    openProducer: async (options = {}) =>
      tracedProducer(new BatchingProducer({ context, batchMaxBytes: options.batchMaxBytes }), tracing),
    openConsumer: (options) => new GroupConsumer(tracedConsumer(options, tracing), context),
    openTable: ({ topic, apply, onFatal }) => {
      const reader = new TopicReader({ topic, partitions: null, apply, after: 'on', context, onFatal })
      let opening: Promise<void> | null = null
      return {
        start: () => {
          opening ??= reader.open()
          return opening.then(() => reader.caughtUp)
        },
        stop: async () => reader.close(),
      }
    },
    readToEnd: (topic, partitions, apply, signal) => readToEnd(context, { topic, partitions, apply, signal }),
    openPages: (topic) => new PagedTopic(topic, context),
    openAdmin: async () => {
      const admin = new ClusterAdmin(context)
      await admin.open()
      return admin
    },
    openClusterClock: async ({ topic }) => {
      const clock = new SampledClock(topic, context)
      await clock.open()
      return clock
    },
  }
}

interface ReadOptions {
  readonly topic: string
  readonly partitions: readonly number[]
  readonly apply: Parameters<KafkaClient['readToEnd']>[2]
  readonly signal: AbortSignal | undefined
}

async function readToEnd(
  context: ClientContext,
  { topic, partitions, apply, signal }: ReadOptions,
): Promise<void> {
  const failed = Promise.withResolvers<never>()
  const abort = () => failed.reject(new KafkaError('KAFKA_ABORTED', `reading ${topic} was given up`))
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort, { once: true })
  const onFatal = (_reason: string, error: unknown) => failed.reject(error)
  const reader = new TopicReader({ topic, partitions, apply, after: 'end', context, onFatal })
  try {
    await Promise.race([reader.open().then(() => reader.caughtUp), failed.promise])
  } finally {
    signal?.removeEventListener('abort', abort)
    reader.close()
  }
}
