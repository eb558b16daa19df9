/** What a consumer group's member counts. Names are part of the house's contract with dashboards and alerts. */
import type { CounterInstrument, Metrics } from '@scanhook/observability/metrics'
import type { ConsumeLane } from './consume-lane.ts'

export interface ConsumerMeters {
  noteHandedOut(topic: string, count: number): void
  noteRebalance(): void
  noteCommitFailure(): void
}

export function openConsumerMeters(
  metrics: Metrics,
  group: { readonly groupId: string; readonly topics: readonly string[] },
  now: { readonly lanes: () => readonly ConsumeLane[]; readonly nowMs: () => number },
): ConsumerMeters {
  const label = { group: group.groupId }
  const lagRecords = metrics.gauge(
    'scanhook_kafka_consumer_lag_records',
    'Records not yet completed in the partitions that this process has',
    ['group', 'topic'],
  )
  const lagSeconds = metrics.gauge(
    'scanhook_kafka_consumer_lag_seconds',
    'Age of the record handed out last in the partition that is furthest behind; 0 without lag',
    ['group', 'topic'],
  )
  const assigned = metrics.gauge('scanhook_assigned_partitions', 'Partitions that this process has', [
    'group',
  ])
  const rebalances: CounterInstrument = metrics.counter(
    'scanhook_rebalances_total',
    'Assignments that ended while the process went on',
    ['group'],
  )
  const commitFailures: CounterInstrument = metrics.counter(
    'scanhook_kafka_commit_failures_total',
    'Commits that the coordinator refused or did not answer; the next one carries the same offsets',
    ['group'],
  )
  const handedOut: CounterInstrument = metrics.counter(
    'scanhook_kafka_consumed_records_total',
    'Records handed to the handler; what is repeated counts again',
    ['group', 'topic'],
  )
  for (const topic of group.topics) handedOut.inc({ ...label, topic }, 0)
  rebalances.inc(label, 0)
  commitFailures.inc(label, 0)
  metrics.onCollect(() => {
    const lanes = now.lanes()
    assigned.set(label, lanes.length)
    for (const topic of group.topics) {
      const own = lanes.filter((lane) => lane.topic === topic)
      lagRecords.set(
        { ...label, topic },
        own.reduce((sum, lane) => sum + lane.lagRecords(), 0),
      )
      lagSeconds.set({ ...label, topic }, Math.max(0, ...own.map((lane) => lagSecondsOf(lane, now.nowMs()))))
    }
  })
  return {
    noteHandedOut: (topic, count) => handedOut.inc({ ...label, topic }, count),
    noteRebalance: () => rebalances.inc(label),
    noteCommitFailure: () => commitFailures.inc(label),
  }
}

function lagSecondsOf(lane: ConsumeLane, nowMs: number): number {
  if (lane.lagRecords() === 0 || lane.handedOutTimestampMs === null) return 0
  return (nowMs - lane.handedOutTimestampMs) / 1000
}
