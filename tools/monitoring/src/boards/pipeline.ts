import { type BoardSpec, lines, quantiles, rates, stacked } from '../board.ts'

export const pipeline: BoardSpec = {
  uid: 'scanhook-pipeline',
  title: 'Scanhook / Pipeline',
  description:
    'Kafka between the services: who is behind, by how many seconds, and whether partitions stay where they are.',
  rows: [
    {
      title: 'Consumer groups',
      panels: [
        lines(
          [
            'Behind, in seconds',
            'Age of the oldest record not worked off, of the partition that is furthest behind. What counts; records do not.',
          ],
          's',
          [['max by (group) (scanhook_kafka_consumer_lag_seconds{group!~".*retry"})', '{{group}}']],
        ),
        lines(
          ['Behind, in records', 'By group and topic. Of retry: what waits for its time, on purpose.'],
          'short',
          [['sum by (group, topic) (scanhook_kafka_consumer_lag_records)', '{{group}} {{topic}}']],
        ),
        rates(
          ['Worked off', 'Records handed to handlers; what is repeated counts again.'],
          'ops',
          'scanhook_kafka_consumed_records_total',
          ['group'],
        ),
        lines(
          [
            'Partitions',
            'Of all processes of a group together: as many as its topics have, or somebody is missing.',
          ],
          'short',
          [['sum by (group) (scanhook_assigned_partitions)', '{{group}}']],
        ),
        lines(
          ['Rebalances', 'Within ten minutes. A rolling update is one for each process and step.'],
          'short',
          [['sum by (group) (increase(scanhook_rebalances_total[10m]))', '{{group}}']],
        ),
        rates(
          ['Commits that failed', 'The next one carries the same offsets, so some are harmless.'],
          'ops',
          'scanhook_kafka_commit_failures_total',
          ['group'],
        ),
      ],
    },
    {
      title: 'Retry tiers',
      panels: [
        stacked(
          [
            'Waiting, by tier',
            'Deliveries that wait for their time. High is receivers that fail, no lag of ours.',
          ],
          'short',
          [['sum by (tier) (scanhook_retry_pending)', '{{tier}}']],
        ),
        lines(
          ['Head overdue', 'For how long the head of a tier could have gone on. Retry scales by this.'],
          's',
          [['max by (tier) (scanhook_retry_head_overdue_seconds)', '{{tier}}']],
        ),
        rates(['Released', 'Deliveries that left a tier.'], 'ops', 'scanhook_retry_released_total', ['tier']),
        quantiles(
          ['Late out of a tier', 'How much later than it could each left its tier; a second is usual.'],
          'scanhook_retry_overdue_seconds',
        ),
        lines(
          [
            'Clock of the tracker',
            'How far the slowest partition’s time, and what is known of readers, lie behind.',
          ],
          's',
          [
            ['max(scanhook_tracker_clock_lag_seconds)', 'partition clock'],
            ['max(scanhook_liveness_behind_seconds)', 'liveness of readers'],
          ],
        ),
        lines(
          [
            'Sightings',
            'Between two events of an asset: written, and dropped or lost on the way. The next one of an asset makes up for it.',
          ],
          'ops',
          [
            ['sum(rate(scanhook_recorder_sightings_total[$__rate_interval]))', 'written'],
            [
              'sum(rate(scanhook_recorder_sightings_dropped_total[$__rate_interval]))',
              'dropped by the recorder',
            ],
            ['sum(rate(scanhook_sightings_lost_total[$__rate_interval]))', 'lost by the tracker'],
          ],
        ),
      ],
    },
  ],
}
