import { type BoardSpec, figure, lines, quantiles, rates, stacked } from '../board.ts'

export const overview: BoardSpec = {
  uid: 'scanhook-overview',
  title: 'Scanhook / Overview',
  description: 'Are the objectives held, how much comes in and goes out, how long does it take.',
  rows: [
    {
      title: 'Objectives',
      panels: [
        figure(
          [
            'First attempts within 5 s',
            'Share within the last hour. The objective is 99 % over 30 days; only we can miss it.',
          ],
          'percentunit',
          '1 - scanhook:first_attempt:error_ratio_rate1h',
        ),
        figure(
          ['Attempts not failed by us', 'Share within the last hour. The objective is 99.95 % over 30 days.'],
          'percentunit',
          '1 - scanhook:platform:error_ratio_rate1h',
        ),
        figure(
          [
            'Lost, and mended',
            'Deliveries that the reconciler had to put back within the time shown. Any is a defect.',
          ],
          'short',
          'sum(increase(scanhook_reconciler_found_total[$__range]))',
        ),
        figure(
          ['Alerts that fire', 'Pages and tickets now, the watchdog aside.'],
          'short',
          'count(ALERTS{alertname=~"Scanhook.*",alertname!="ScanhookWatchdog",alertstate="firing"}) or vector(0)',
        ),
        figure(
          [
            'Furthest behind',
            'Age of the oldest record that a group has not worked off. Retry waits on purpose and does not count.',
          ],
          's',
          'max(scanhook_kafka_consumer_lag_seconds{group!~".*retry"})',
        ),
        figure(
          [
            'Endpoints failing',
            'Share of the endpoints asked within ten minutes whose last answer was no 2xx.',
          ],
          'percentunit',
          'sum(scanhook_endpoints_recent{last!="delivered"}) / (sum(scanhook_endpoints_recent) > 0) or vector(0)',
        ),
        lines(
          [
            'Late first attempts',
            'Error ratio over several windows. 14.4 % over an hour pages: the budget of 30 days would be gone in two.',
          ],
          'percentunit',
          [
            ['scanhook:first_attempt:error_ratio_rate5m', '5 min'],
            ['scanhook:first_attempt:error_ratio_rate1h', '1 h'],
            ['scanhook:first_attempt:error_ratio_rate6h', '6 h'],
            ['scanhook:first_attempt:error_ratio_rate3d', '3 d'],
          ],
        ),
        lines(
          ['Attempts that we failed', 'Error ratio over several windows. 0.72 % over an hour pages.'],
          'percentunit',
          [
            ['scanhook:platform:error_ratio_rate5m', '5 min'],
            ['scanhook:platform:error_ratio_rate1h', '1 h'],
            ['scanhook:platform:error_ratio_rate6h', '6 h'],
            ['scanhook:platform:error_ratio_rate3d', '3 d'],
          ],
        ),
        rates(
          ['Rounds of the reconciler', 'By result. Only `done` for hours is what one wants.'],
          'cpm',
          'scanhook_reconciler_rounds_total',
          ['result'],
        ),
      ],
    },
    {
      title: 'In and out',
      panels: [
        lines(
          [
            'Reads and business events in',
            'What was accepted. Reads that lead to nothing are on the board of the tracker.',
          ],
          'ops',
          [
            ['sum(rate(scanhook_scans_written_total[$__rate_interval]))', 'scans'],
            ['sum(rate(scanhook_business_events_total[$__rate_interval]))', 'business events'],
          ],
        ),
        stacked(['Events', 'Derived from scans, by type: few and right ones out of many reads.'], 'ops', [
          ['sum by (event_type) (rate(scanhook_events_derived_total[$__rate_interval]))', '{{event_type}}'],
        ]),
        rates(
          ['Deliveries made', 'Events that some endpoint wants, by type.'],
          'ops',
          'scanhook_deliveries_routed_total',
          ['event_type'],
        ),
        stacked(
          [
            'What became of deliveries',
            'Decisions: a delivery may be put off several times before it is delivered or dead.',
          ],
          'ops',
          [['sum by (result) (rate(scanhook_deliveries_total[$__rate_interval]))', '{{result}}']],
        ),
        quantiles(
          ['Time to the first attempt', 'From receipt to the start of the first request. Ours alone.'],
          'scanhook_first_attempt_latency_seconds',
          'with exemplars',
        ),
        quantiles(
          [
            'Time to delivery',
            'From receipt to the answer that delivered, retries included. Its tail is the receivers’.',
          ],
          'scanhook_end_to_end_latency_seconds',
          'with exemplars',
        ),
      ],
    },
    {
      title: 'API',
      panels: [
        stacked(
          ['Requests', 'By service and class of the answer. 5xx is never the caller’s fault.'],
          'reqps',
          [
            [
              'sum by (job, status) (rate(scanhook_http_request_duration_seconds_count[$__rate_interval]))',
              '{{job}} {{status}}',
            ],
          ],
        ),
        quantiles(
          ['Time to answer', 'Over all routes.'],
          'scanhook_http_request_duration_seconds',
          'with exemplars',
        ),
        lines(
          [
            'Changes of master data',
            'Announced to the data plane, and how many processes lead: one, over all replicas.',
          ],
          'short',
          [
            ['sum(rate(scanhook_outbox_announced_total[$__rate_interval]))', 'announced per second'],
            ['sum(scanhook_outbox_leading)', 'leaders'],
          ],
        ),
      ],
    },
  ],
}
