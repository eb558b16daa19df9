/** The tracker: scans in, events out. Wires the handler to Kafka, the codecs and the movement rules. */

import { assetId, orgId } from '@scanhook/domain/ids'
import { advanceAsset, wakeOf } from '@scanhook/domain/movement/advance-asset'
import { assetEventId, transitionId, visitId } from '@scanhook/identity/derived-ids'
import type { KafkaAdmin, KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { kafkaSettings } from '@scanhook/kafka/settings'
import type { Metrics } from '@scanhook/observability/metrics'
import type { Clock } from '@scanhook/runtime/clock'
import { every } from '@scanhook/runtime/every'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import { decodeMeter } from '@scanhook/schemas/decode-meter'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { assetKey, parseAssetKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { poisonRecord } from '@scanhook/schemas/poison-headers'
import { schemasSettings } from '@scanhook/schemas/settings'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { assetTraces, noAssetTraces } from './asset-traces.ts'
import { type WithdrawalPorts, withdrawalFollower } from './follow-withdrawals.ts'
import type { Movement } from './movement.ts'
import { trackerSettings } from './settings.ts'
import { scanTracker, type TrackPorts } from './track-scans.ts'
import { trackerMetrics } from './tracker-metrics.ts'
import { lossCounter, seenWriter } from './write-seen.ts'
import { tickWriter } from './write-ticks.ts'

type TrackerSettings = typeof kafkaSettings & typeof schemasSettings & typeof trackerSettings

const movement: Movement = {
  advance: (state, input) => advanceAsset(state, input, { assetEventId, transitionId, visitId }),
  wakeOf,
}

export const trackerService: ServiceDefinition<TrackerSettings> = defineService({
  name: 'tracker',
  settings: { ...kafkaSettings, ...schemasSettings, ...trackerSettings },
  start: startTracker,
})

async function startTracker(context: ServiceContext<TrackerSettings>): Promise<void> {
  const { config, log, metrics, tracing, clock, onStop, fail } = context
  const setReady = context.readiness('partitions-restored')
  const topics = topicNames(config.TOPIC_PREFIX)
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, { log, metrics, tracing })
  const partitions = await countPartitions(await kafka.openAdmin(), topics)
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())

  const seen = seenWriter({
    encodeSeen: codecs.assetSeen.encode,
    appendAll: (records) => producer.appendAll(records),
    nowMs: clock.nowMs,
    topic: topics.assetSeen,
    partitionCount: partitions.assetSeen,
    onLost: lossCounter(metrics, log),
  })
  const ports: TrackPorts = {
    ...portsOf({ codecs, topics, clock, producer, metrics }),
    traces: tracing.isOn ? assetTraces() : noAssetTraces,
    seen: ({ orgId: org, asset, lastSeenMs }) => seen.note(org, asset.id, lastSeenMs),
    readToEnd: (partitions, apply) => kafka.readToEnd(topics.assetState, partitions, apply),
    tracked: (progress) => instruments.tracked(progress),
  }
  const tracker = scanTracker(ports, {
    flushMs: config.TRACKER_FLUSH_MS,
    replayRecordsMax: config.TRACKER_REPLAY_RECORDS_MAX,
  })
  const instruments = trackerMetrics(metrics, { status: tracker.status, nowMs: clock.nowMs })

  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}tracker`,
    topics: [topics.scans],
    handle: tracker.handle,
    onAssigned: async (assignments) => {
      await tracker.assign(assignments)
      log.info({ partitions: assignments.map(({ partition }) => partition) }, 'states.restored')
      setReady(true)
    },
    onRevoked: tracker.revoke,
    commitMetadata: tracker.commitMetadata,
    onFatal: fail,
    // A record stays incomplete until its state is flushed, so up to this many are, and some batches more.
    incompleteMax: config.TRACKER_REPLAY_RECORDS_MAX * 2,
    // Its events are durable by then; its state is flushed up to ten seconds later.
    spansEnd: 'handled',
  })
  onStop('consumer', () => consumer.stop())
  await consumer.start()
  setReady(true)

  const withdrawals = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}tracker-withdrawals`,
    topics: [topics.masterData],
    startAt: 'end',
    handle: withdrawalFollower({
      ...withdrawalPorts({ codecs, topics, clock, producer, metrics }),
      refused: ({ partition, offset }, reason) =>
        log.error({ partition, offset, reason }, 'announcement.refused'),
      partitionCount: partitions.scans,
    }),
    onFatal: fail,
  })
  onStop('withdrawals', () => withdrawals.stop())
  await withdrawals.start()

  const writeTicks = tickWriter({
    encodeTick: codecs.scans.encode,
    appendAll: (records) => producer.appendAll(records),
    nowMs: clock.nowMs,
    ownedPartitions: () => tracker.status().map(({ partition }) => partition),
    topic: topics.scans,
  })
  // The answer must show a read within two seconds; the other one is the recorder's.
  onStop(
    'sightings',
    every(clock, 1_000, () => void seen.flush()),
  )
  onStop(
    'ticks',
    every(clock, config.TRACKER_TICK_MS, () => {
      writeTicks().catch((error) => fail('ticks can not be written', error))
    }),
  )
}

interface Wiring {
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly metrics: Metrics
  readonly clock: Clock
  readonly producer: KafkaProducer
}

function portsOf({
  codecs,
  topics,
  clock,
  producer,
  metrics,
}: Wiring): Omit<TrackPorts, 'readToEnd' | 'tracked' | 'seen' | 'traces'> {
  const wait = waitBy(clock)
  return {
    movement,
    keyOf: (org, asset) => assetKey(orgId(org), assetId(asset)),
    assetOf: parseAssetKey,
    decodeScan: recordDecoder(codecs.scans, wait, decodeMeter(metrics, 'scans')),
    decodeState: codecs.assetState.decode,
    encodeEvent: codecs.events.encode,
    encodeState: codecs.assetState.encode,
    poisonOf: (record, reason, detail) =>
      poisonRecord(topics.poison, record, { reason, detail, service: 'tracker' }),
    appendAll: (records) => producer.appendAll(records),
    nowMs: clock.nowMs,
    topics: { events: topics.events, assetState: topics.assetState },
  }
}

function withdrawalPorts({
  codecs,
  topics,
  clock,
  producer,
  metrics,
}: Wiring): Omit<WithdrawalPorts, 'refused' | 'partitionCount'> {
  return {
    decode: recordDecoder(codecs.masterData, waitBy(clock), decodeMeter(metrics, 'masterData')),
    encode: codecs.scans.encode,
    keyOf: (org, asset) => assetKey(orgId(org), assetId(asset)),
    appendAll: (records) => producer.appendAll(records),
    topic: topics.scans,
  }
}

interface PartitionCounts {
  readonly scans: number
  readonly assetSeen: number
}

/** A state is written to the partition number of its scans, so both topics must have the same numbers. */
async function countPartitions(admin: KafkaAdmin, topics: TopicNames): Promise<PartitionCounts> {
  try {
    const [scans, states, assetSeen] = await Promise.all([
      admin.partitionCount(topics.scans),
      admin.partitionCount(topics.assetState),
      admin.partitionCount(topics.assetSeen),
    ])
    if (scans === states) return { scans, assetSeen }
    throw new Error(
      `TRACKER_NOT_CO_PARTITIONED: ${topics.scans} has ${scans} partitions, ${topics.assetState} has ${states}; they must have as many`,
    )
  } finally {
    await admin.close()
  }
}
