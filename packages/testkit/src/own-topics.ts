/**
 * All topics and schemas under a prefix of their own, for a test of one service against the real broker and registry.
 * Addresses come from the environment, as `vitest`'s global setup leaves them.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokers, parseEnv } from '@scanhook/config/settings'
import type { KafkaClient, KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import { type TopicNames, topicNames, topicSpecs } from '@scanhook/schemas/topics'

export interface OwnTopics {
  /** What a service needs to work on these topics. */
  readonly env: Readonly<Record<string, string>>
  readonly topics: TopicNames
  readonly codecs: Codecs
  readonly kafka: KafkaClient
  readonly producer: KafkaProducer
  /** Everything that is in the topic now, partition after partition. */
  readonly readAll: (topic: string) => Promise<readonly KafkaRecord[]>
  readonly close: () => Promise<void>
}

/** Few, so that creating them is quick, and more than one, so that mixing partitions up shows. */
const defaultPartitions = 3

/** `brokerAddresses`: as KAFKA_BROKERS has them; those of the environment unless a test has a broker of its own. */
export async function ownTopics(
  name: string,
  partitions: number = defaultPartitions,
  brokerAddresses: string = process.env['KAFKA_BROKERS'] ?? '',
): Promise<OwnTopics> {
  const prefix = `${name}-${randomUUID().slice(0, 8)}.`
  const cacheDir = await mkdtemp(join(tmpdir(), `scanhook-${name}-`))
  const env = {
    KAFKA_BROKERS: brokerAddresses,
    REGISTRY_URL: process.env['REGISTRY_URL'] ?? '',
    REDIS_URL: process.env['REDIS_URL'] ?? '',
    TOPIC_PREFIX: prefix,
    SCHEMA_CACHE_DIR: cacheDir,
  }
  const parsed = parseEnv({ KAFKA_BROKERS: brokers({ description: 'the test broker' }) }, env)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  const kafka = openKafka(parsed.config, { log: silentLog, metrics: openMetrics() })
  const admin = await kafka.openAdmin()
  await admin.ensureTopics(topicSpecs(prefix, { partitions, replicationFactor: 1 }))
  const codecs = await openCodecs({
    registryUrl: env.REGISTRY_URL,
    cacheDir,
    prefix,
    log: silentLog,
    mode: 'register',
  })
  const producer = await kafka.openProducer()
  return {
    env,
    topics: topicNames(prefix),
    codecs,
    kafka,
    producer,
    async readAll(topic) {
      const found: KafkaRecord[] = []
      const count = await admin.partitionCount(topic)
      await kafka.readToEnd(
        topic,
        Array.from({ length: count }, (_, partition) => partition),
        (record) => found.push(record),
      )
      return found.sort((one, other) => one.partition - other.partition || one.offset - other.offset)
    },
    async close() {
      await producer.close()
      await admin.close()
      await rm(cacheDir, { recursive: true, force: true })
    },
  }
}
