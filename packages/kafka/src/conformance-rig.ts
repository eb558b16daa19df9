/** What the tests against a real broker share: clients, names of their own, and what a consumer saw. */
import { silentLog } from '@scanhook/observability/log'
import { type Metrics, openMetrics } from '@scanhook/observability/metrics'
import kafkajs from 'kafkajs'
import type { ConsumerOptions, KafkaAdmin, KafkaClient, KafkaConsumer, KafkaProducer } from './contract.ts'
import type { ClientContext } from './kafkajs/client-context.ts'
import { openKafka } from './open.ts'
import type { KafkaRecord } from './record.ts'

export interface Rig {
  readonly kafka: KafkaClient
  readonly admin: KafkaAdmin
  readonly producer: KafkaProducer
  readonly metrics: Metrics
  /** A new topic with a name of its own. */
  topic(partitions: number, configs?: Readonly<Record<string, string>>): Promise<string>
  /** A consumer that is stopped at the end; what it is not given here it has harmless defaults for. */
  consumer(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'topics' | 'groupId'>): KafkaConsumer
  /** Reasons of every `onFatal` of these consumers. */
  readonly fatal: string[]
  close(): Promise<void>
}

/** `brokers` as KAFKA_BROKERS has them. */
export async function openRig(brokers: string | undefined): Promise<Rig> {
  const metrics = openMetrics()
  const kafka = openKafka({ KAFKA_BROKERS: brokerList(brokers) }, { log: silentLog, metrics })
  const [admin, producer] = await Promise.all([kafka.openAdmin(), kafka.openProducer()])
  const fatal: string[] = []
  const consumers: KafkaConsumer[] = []
  const topics: string[] = []
  return {
    kafka,
    admin,
    producer,
    metrics,
    fatal,
    topic: async (partitions, configs = {}) => {
      const name = uniqueName('conformance')
      topics.push(name)
      await admin.ensureTopics([{ name, partitions, replicationFactor: 1, configs }])
      return name
    },
    consumer: (options) => {
      const consumer = kafka.openConsumer({
        handle: async ({ records, doneThrough }) => doneThrough(records.at(-1)?.offset ?? -1),
        onFatal: (reason) => fatal.push(reason),
        ...options,
      })
      consumers.push(consumer)
      return consumer
    },
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop(1_000)))
      await Promise.all([producer.close(), admin.close()])
      await deleteTopics(brokerList(brokers), topics)
    },
  }
}

/** The contract has no deleting: no service may. Tests leave nothing behind on a broker that others use. */
async function deleteTopics(brokers: readonly string[], topics: string[]): Promise<void> {
  if (topics.length === 0) return
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteTopics({ topics })
  await admin.disconnect()
}

export function brokerList(brokers: string | undefined): readonly string[] {
  return (brokers ?? '').split(',')
}

let names = 0
export function uniqueName(prefix: string): string {
  names += 1
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${names}`
}

/** For tests of the parts inside: a context whose connections may be watched. */
export function contextOf(
  brokers: string | undefined,
  change: Partial<ClientContext['connection']> = {},
): ClientContext {
  return {
    connection: {
      brokers: brokerList(brokers),
      clientId: 'conformance',
      security: 'plaintext',
      username: '',
      password: '',
      log: silentLog,
      requestTimeoutMs: 10_000,
      ...change,
    },
    log: silentLog,
    metrics: openMetrics(),
    nowMs: Date.now,
    monotonicMs: () => performance.now(),
    sessionTimeoutMs: 30_000,
    random: Math.random,
  }
}

/** Resolves when `holds` does; looks every few ms, because what it waits for happens in another process. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  maxMs = 20_000,
): Promise<void> {
  const giveUpAtMs = Date.now() + maxMs
  while (!(await holds())) {
    if (Date.now() > giveUpAtMs) throw new Error(`waited ${maxMs} ms in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function textOf({ value }: KafkaRecord): string {
  return value?.toString() ?? ''
}

export function numbered(
  topic: string,
  count: number,
  partition?: number,
): { topic: string; key: string; value: Buffer; partition?: number }[] {
  return Array.from({ length: count }, (_, i) => ({
    topic,
    key: `k${i}`,
    value: Buffer.from(String(i)),
    ...(partition === undefined ? {} : { partition }),
  }))
}
