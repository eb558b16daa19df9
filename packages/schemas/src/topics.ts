/**
 * Every topic: its name, and how it must be set up. Names are written here and nowhere else.
 *
 * Retention is by time only (no `retention.bytes`): a byte limit would delete unread records exactly when a consumer
 * is far behind. docs/reference/topics.md says the same in words; a test holds it against this file.
 */
import { type TierName, tierNames } from '@scanhook/domain/retry/tiers'

export interface TopicNames {
  readonly reads: string
  readonly businessEvents: string
  readonly scans: string
  readonly assetState: string
  readonly assetSeen: string
  readonly events: string
  readonly deliveries: string
  readonly retry: Readonly<Record<TierName, string>>
  readonly dead: string
  readonly deliveryOrder: string
  readonly clusterClock: string
  readonly attempts: string
  readonly endpointEvents: string
  readonly masterData: string
  readonly poison: string
}

/** Names of all topics under a prefix, e.g. `scanhook.`. */
export function topicNames(prefix: string): TopicNames {
  const tier = (name: TierName): string => `${prefix}deliveries.retry.${name}`
  return {
    reads: `${prefix}reads`,
    businessEvents: `${prefix}business-events`,
    scans: `${prefix}scans`,
    assetState: `${prefix}asset-state`,
    assetSeen: `${prefix}asset-seen`,
    events: `${prefix}events`,
    deliveries: `${prefix}deliveries`,
    retry: {
      '10s': tier('10s'),
      '1m': tier('1m'),
      '5m': tier('5m'),
      '30m': tier('30m'),
      '2h': tier('2h'),
      '6h': tier('6h'),
      '24h': tier('24h'),
    },
    dead: `${prefix}deliveries.dead`,
    deliveryOrder: `${prefix}delivery-order`,
    clusterClock: `${prefix}cluster-clock`,
    attempts: `${prefix}attempts`,
    endpointEvents: `${prefix}endpoint-events`,
    masterData: `${prefix}master-data`,
    poison: `${prefix}poison`,
  }
}

export interface TopicSetup {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly configs: Readonly<Record<string, string>>
}

export interface TopicSpecOptions {
  /** Partitions of every topic that scales with load. `master-data`, `endpoint-events` and `poison` have their own. */
  readonly partitions: number
  readonly replicationFactor: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

// A delivery waits up to 24 h and an operator may need a long week to notice a stopped service. 14 days is the
// longest wait plus an outage of 13 days; less, and retention would delete what was promised.
const retryRetentionMs = 14 * dayMs
// What a service must be able to catch up from after a long weekend and a slow repair.
const flowRetentionMs = 7 * dayMs
// Events feed replay as well; the delivery log keeps 30 days, so an event can be replayed as long as it is shown.
const eventRetentionMs = 30 * dayMs
// Worth something for seconds only; a day is the least that brokers' segments make sense with, and lets one look.
const sightingRetentionMs = dayMs

// A zombie tracker that lost its partition may still write a state that is older than its successor's. Restoring
// picks the state with the larger offset, which only works while both are in the log. Six hours is far beyond any
// session timeout (45 s) and any pause a process survives; the cost is at most six hours of uncompacted changes.
const compactionLagMs = 6 * hourMs
// A cache that was away must still see deletions. One day is ten times the longest restart that was planned for.
const tombstoneRetentionMs = dayMs

// A delivery holds an event (data up to 256 KiB) and its rendered body, in which JSON in JSON may double: 1 MiB is
// not always enough. 2 MiB is, and stays far below the brokers' usual fetch sizes.
const largeRecordBytes = 2 * 1024 * 1024
// The 1 MiB that an upstream may send, plus the coordinates in headers.
const poisonRecordBytes = 2 * 1024 * 1024
// A scan or a state is some hundred bytes; 256 KiB lets a path of 300 locations with long names through.
const smallRecordBytes = 256 * 1024

// Announcements and endpoint events are rare; one partition keeps versions over all kinds in order.
const rareTopicPartitions = 1
// Bad records are few; three let one noisy upstream not hide the others.
const poisonPartitions = 3

const durable = { 'unclean.leader.election.enable': 'false' } as const

function kept(retentionMs: number, maxBytes: number): Record<string, string> {
  return {
    ...durable,
    'cleanup.policy': 'delete',
    'retention.ms': `${retentionMs}`,
    'max.message.bytes': `${maxBytes}`,
  }
}

function compacted(maxBytes: number): Record<string, string> {
  return {
    ...durable,
    'cleanup.policy': 'compact',
    'min.compaction.lag.ms': `${compactionLagMs}`,
    'delete.retention.ms': `${tombstoneRetentionMs}`,
    // 64 MiB segments: the active segment is never compacted, and with the default of 1 GiB a small installation
    // would read the changes of weeks on every start.
    'segment.bytes': `${64 * 1024 * 1024}`,
    'max.message.bytes': `${maxBytes}`,
  }
}

/**
 * What `setup` creates. With three or more replicas two of them must have a record before it counts as written;
 * with fewer a second one can't be demanded without stopping on the first restart of a broker.
 */
export function topicSpecs(prefix: string, options: TopicSpecOptions): readonly TopicSetup[] {
  const names = topicNames(prefix)
  const { partitions, replicationFactor } = options
  const inSync = { 'min.insync.replicas': replicationFactor >= 3 ? '2' : '1' }
  const spec = (name: string, configs: Record<string, string>, count: number = partitions): TopicSetup => ({
    name,
    partitions: count,
    replicationFactor,
    configs: { ...configs, ...inSync },
  })
  // LogAppendTime makes the heads of a tier monotone: with the producer's clock, one record from a fast clock would
  // hold back everything behind it. It also keeps due times out of timestamps (brokers refuse those > 1 h ahead).
  const waiting = { ...kept(retryRetentionMs, largeRecordBytes), 'message.timestamp.type': 'LogAppendTime' }
  return [
    spec(names.reads, kept(flowRetentionMs, 1024 * 1024)),
    spec(names.businessEvents, kept(flowRetentionMs, 1024 * 1024)),
    spec(names.scans, kept(flowRetentionMs, smallRecordBytes)),
    spec(names.assetState, compacted(smallRecordBytes)),
    spec(names.assetSeen, kept(sightingRetentionMs, smallRecordBytes)),
    spec(names.events, kept(eventRetentionMs, largeRecordBytes)),
    spec(names.deliveries, kept(retryRetentionMs, largeRecordBytes)),
    ...tierNames.map((tier) => spec(names.retry[tier], waiting)),
    spec(names.dead, kept(eventRetentionMs, largeRecordBytes)),
    // Partitioned like `deliveries`: who owns an endpoint reads back what its order waits for.
    spec(names.deliveryOrder, compacted(smallRecordBytes)),
    // Only the broker's stamps matter, at the moment they are made.
    spec(
      names.clusterClock,
      { ...kept(sightingRetentionMs, smallRecordBytes), 'message.timestamp.type': 'LogAppendTime' },
      rareTopicPartitions,
    ),
    spec(names.attempts, kept(flowRetentionMs, largeRecordBytes)),
    spec(names.endpointEvents, kept(flowRetentionMs, smallRecordBytes), rareTopicPartitions),
    spec(names.masterData, compacted(largeRecordBytes), rareTopicPartitions),
    spec(names.poison, kept(eventRetentionMs, poisonRecordBytes), poisonPartitions),
  ]
}
