/** The retry tiers: one consumer over all of them, each partition left alone until its head is due. */
import { type TierName, tierNames } from '@scanhook/domain/retry/tiers'
import type { ClusterClock, KafkaConsumer, KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { Metrics } from '@scanhook/observability/metrics'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import { decodeMeter } from '@scanhook/schemas/decode-meter'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { endpointKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { poisonRecord } from '@scanhook/schemas/poison-headers'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { retrySettings } from './config.ts'
import { dueReleaser, type ReleasePorts } from './release-due.ts'
import { TierHeads } from './tier-heads.ts'

type Settings = typeof retrySettings

/** A tick late is 10 ms; anything above minutes is an outage. */
const overdueBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600]

export const retryService: ServiceDefinition<Settings> = defineService({
  name: 'retry',
  settings: retrySettings,
  start: startRetry,
})

async function startRetry(context: ServiceContext<Settings>): Promise<void> {
  const { config, log, metrics, tracing, clock, onStop, fail } = context
  const topics = topicNames(config.TOPIC_PREFIX)
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, {
    log,
    metrics,
    tracing,
    nowMs: clock.nowMs,
    monotonicMs: clock.monotonicMs,
  })
  const clusterClock = await kafka.openClusterClock({ topic: topics.clusterClock })
  onStop('cluster-clock', clusterClock.close)
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const heads = new TierHeads()
  const ports = portsOf(context, { codecs, topics, producer, clusterClock, heads })
  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}retry`,
    topics: tierNames.map((tier) => topics.retry[tier]),
    handle: dueReleaser(ports),
    onRevoked: (partitions) => heads.revoked(partitions),
    nowMs: clusterClock.nowMs,
    onFatal: fail,
  })
  gaugeBacklogs(metrics, { ...ports, heads, consumer })
  onStop('consumer', () => consumer.stop())
  await consumer.start()
}

interface Stores {
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly producer: KafkaProducer
  readonly clusterClock: ClusterClock
  readonly heads: TierHeads
}

function portsOf(
  context: ServiceContext<Settings>,
  { codecs, topics, producer, clusterClock, heads }: Stores,
): ReleasePorts {
  const { config, clock, metrics, log } = context
  const wait = waitBy(clock)
  const tiers = new Map<string, TierName>(tierNames.map((tier) => [topics.retry[tier], tier]))
  return {
    decode: recordDecoder(codecs.deliveries, wait, decodeMeter(metrics, 'deliveries')),
    tierOf: (topic) => {
      const tier = tiers.get(topic)
      if (tier === undefined) throw new Error(`${topic} is not a retry tier`)
      return tier
    },
    topicOf: (hop) => (hop.kind === 'tier' ? topics.retry[hop.name] : topics.deliveries),
    keyOf: endpointKey,
    poisonOf: (record, reason, detail) => {
      const { topic, partition, offset } = record
      log.warn({ topic, partition, offset, reason, detail }, 'record.poisoned')
      return poisonRecord(topics.poison, record, { reason, detail, service: 'retry' })
    },
    appendAll: (records) => producer.appendAll(records),
    released: countReleased(metrics),
    heads,
    nowMs: clusterClock.nowMs,
    scale: config.TIME_SCALE,
  }
}

function countReleased(metrics: Metrics): ReleasePorts['released'] {
  const released = metrics.counter('scanhook_retry_released_total', 'Deliveries that left a retry tier', {
    tier: tierNames,
  })
  const overdue = metrics.histogram(
    'scanhook_retry_overdue_seconds',
    'How much later than it could a delivery left its tier',
    { tier: tierNames },
    overdueBuckets,
  )
  return (tier, overdueMs) => {
    released.inc({ tier })
    overdue.observe({ tier }, Math.max(0, overdueMs) / 1_000)
  }
}

interface BacklogPorts extends Pick<ReleasePorts, 'tierOf' | 'nowMs'> {
  readonly heads: TierHeads
  readonly consumer: Pick<KafkaConsumer, 'status'>
}

function gaugeBacklogs(metrics: Metrics, { heads, consumer, tierOf, nowMs }: BacklogPorts): void {
  const pending = metrics.gauge(
    'scanhook_retry_pending',
    'Deliveries that wait in a retry tier, due or not',
    {
      tier: tierNames,
    },
  )
  const overdue = metrics.gauge(
    'scanhook_retry_head_overdue_seconds',
    'For how long the head of a retry tier could have gone on',
    { tier: tierNames },
  )
  metrics.onCollect(() => {
    const backlogs = heads.backlogs(consumer.status(), tierOf, nowMs())
    for (const tier of tierNames) {
      const backlog = backlogs.get(tier)
      pending.set({ tier }, backlog?.pending ?? 0)
      overdue.set({ tier }, (backlog?.headOverdueMs ?? 0) / 1_000)
    }
  })
}
