import { type BoardSpec, lines, quantiles, rates, stacked } from '../board.ts'

export const dependencies: BoardSpec = {
  uid: 'scanhook-dependencies',
  title: 'Scanhook / Dependencies',
  description: 'Kafka, PostgreSQL, Redis and the schema registry, as the services see them.',
  rows: [
    {
      title: 'Kafka',
      panels: [
        quantiles(
          ['Time to acknowledgement', 'By all in-sync replicas. Everything is as slow as this.'],
          'scanhook_kafka_produce_duration_seconds',
        ),
        rates(
          ['Sent again', 'Produce requests that failed at first.'],
          'ops',
          'scanhook_kafka_produce_retries_total',
          ['job'],
        ),
        lines(
          ['Volumes', 'Free share of the volumes of Kafka and PostgreSQL, where the kubelet is scraped.'],
          'percentunit',
          [
            [
              'kubelet_volume_stats_available_bytes{persistentvolumeclaim=~".*(postgres|kafka).*"} / kubelet_volume_stats_capacity_bytes{persistentvolumeclaim=~".*(postgres|kafka).*"}',
              '{{persistentvolumeclaim}}',
            ],
          ],
        ),
      ],
    },
    {
      title: 'PostgreSQL',
      panels: [
        stacked(['Connections', 'Busy and idle, of all pools of a service.'], 'short', [
          ['sum by (job, state) (scanhook_postgres_connections)', '{{job}} {{state}}'],
        ]),
        lines(['Pools', 'Busy share of what the pool may have, and who waits for a connection.'], 'short', [
          [
            'sum by (job) (scanhook_postgres_connections{state="busy"}) / sum by (job) (scanhook_postgres_connections_max)',
            'busy share {{job}}',
          ],
          ['sum by (job) (scanhook_postgres_waiting)', 'waiting {{job}}'],
        ]),
        rates(
          ['Failures', 'By error code. POSTGRES_CONFLICT and POSTGRES_REFERENCE are answers to people.'],
          'ops',
          'scanhook_postgres_failures_total',
          ['code'],
        ),
        rates(['Rows recorded', 'History: events and attempts.'], 'ops', 'scanhook_recorder_rows_total', [
          'table',
        ]),
        quantiles(['Time of a batch', 'Of the recorder.'], 'scanhook_recorder_transaction_seconds'),
        lines(
          ['What failed, and is tried again', 'Deliveries go on; the log, notices and jobs fall behind.'],
          'ops',
          [
            ['sum(rate(scanhook_recorder_failures_total[$__rate_interval]))', 'recorder'],
            ['sum(rate(scanhook_recorder_sightings_failures_total[$__rate_interval]))', 'sightings'],
            ['sum(rate(scanhook_notifier_failures_total[$__rate_interval]))', 'notifier'],
            ['sum(rate(scanhook_lookups_failed_total[$__rate_interval]))', 'look-ups of the producer'],
            ['sum(rate(scanhook_device_sightings_failed_total[$__rate_interval]))', 'readers heard'],
            ['sum(rate(scanhook_jobs_failures_total[$__rate_interval]))', 'jobs'],
          ],
        ),
        lines(['Oldest history', 'Age of the oldest day or month that is kept.'], 's', [
          ['time() - min by (table) (scanhook_recorder_oldest_partition_timestamp_seconds)', '{{table}}'],
        ]),
        lines(
          [
            'What goes because of its age',
            'Days by what came of it, rows without a day of their own, and rounds that failed; within an hour.',
          ],
          'short',
          [
            [
              'sum by (outcome) (increase(scanhook_recorder_expired_partitions_total[1h]))',
              'days {{outcome}}',
            ],
            ['sum(increase(scanhook_recorder_expired_rows_total[1h]))', 'rows'],
            ['sum(increase(scanhook_recorder_retention_failures_total[1h]))', 'rounds failed'],
          ],
        ),
        lines(['Sightings that wait', 'Assets whose last sighting is not written yet.'], 'short', [
          ['sum(scanhook_recorder_sightings_waiting)', 'assets'],
        ]),
      ],
    },
    {
      title: 'Redis',
      panels: [
        stacked(['Connections', 'Usable, or away: duplicates may pass, nothing is lost.'], 'short', [
          ['sum by (job, state) (scanhook_redis_connections)', '{{job}} {{state}}'],
        ]),
        quantiles(
          ['Time to answer', 'A batch of commands; the deadline is 250 ms.'],
          'scanhook_redis_duration_seconds',
        ),
        lines(['Not answered', 'By error code, and not even sent because Redis is away.'], 'ops', [
          ['sum by (code) (rate(scanhook_redis_failures_total[$__rate_interval]))', '{{code}}'],
          ['sum(rate(scanhook_redis_skipped_total[$__rate_interval]))', 'skipped'],
        ]),
      ],
    },
    {
      title: 'Schemas and announcements',
      panels: [
        rates(
          ['Records that could not be decoded', 'Of our own topics. Any is a defect.'],
          'ops',
          'scanhook_schema_decode_failures_total',
          ['record'],
        ),
        rates(
          ['Waiting for the registry', 'Seconds per second that records wait for a schema.'],
          'ops',
          'scanhook_schema_registry_waits_total',
          ['record'],
        ),
        lines(
          ['Announcements of endpoints', 'Taken in, and refused, by the service that knows them.'],
          'ops',
          [
            [
              'sum by (service) (rate(scanhook_endpoint_announcements_applied_total[$__rate_interval]))',
              'applied {{service}}',
            ],
            [
              'sum by (service) (rate(scanhook_endpoint_announcements_refused_total[$__rate_interval]))',
              'refused {{service}}',
            ],
          ],
        ),
      ],
    },
  ],
}
