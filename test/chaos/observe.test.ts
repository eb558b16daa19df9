import { topicNames } from '@scanhook/schemas/topics'
import { expect, test } from 'vitest'
import { groupsOf, parseMetrics } from './observe.ts'

test('metrics are summed over their labels, and others are left alone', () => {
  const text = [
    '# HELP scanhook_kafka_consumer_lag_records Records behind',
    'scanhook_kafka_consumer_lag_records{group="g",topic="a"} 3',
    'scanhook_kafka_consumer_lag_records{group="g",topic="b"} 4.5',
    'scanhook_inflight_requests 7',
    'scanhook_inflight_requests_else 100',
  ].join('\n')
  expect(parseMetrics(text)).toEqual({
    scanhook_kafka_consumer_lag_records: 7.5,
    scanhook_inflight_requests: 7,
  })
})

test('every topic that is read by a group is watched, the tiers too', () => {
  const names = topicNames('p.')
  const watched = new Set(groupsOf(names).map(({ topic }) => topic))
  for (const topic of [
    names.reads,
    names.scans,
    names.events,
    names.deliveries,
    ...Object.values(names.retry),
  ])
    expect(watched).toContain(topic)
})
