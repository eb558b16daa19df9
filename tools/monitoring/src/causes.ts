/**
 * Alerts on causes: what is wrong inside before, or while, an objective is missed. A cause that mends itself is given time
 * to; one that loses something, or that stands still, wakes somebody.
 */
import type { Alert, RuleGroup } from './alert.ts'

const minutes = (value: number, count = 60): string => `${value}x${count}`

const pipeline: readonly Alert[] = [
  {
    name: 'ScanhookDeliveryLost',
    severity: 'page',
    expr: 'sum by (finding) (increase(scanhook_reconciler_found_total[15m])) > 0',
    for: '0m',
    summary: 'A delivery was {{ $labels.finding }} and had to be put back',
    description:
      'The reconciler found an event that should have become a delivery and had not, or a delivery that nobody was going to attempt. It was put back on its way; that it was off its way is a defect. The objective is that this never happens.',
    dashboard: 'scanhook-overview',
    firing: { series: { 'scanhook_reconciler_found_total{finding="missing"}': '0x10 2x10' }, atMinutes: 12 },
    silent: { series: { 'scanhook_reconciler_found_total{finding="missing"}': minutes(2) }, atMinutes: 30 },
  },
  {
    name: 'ScanhookConsumerLag',
    severity: 'page',
    expr: [
      'max by (group) (scanhook_kafka_consumer_lag_seconds{group!~".*retry"}) > 60',
      'and max by (group) (deriv(scanhook_kafka_consumer_lag_seconds{group!~".*retry"}[10m])) > 0',
    ].join('\n'),
    for: '5m',
    summary: '{{ $labels.group }} is {{ $value | humanizeDuration }} behind and falls further back',
    description:
      'The oldest record that the group has not worked off is older than a minute, and gets older. More comes in than goes out. Nothing is lost; everything behind this group is late by as much.',
    dashboard: 'scanhook-pipeline',
    firing: {
      series: {
        'scanhook_kafka_consumer_lag_seconds{group="scanhook.router",topic="scanhook.events"}': '0+10x60',
      },
      atMinutes: 30,
    },
    // A backlog that is being worked off.
    silent: {
      series: {
        'scanhook_kafka_consumer_lag_seconds{group="scanhook.router",topic="scanhook.events"}': '900-10x60',
      },
      atMinutes: 30,
    },
  },
  {
    name: 'ScanhookConsumerStalled',
    severity: 'page',
    expr: [
      'min_over_time(sum by (group) (scanhook_kafka_consumer_lag_records{group!~".*retry"})[5m:1m]) > 0',
      'and sum by (group) (rate(scanhook_kafka_consumed_records_total{group!~".*retry"}[5m])) == 0',
    ].join('\n'),
    for: '5m',
    summary: '{{ $labels.group }} takes nothing although records wait',
    description:
      'Records have waited for this group for minutes and not one was handed out. A handler hangs, a partition was poisoned in a way that nobody foresaw, or the group is between two assignments.',
    dashboard: 'scanhook-pipeline',
    firing: {
      series: {
        'scanhook_kafka_consumer_lag_records{group="scanhook.router",topic="scanhook.events"}': minutes(7),
        'scanhook_kafka_consumed_records_total{group="scanhook.router",topic="scanhook.events"}':
          minutes(100),
      },
      atMinutes: 20,
    },
    silent: {
      series: {
        'scanhook_kafka_consumer_lag_records{group="scanhook.router",topic="scanhook.events"}': minutes(7),
        'scanhook_kafka_consumed_records_total{group="scanhook.router",topic="scanhook.events"}': '0+10x60',
      },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookConsumerWithoutMembers',
    severity: 'page',
    expr: 'sum by (group) (scanhook_assigned_partitions) == 0',
    for: '5m',
    summary: 'No process has a partition of {{ $labels.group }}',
    description:
      'The processes of the group run, but none of them has a partition: they do not get into the group, or its topic has none. Records wait.',
    dashboard: 'scanhook-pipeline',
    firing: {
      series: {
        'scanhook_assigned_partitions{group="scanhook.router",instance="a"}': minutes(0),
        'scanhook_assigned_partitions{group="scanhook.router",instance="b"}': minutes(0),
      },
      atMinutes: 10,
    },
    // More processes than partitions: one has none, which is no trouble.
    silent: {
      series: {
        'scanhook_assigned_partitions{group="scanhook.router",instance="a"}': minutes(12),
        'scanhook_assigned_partitions{group="scanhook.router",instance="b"}': minutes(0),
      },
      atMinutes: 10,
    },
  },
  {
    name: 'ScanhookRebalanceStorm',
    severity: 'ticket',
    expr: [
      'sum by (group) (increase(scanhook_rebalances_total[15m]))',
      '/ count by (group) (scanhook_assigned_partitions) > 3',
    ].join('\n'),
    for: '5m',
    summary: '{{ $labels.group }} was assigned anew {{ $value | humanize }} times within 15 minutes',
    description:
      'A rolling update gives each process one rebalance for each other one. More than three within a quarter of an hour are a process that misses its session or restarts again and again; nothing is worked off meanwhile.',
    dashboard: 'scanhook-pipeline',
    firing: {
      series: {
        'scanhook_rebalances_total{group="scanhook.router"}': '0+1x60',
        'scanhook_assigned_partitions{group="scanhook.router"}': minutes(12),
      },
      atMinutes: 30,
    },
    silent: {
      series: {
        'scanhook_rebalances_total{group="scanhook.router"}': '0x10 2x50',
        'scanhook_assigned_partitions{group="scanhook.router"}': minutes(12),
      },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookCommitsRefused',
    severity: 'ticket',
    expr: 'sum by (group) (rate(scanhook_kafka_commit_failures_total[10m])) > 0.1',
    for: '15m',
    summary: 'Commits of {{ $labels.group }} keep failing',
    description:
      'The coordinator refuses or does not answer what the group has worked off. Work goes on; the next restart repeats all of it.',
    dashboard: 'scanhook-pipeline',
    firing: {
      series: { 'scanhook_kafka_commit_failures_total{group="scanhook.router"}': '0+12x60' },
      atMinutes: 40,
    },
    silent: {
      series: { 'scanhook_kafka_commit_failures_total{group="scanhook.router"}': '0x20 3x40' },
      atMinutes: 40,
    },
  },
  {
    name: 'ScanhookRetryOverdue',
    severity: 'page',
    expr: 'max by (tier) (scanhook_retry_head_overdue_seconds) > 60',
    for: '5m',
    summary: 'Deliveries in the tier {{ $labels.tier }} are {{ $value | humanizeDuration }} overdue',
    description:
      'What waits in a retry tier could have gone on and did not. A full tier is receivers that fail; an overdue head is a retry service that is too slow or stands still.',
    dashboard: 'scanhook-pipeline',
    firing: { series: { 'scanhook_retry_head_overdue_seconds{tier="1m"}': '0+20x60' }, atMinutes: 20 },
    silent: {
      series: {
        'scanhook_retry_head_overdue_seconds{tier="1m"}': minutes(0.4),
        'scanhook_retry_pending{tier="1m"}': '0+5000x60',
      },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookPoisonRising',
    severity: 'ticket',
    expr: [
      'sum by (reason) (increase(scanhook_records_poisoned_total[30m])) > 20',
      'or sum(increase(scanhook_batches_undecodable_total[30m])) > 0',
    ].join('\n'),
    for: '10m',
    summary:
      '{{ $value | humanize }} upstream records were set aside within 30 minutes ({{ $labels.reason }})',
    description:
      'An upstream system writes what can not be read. The records lie on `poison` with their coordinates and the reason; nothing else is held up.',
    dashboard: 'scanhook-tracker',
    firing: { series: { 'scanhook_records_poisoned_total{reason="bad_magic"}': '0+2x60' }, atMinutes: 50 },
    silent: { series: { 'scanhook_records_poisoned_total{reason="bad_magic"}': '0x20 3x40' }, atMinutes: 50 },
  },
  {
    name: 'ScanhookOwnRecordsUnreadable',
    severity: 'page',
    expr: [
      'sum(increase(scanhook_schema_decode_failures_total[15m])) > 0',
      'or sum(increase(scanhook_scans_poisoned_total[15m])) > 0',
      'or sum(increase(scanhook_recorder_poisoned_total[15m])) > 0',
      'or sum(increase(scanhook_notifier_poisoned_total[15m])) > 0',
      'or sum(increase(scanhook_endpoint_announcements_refused_total[15m])) > 0',
    ].join('\n'),
    for: '0m',
    summary: '{{ $value | humanize }} records of our own topics could not be read',
    description:
      'We write these topics ourselves, so a record that can not be read is a defect, an upgrade in the wrong order, or somebody else who writes there. It is on `poison`: one delivery, attempt or event is missing until it is replayed.',
    dashboard: 'scanhook-dependencies',
    firing: {
      series: { 'scanhook_schema_decode_failures_total{record="deliveries"}': '0x10 1x20' },
      atMinutes: 12,
    },
    silent: {
      series: {
        'scanhook_schema_decode_failures_total{record="deliveries"}': minutes(1),
        scanhook_scans_poisoned_total: minutes(0),
      },
      atMinutes: 30,
    },
  },
  {
    name: 'ScanhookTrackerClockBehind',
    severity: 'page',
    expr: 'max(scanhook_tracker_clock_lag_seconds) > 30',
    for: '5m',
    summary: 'A partition of the tracker is {{ $value | humanizeDuration }} behind',
    description:
      'Time on the slowest partition stands, or runs behind: departures and dwells of its assets are late, their arrivals may be.',
    dashboard: 'scanhook-tracker',
    firing: { series: { scanhook_tracker_clock_lag_seconds: '0+30x60' }, atMinutes: 20 },
    silent: { series: { scanhook_tracker_clock_lag_seconds: minutes(2) }, atMinutes: 20 },
  },
  {
    name: 'ScanhookReadersSilent',
    severity: 'ticket',
    expr: [
      'sum(scanhook_readers_remembered) < 0.5 * sum(max_over_time(scanhook_readers_remembered[3h]))',
      'and sum(max_over_time(scanhook_readers_remembered[3h])) > 10',
    ].join('\n'),
    for: '10m',
    summary: 'Only {{ $value | humanize }} readers were heard within the last hour',
    description:
      'Fewer than half of the readers that were heard within the last three hours are still heard. Their assets are not reported as gone; they are not reported at all.',
    dashboard: 'scanhook-tracker',
    firing: { series: { scanhook_readers_remembered: '100x60 20x60' }, atMinutes: 90 },
    silent: { series: { scanhook_readers_remembered: '100x60 80x60' }, atMinutes: 90 },
  },
]

const delivery: readonly Alert[] = [
  {
    name: 'ScanhookEndpointsFailingTogether',
    severity: 'page',
    expr: [
      'sum(scanhook_endpoints_recent{last!="delivered"}) / sum(scanhook_endpoints_recent) > 0.2',
      'and sum(scanhook_endpoints_recent) >= 10',
    ].join('\n'),
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of the endpoints in use fail at the same time',
    description:
      'Receivers fail one by one. When more than a fifth of those that were asked within ten minutes fail at once, the cause is most likely on our side of the network: DNS, the way out, a certificate store, a proxy.',
    dashboard: 'scanhook-delivery',
    firing: {
      series: {
        'scanhook_endpoints_recent{last="delivered",instance="a"}': minutes(30),
        'scanhook_endpoints_recent{last="unreachable",instance="a"}': minutes(20),
      },
      atMinutes: 10,
    },
    // Half of four: the night of a small installation.
    silent: {
      series: {
        'scanhook_endpoints_recent{last="delivered",instance="a"}': minutes(2),
        'scanhook_endpoints_recent{last="unreachable",instance="a"}': minutes(2),
      },
      atMinutes: 10,
    },
  },
  {
    name: 'ScanhookDeliveriesDying',
    severity: 'ticket',
    expr: [
      'sum(rate(scanhook_deliveries_total{result="dead"}[1h]))',
      '/ sum(rate(scanhook_deliveries_total{result=~"dead|delivered"}[1h])) > 0.05',
      'and sum(increase(scanhook_deliveries_total{result="dead"}[1h])) > 50',
    ].join('\n'),
    for: '15m',
    summary: '{{ $value | humanizePercentage }} of the deliveries that ended within the hour are dead',
    description:
      'Deliveries used up their attempts or were refused for good. They stay in the log and can be sent again; their receivers miss them until then.',
    dashboard: 'scanhook-delivery',
    firing: {
      series: {
        'scanhook_deliveries_total{result="delivered"}': '0+90x120',
        'scanhook_deliveries_total{result="dead"}': '0+10x120',
      },
      atMinutes: 100,
    },
    silent: {
      series: {
        'scanhook_deliveries_total{result="delivered"}': '0+990x120',
        'scanhook_deliveries_total{result="dead"}': '0+10x120',
      },
      atMinutes: 100,
    },
  },
  {
    name: 'ScanhookDispatcherFull',
    severity: 'ticket',
    expr: 'sum(scanhook_inflight_requests) / sum(scanhook_inflight_limit) > 0.9',
    for: '10m',
    summary: 'Dispatchers have {{ $value | humanizePercentage }} of their requests under way',
    description:
      'Nearly all requests that may be under way are. What comes in waits; either receivers have become slow together, or there are too few dispatchers.',
    dashboard: 'scanhook-delivery',
    firing: {
      series: { scanhook_inflight_requests: minutes(1000), scanhook_inflight_limit: minutes(1024) },
      atMinutes: 20,
    },
    silent: {
      series: { scanhook_inflight_requests: minutes(300), scanhook_inflight_limit: minutes(1024) },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookSecretsUnreadable',
    severity: 'page',
    // A process finds most of them at its start, before the first scrape: nothing increases then.
    expr: [
      'sum(increase(scanhook_unreadable_secrets_total{signs="no"}[15m])) > 0',
      'or sum(scanhook_unreadable_secrets_total{signs="no"} and on (job, instance) (time() - process_start_time_seconds < 1800)) > 0',
    ].join('\n'),
    for: '0m',
    summary: 'Endpoints have secrets that no key opens: nothing can be signed for them',
    description:
      'A key is missing in `SECRET_KEYS`, most likely after a rotation. Attempts to these endpoints end as `internal` and are tried again; they count against the platform objective.',
    dashboard: 'scanhook-delivery',
    firing: { series: { 'scanhook_unreadable_secrets_total{signs="no"}': '0x10 3x20' }, atMinutes: 12 },
    silent: {
      series: {
        'scanhook_unreadable_secrets_total{signs="no"}': minutes(0),
        'scanhook_unreadable_secrets_total{signs="yes"}': '0x10 3x20',
      },
      atMinutes: 12,
    },
  },
  {
    name: 'ScanhookNoticesStuck',
    severity: 'ticket',
    expr: 'sum by (channel) (scanhook_notices_waiting) > 0',
    for: '1h',
    summary: '{{ $value | humanize }} notices wait to go out by {{ $labels.channel }}',
    description:
      'People were not told that their endpoint fails. By mail: the mail server is away or refuses. As an event: Kafka was.',
    dashboard: 'scanhook-delivery',
    firing: { series: { 'scanhook_notices_waiting{channel="mail"}': minutes(4, 120) }, atMinutes: 90 },
    silent: { series: { 'scanhook_notices_waiting{channel="mail"}': '4x10 0x110' }, atMinutes: 90 },
  },
]

const dependencies: readonly Alert[] = [
  {
    name: 'ScanhookRedisAway',
    severity: 'ticket',
    expr: 'sum by (job) (scanhook_redis_connections{state="away"}) > 0',
    for: '5m',
    summary: '{{ $labels.job }} does not reach Redis',
    description:
      'Reads are not checked for duplicates, and a restart of a dispatcher repeats more. Nothing waits and nothing is lost.',
    dashboard: 'scanhook-dependencies',
    firing: {
      series: { 'scanhook_redis_connections{job="scanhook-producer",state="away"}': minutes(1) },
      atMinutes: 10,
    },
    silent: {
      series: {
        'scanhook_redis_connections{job="scanhook-producer",state="away"}': minutes(0),
        'scanhook_redis_connections{job="scanhook-producer",state="usable"}': minutes(2),
      },
      atMinutes: 10,
    },
  },
  {
    name: 'ScanhookRedisRefuses',
    severity: 'ticket',
    expr: 'sum(increase(scanhook_redis_failures_total{code="REDIS_REFUSED"}[10m])) > 0',
    for: '5m',
    summary: 'Redis refuses what it is told',
    description:
      'It is full (it must not evict, so it refuses), read-only, or the password is wrong. Marks are not written: duplicates pass.',
    dashboard: 'scanhook-dependencies',
    firing: { series: { 'scanhook_redis_failures_total{code="REDIS_REFUSED"}': '0+5x60' }, atMinutes: 20 },
    silent: {
      series: {
        'scanhook_redis_failures_total{code="REDIS_REFUSED"}': minutes(0),
        'scanhook_redis_failures_total{code="REDIS_TIMEOUT"}': '0+1x60',
      },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookDuplicatesUnchecked',
    severity: 'ticket',
    expr: [
      'sum(rate(scanhook_claims_total{answer="unchecked"}[15m])) / sum(rate(scanhook_claims_total[15m])) > 0.01',
      'or sum(rate(scanhook_claims_confirmed_total{outcome="not_marked"}[15m])) / sum(rate(scanhook_claims_confirmed_total[15m])) > 0.01',
    ].join('\n'),
    for: '10m',
    summary: '{{ $value | humanizePercentage }} of the reads are not checked for duplicates',
    description: 'Redis did not answer in time. Copies of reads pass; receivers may be told twice.',
    dashboard: 'scanhook-tracker',
    firing: {
      series: {
        'scanhook_claims_total{answer="won"}': '0+90x60',
        'scanhook_claims_total{answer="unchecked"}': '0+10x60',
      },
      atMinutes: 40,
    },
    silent: {
      series: {
        'scanhook_claims_total{answer="won"}': '0+9990x60',
        'scanhook_claims_total{answer="unchecked"}': '0+10x60',
        'scanhook_claims_confirmed_total{outcome="not_marked"}': minutes(0),
        'scanhook_claims_confirmed_total{outcome="marked"}': '0+9990x60',
      },
      atMinutes: 40,
    },
  },
  {
    name: 'ScanhookPostgresFailing',
    severity: 'page',
    expr: 'sum by (job) (rate(scanhook_postgres_failures_total{code=~"POSTGRES_UNAVAILABLE|POSTGRES_TIMEOUT|POSTGRES_FAILED"}[5m])) > 0.1',
    for: '5m',
    summary: 'Statements of {{ $labels.job }} fail in PostgreSQL',
    description:
      'PostgreSQL is away, too slow, or broken. Known endpoints are still served and known tags still read; people get errors from the API, and the log falls behind.',
    dashboard: 'scanhook-dependencies',
    firing: {
      series: {
        'scanhook_postgres_failures_total{job="scanhook-api",code="POSTGRES_UNAVAILABLE"}': '0+20x60',
      },
      atMinutes: 15,
    },
    // Answers to people: a name that is taken.
    silent: {
      series: {
        'scanhook_postgres_failures_total{job="scanhook-api",code="POSTGRES_UNAVAILABLE"}': minutes(0),
        'scanhook_postgres_failures_total{job="scanhook-api",code="POSTGRES_CONFLICT"}': '0+20x60',
      },
      atMinutes: 15,
    },
  },
  {
    name: 'ScanhookPostgresPoolSaturated',
    severity: 'ticket',
    expr: [
      'sum by (job, instance) (scanhook_postgres_connections{state="busy"})',
      '/ sum by (job, instance) (scanhook_postgres_connections_max) > 0.9',
      'and sum by (job, instance) (scanhook_postgres_waiting) > 0',
    ].join('\n'),
    for: '10m',
    summary: 'All connections of {{ $labels.job }} to PostgreSQL are busy, and work waits for one',
    description:
      'Queries have become slow, or the pool is too small for the load. Answers get slower by the wait.',
    dashboard: 'scanhook-dependencies',
    firing: {
      series: {
        'scanhook_postgres_connections{job="scanhook-api",instance="a",state="busy"}': minutes(8),
        'scanhook_postgres_connections_max{job="scanhook-api",instance="a"}': minutes(8),
        'scanhook_postgres_waiting{job="scanhook-api",instance="a"}': minutes(5),
      },
      atMinutes: 20,
    },
    silent: {
      series: {
        'scanhook_postgres_connections{job="scanhook-api",instance="a",state="busy"}': minutes(8),
        'scanhook_postgres_connections_max{job="scanhook-api",instance="a"}': minutes(8),
        'scanhook_postgres_waiting{job="scanhook-api",instance="a"}': minutes(0),
      },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookRegistryAway',
    severity: 'page',
    expr: 'sum by (record) (rate(scanhook_schema_registry_waits_total[5m])) > 0',
    for: '5m',
    summary: 'Records ({{ $labels.record }}) wait for the schema registry',
    description:
      'A record names a schema that this process has not seen, and the registry does not answer. Its partition stands still until it does.',
    dashboard: 'scanhook-dependencies',
    firing: { series: { 'scanhook_schema_registry_waits_total{record="scans"}': '0+60x60' }, atMinutes: 15 },
    silent: {
      series: { 'scanhook_schema_registry_waits_total{record="scans"}': minutes(12) },
      atMinutes: 15,
    },
  },
  {
    name: 'ScanhookKafkaSlow',
    severity: 'page',
    expr: [
      'histogram_quantile(0.99, sum by (job, le) (rate(scanhook_kafka_produce_duration_seconds_bucket[5m]))) > 1',
      'or sum by (job) (rate(scanhook_kafka_produce_retries_total[5m])) > 1',
    ].join('\n'),
    for: '10m',
    summary: 'Kafka acknowledges {{ $labels.job }} slowly, or not at the first try',
    description:
      'Records are written to all in-sync replicas before anything counts as done, so every service is as slow as this.',
    dashboard: 'scanhook-dependencies',
    firing: {
      series: { 'scanhook_kafka_produce_retries_total{job="scanhook-producer"}': '0+120x60' },
      atMinutes: 25,
    },
    silent: {
      series: {
        'scanhook_kafka_produce_retries_total{job="scanhook-producer"}': '0x10 5x50',
        'scanhook_kafka_produce_duration_seconds_bucket{job="scanhook-producer",le="0.1"}': '0+100x60',
        'scanhook_kafka_produce_duration_seconds_bucket{job="scanhook-producer",le="+Inf"}': '0+100x60',
      },
      atMinutes: 25,
    },
  },
  {
    name: 'ScanhookLogDiskFilling',
    severity: 'page',
    expr: [
      'kubelet_volume_stats_available_bytes{persistentvolumeclaim=~".*(postgres|kafka).*"}',
      '/ kubelet_volume_stats_capacity_bytes{persistentvolumeclaim=~".*(postgres|kafka).*"} < 0.25',
      'and predict_linear(kubelet_volume_stats_available_bytes{persistentvolumeclaim=~".*(postgres|kafka).*"}[6h], 86400) < 0',
    ].join('\n'),
    for: '30m',
    summary: 'The disk {{ $labels.persistentvolumeclaim }} will be full within a day',
    description:
      'Less than a quarter is free and it goes faster than a day. A full disk stops Kafka, and with it everything; a full PostgreSQL stops the log and the API.',
    dashboard: 'scanhook-dependencies',
    firing: {
      series: {
        'kubelet_volume_stats_available_bytes{persistentvolumeclaim="data-postgres-0"}': '24000-50x200',
        'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data-postgres-0"}': '100000x200',
      },
      atMinutes: 120,
    },
    silent: {
      series: {
        'kubelet_volume_stats_available_bytes{persistentvolumeclaim="data-postgres-0"}': '90000-50x200',
        'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data-postgres-0"}': '100000x200',
      },
      atMinutes: 120,
    },
  },
  {
    name: 'ScanhookRetentionStuck',
    severity: 'ticket',
    expr: [
      'sum(increase(scanhook_recorder_retention_failures_total[6h])) > 10',
      'or sum by (table) (increase(scanhook_recorder_expired_partitions_total{outcome=~"locked|waits"}[6h])) > 10',
    ].join('\n'),
    for: '1h',
    summary: 'Old history does not go',
    description:
      'Days of the log that are older than they are kept could not be dropped for hours. The disk fills by as much as comes in.',
    dashboard: 'scanhook-dependencies',
    firing: { series: { scanhook_recorder_retention_failures_total: '0+1x300' }, atMinutes: 240 },
    silent: {
      series: {
        scanhook_recorder_retention_failures_total: '0x100 3x200',
        'scanhook_recorder_expired_partitions_total{table="attempts",outcome="locked"}': '0x100 2x200',
      },
      atMinutes: 240,
    },
  },
]

const platform: readonly Alert[] = [
  {
    name: 'ScanhookTargetDown',
    severity: 'page',
    expr: 'up{job=~"scanhook-.*"} == 0',
    for: '5m',
    summary: '{{ $labels.instance }} of {{ $labels.job }} does not answer',
    description:
      'Prometheus got no metrics for five minutes: the process is down, hangs, or the way to it is closed.',
    dashboard: 'scanhook-runtime',
    firing: { series: { 'up{job="scanhook-router",instance="a"}': '1x5 0x30' }, atMinutes: 15 },
    silent: {
      series: {
        'up{job="scanhook-router",instance="a"}': '1x5 0x2 1x30',
        'up{job="other",instance="b"}': minutes(0),
      },
      atMinutes: 15,
    },
  },
  {
    name: 'ScanhookAbsent',
    severity: 'page',
    expr: 'absent(scanhook_build_info)',
    for: '5m',
    summary: 'No process of Scanhook is seen at all',
    description: 'Either nothing runs, or Prometheus does not find it. All other alerts are blind.',
    dashboard: 'scanhook-runtime',
    firing: { series: { 'up{job="other"}': minutes(1) }, atMinutes: 10 },
    silent: { series: { 'scanhook_build_info{version="0.1.0",node="v24"}': minutes(1) }, atMinutes: 10 },
  },
  {
    name: 'ScanhookRestarting',
    severity: 'ticket',
    expr: 'sum by (job) (changes(process_start_time_seconds{job=~"scanhook-.*"}[1h])) > 3',
    for: '0m',
    summary: '{{ $labels.job }} restarted {{ $value | humanize }} times within an hour',
    description:
      'Each restart is a rebalance and some seconds in which its partitions stand. A process ends itself when something happened that it can not mend; its last line of log says what (`service.failed`).',
    dashboard: 'scanhook-runtime',
    firing: {
      series: { 'process_start_time_seconds{job="scanhook-router",instance="a"}': '100+60x60' },
      atMinutes: 30,
    },
    silent: {
      series: { 'process_start_time_seconds{job="scanhook-router",instance="a"}': '100x20 200x40' },
      atMinutes: 30,
    },
  },
  {
    name: 'ScanhookEventLoopSlow',
    severity: 'ticket',
    expr: 'max by (job, instance) (nodejs_eventloop_lag_p99_seconds{job=~"scanhook-.*"}) > 0.2',
    for: '10m',
    summary: 'The event loop of {{ $labels.job }} is held up for {{ $value | humanizeDuration }}',
    description:
      'One in a hundred turns waits longer than 200 ms. The process has too little CPU (throttled by its limit, most often) or does something long at once. Heartbeats suffer next, then partitions move.',
    dashboard: 'scanhook-runtime',
    firing: {
      series: { 'nodejs_eventloop_lag_p99_seconds{job="scanhook-router",instance="a"}': minutes(0.5) },
      atMinutes: 20,
    },
    silent: {
      series: { 'nodejs_eventloop_lag_p99_seconds{job="scanhook-router",instance="a"}': minutes(0.02) },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookClockSkew',
    severity: 'ticket',
    expr: 'max by (job, instance) (abs(scanhook_clock_offset_seconds)) > 1',
    for: '10m',
    summary:
      'The clock of {{ $labels.instance }} differs from the brokers’ by {{ $value | humanizeDuration }}',
    description:
      'Waits follow the brokers’ clock and are not affected; timestamps in logs and latencies that are measured over two machines are wrong by as much.',
    dashboard: 'scanhook-runtime',
    firing: {
      series: { 'scanhook_clock_offset_seconds{job="scanhook-retry",instance="a"}': minutes(-3) },
      atMinutes: 20,
    },
    silent: {
      series: { 'scanhook_clock_offset_seconds{job="scanhook-retry",instance="a"}': minutes(0.05) },
      atMinutes: 20,
    },
  },
  {
    name: 'ScanhookApiErrors',
    severity: 'page',
    expr: [
      'sum by (job) (rate(scanhook_http_request_duration_seconds_count{status="5xx"}[5m]))',
      '/ sum by (job) (rate(scanhook_http_request_duration_seconds_count[5m])) > 0.02',
      'and sum by (job) (increase(scanhook_http_request_duration_seconds_count{status="5xx"}[5m])) > 5',
    ].join('\n'),
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} end in an error of ours',
    description: 'People and upstream systems get 5xx. A 5xx is never the caller’s fault.',
    dashboard: 'scanhook-overview',
    firing: {
      series: {
        'scanhook_http_request_duration_seconds_count{job="scanhook-api",status="2xx"}': '0+90x60',
        'scanhook_http_request_duration_seconds_count{job="scanhook-api",status="5xx"}': '0+10x60',
      },
      atMinutes: 15,
    },
    silent: {
      series: {
        'scanhook_http_request_duration_seconds_count{job="scanhook-api",status="2xx"}': '0+90x60',
        'scanhook_http_request_duration_seconds_count{job="scanhook-api",status="4xx"}': '0+50x60',
        'scanhook_http_request_duration_seconds_count{job="scanhook-api",status="5xx"}': '0x10 2x50',
      },
      atMinutes: 15,
    },
  },
  {
    name: 'ScanhookOutboxStands',
    severity: 'page',
    expr: 'sum(scanhook_outbox_leading) == 0',
    for: '5m',
    summary: 'Nobody carries changes of master data to the data plane',
    description:
      'No process of the API leads the outbox. What people change is stored and not announced: new endpoints get nothing, deleted ones still do.',
    dashboard: 'scanhook-overview',
    firing: { series: { 'scanhook_outbox_leading{instance="a"}': minutes(0) }, atMinutes: 10 },
    silent: {
      series: {
        'scanhook_outbox_leading{instance="a"}': minutes(0),
        'scanhook_outbox_leading{instance="b"}': minutes(1),
      },
      atMinutes: 10,
    },
  },
  {
    name: 'ScanhookReconcilerIdle',
    severity: 'ticket',
    expr: [
      'sum(scanhook_reconciler_leading) == 0',
      'or time() - max(scanhook_reconciler_checked_through_seconds > 0) > 7200',
    ].join('\n'),
    for: '15m',
    summary: 'Nobody holds the log against what should be in it',
    description:
      'Rounds of the reconciler do not get through. Deliveries go on; a loss would not be noticed, and heartbeats and manifests to receivers may stop with it.',
    dashboard: 'scanhook-overview',
    firing: { series: { scanhook_reconciler_leading: minutes(0) }, atMinutes: 30 },
    silent: {
      series: {
        scanhook_reconciler_leading: minutes(1),
        scanhook_reconciler_checked_through_seconds: '1+60x60',
      },
      atMinutes: 30,
    },
  },
  {
    name: 'ScanhookWatchdog',
    severity: 'none',
    expr: 'vector(1)',
    for: '0m',
    summary: 'Alerting works',
    description:
      'Always firing. Send it to something outside that tells you when it stops: then Prometheus, Alertmanager or the way between them is down.',
    dashboard: 'scanhook-overview',
    firing: { series: { 'up{job="x"}': minutes(1) }, atMinutes: 1 },
    // The one that has no silent case: it asks for another alert that must not come of nothing.
    silent: { series: {}, atMinutes: 1 },
  },
]

export const causeGroups: readonly RuleGroup[] = [
  { name: 'scanhook-pipeline', interval: '30s', recordings: [], alerts: pipeline },
  { name: 'scanhook-delivery', interval: '30s', recordings: [], alerts: delivery },
  { name: 'scanhook-dependencies', interval: '30s', recordings: [], alerts: dependencies },
  { name: 'scanhook-platform', interval: '30s', recordings: [], alerts: platform },
]
