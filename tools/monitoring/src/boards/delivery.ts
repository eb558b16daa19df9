import { type BoardSpec, figure, lines, rates, stacked } from '../board.ts'

export const delivery: BoardSpec = {
  uid: 'scanhook-delivery',
  title: 'Scanhook / Delivery',
  description:
    'Requests to receivers: what came of them, whose fault it is, and what waits. Figures of one endpoint come from the API.',
  rows: [
    {
      title: 'Theirs or ours',
      panels: [
        figure(
          ['Failed, theirs', 'Attempts per second that the receiver or its network failed.'],
          'reqps',
          'sum(rate(scanhook_attempts_total{outcome!~"2xx|internal"}[$__rate_interval]))',
        ),
        figure(
          ['Failed, ours', 'Attempts per second that failed for a reason of ours.'],
          'reqps',
          'sum(rate(scanhook_attempts_total{outcome="internal"}[$__rate_interval]))',
        ),
        figure(
          ['Breakers open', 'Endpoints that are not asked for a while.'],
          'short',
          'sum(scanhook_breakers{state="open"})',
        ),
        figure(
          ['Endpoints known', 'To the dispatchers; the router agrees within a second.'],
          'short',
          'max(scanhook_endpoints_known{service="dispatcher"})',
        ),
        figure(
          ['Under way', 'Of the requests that may be under way. Near 100 % for minutes: add a dispatcher.'],
          'percentunit',
          'sum(scanhook_inflight_requests) / sum(scanhook_inflight_limit)',
        ),
        figure(
          ['Secrets that no key opens', 'Since the processes started. Any: a key is missing in SECRET_KEYS.'],
          'short',
          'sum(increase(scanhook_unreadable_secrets_total[$__range]))',
        ),
        stacked(
          ['Attempts by outcome', 'HTTP classes and reasons why there was no usable answer.'],
          'reqps',
          [['sum by (outcome) (rate(scanhook_attempts_total[$__rate_interval]))', '{{outcome}}']],
        ),
        stacked(
          [
            'Endpoints by their last answer',
            'Asked within ten minutes. Many that fail at once have one cause, and it is rarely theirs.',
          ],
          'short',
          [['sum by (last) (scanhook_endpoints_recent)', '{{last}}']],
        ),
        {
          ...lines(
            [
              'Time of an attempt',
              '95 % of attempts are quicker, by class of the outcome. The receivers’ time.',
            ],
            's',
            [
              [
                'histogram_quantile(0.95, sum by (outcome, le) (rate(scanhook_attempt_duration_seconds_bucket[$__rate_interval])))',
                '{{outcome}}',
              ],
            ],
          ),
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (outcome, le) (rate(scanhook_attempt_duration_seconds_bucket[$__rate_interval])))',
              legend: '{{outcome}}',
              exemplars: true,
            },
          ],
        },
        rates(['Attempts by phase', 'First ones, retries, tests.'], 'reqps', 'scanhook_attempts_total', [
          'phase',
        ]),
        lines(['Breakers', 'Endpoints whose breaker is not closed.'], 'short', [
          ['sum by (state) (scanhook_breakers)', '{{state}}'],
        ]),
        rates(
          ['Breakers change', 'Opened and closed in turn: an endpoint that recovers for moments only.'],
          'ops',
          'scanhook_breaker_transitions_total',
          ['to'],
        ),
      ],
    },
    {
      title: 'What waits',
      panels: [
        lines(
          [
            'In memory of dispatchers',
            'For their endpoint’s turn, for the last seconds until due, and not durable yet.',
          ],
          'short',
          [
            ['sum(scanhook_dispatcher_waiting)', 'for their turn'],
            ['sum(scanhook_dispatcher_not_due)', 'until due'],
            ['sum(scanhook_dispatcher_unsettled)', 'unsettled'],
            ['sum(scanhook_inflight_requests)', 'under way'],
          ],
        ),
        lines(['What they weigh', '64 MiB a process at most.'], 'bytes', [
          ['max(scanhook_dispatcher_memory_bytes)', 'largest process'],
        ]),
        lines(
          [
            'Order and marks',
            'Deliveries whose order could not be remembered, and marks that Redis did not take.',
          ],
          'ops',
          [
            ['sum(rate(scanhook_order_overflow_total[$__rate_interval]))', 'order not remembered'],
            ['sum(rate(scanhook_completed_marks_lost_total[$__rate_interval]))', 'marks lost'],
          ],
        ),
      ],
    },
    {
      title: 'Endpoints and people',
      panels: [
        rates(
          [
            'Endpoints change',
            'Began to fail, recovered, were disabled. Many at once: our side of the network.',
          ],
          'ops',
          'scanhook_endpoint_changes_total',
          ['kind'],
        ),
        lines(['Told about it', 'Operational events, and mails by what became of them.'], 'ops', [
          [
            'sum by (event_type) (rate(scanhook_operational_events_total[$__rate_interval]))',
            '{{event_type}}',
          ],
          ['sum by (result) (rate(scanhook_notices_total[$__rate_interval]))', 'mail {{result}}'],
        ]),
        lines(['Notices that wait', 'Mails that stay: the mail server is away, or there is none.'], 'short', [
          ['sum by (channel) (scanhook_notices_waiting)', '{{channel}}'],
        ]),
        lines(['Heartbeats and manifests', 'By which receivers tell quiet from broken.'], 'ops', [
          ['sum(rate(scanhook_heartbeats_sent_total[$__rate_interval]))', 'heartbeats'],
          ['sum(rate(scanhook_manifests_sent_total[$__rate_interval]))', 'manifests'],
          [
            'sum by (signal) (rate(scanhook_signals_postponed_total[$__rate_interval]))',
            'postponed {{signal}}',
          ],
        ]),
        lines(
          ['Jobs', 'Deliveries that people asked for again: how many jobs run, and their pace.'],
          'short',
          [
            ['sum by (kind) (scanhook_jobs_running)', 'running {{kind}}'],
            ['sum by (kind) (rate(scanhook_jobs_enqueued_total[$__rate_interval]))', 'per second {{kind}}'],
          ],
        ),
        lines(
          ['Relay', 'Command lines that listen to webhooks over the relay, and what it passed on.'],
          'short',
          [
            ['sum(scanhook_relay_connected)', 'connected'],
            ['sum(rate(scanhook_relay_requests_total[$__rate_interval]))', 'requests per second'],
          ],
        ),
        rates(
          ['Events that nobody wants', 'No subscription covers them. Not a fault.'],
          'ops',
          'scanhook_events_unmatched_total',
          ['event_type'],
        ),
      ],
    },
  ],
}
