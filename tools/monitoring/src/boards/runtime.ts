import { type BoardSpec, figure, lines, rates } from '../board.ts'

export const runtime: BoardSpec = {
  uid: 'scanhook-runtime',
  title: 'Scanhook / Runtime',
  description:
    'The processes themselves: which run, how much CPU and memory they take, whether their event loops are free.',
  rows: [
    {
      title: 'Processes',
      panels: [
        figure(['Answer', 'Processes that answer Prometheus.'], 'short', 'sum(up)'),
        figure(
          ['Do not answer', 'For longer than a restart: look at it.'],
          'short',
          'count(up == 0) or vector(0)',
        ),
        figure(
          ['Versions', 'More than one: an upgrade is under way, or stuck.'],
          'short',
          'count(count by (version) (scanhook_build_info))',
        ),
        figure(
          ['Restarts', 'Within the time shown.'],
          'short',
          'sum(changes(process_start_time_seconds[$__range]))',
        ),
        figure(
          ['Slowest event loop', 'One turn in a hundred waits longer.'],
          's',
          'max(nodejs_eventloop_lag_p99_seconds)',
        ),
        figure(
          ['Clock', 'How far a machine’s clock is from the brokers’, at most.'],
          's',
          'max(abs(scanhook_clock_offset_seconds))',
        ),
        rates(
          ['CPU', 'Cores. A process uses one at most, and some for garbage collection and zipping.'],
          'short',
          'process_cpu_seconds_total',
          ['job', 'instance'],
        ),
        lines(['Memory', 'Resident.'], 'bytes', [
          ['sum by (job, instance) (process_resident_memory_bytes)', '{{job}} {{instance}}'],
        ]),
        lines(['Heap', 'Used, of what Node manages itself.'], 'bytes', [
          ['sum by (job, instance) (nodejs_heap_size_used_bytes)', '{{job}} {{instance}}'],
        ]),
        lines(['Event loop', 'One turn in a hundred waits longer. Above 200 ms heartbeats suffer.'], 's', [
          ['max by (job, instance) (nodejs_eventloop_lag_p99_seconds)', '{{job}} {{instance}}'],
        ]),
        rates(['Garbage collection', 'Share of the time.'], 'percentunit', 'nodejs_gc_duration_seconds_sum', [
          'job',
          'instance',
        ]),
        lines(
          ['Outside the heap', 'Buffers: packed states of the tracker, what the network brings.'],
          'bytes',
          [['sum by (job, instance) (nodejs_external_memory_bytes)', '{{job}} {{instance}}']],
        ),
        lines(['Handles', 'Connections, timers and files that are open.'], 'short', [
          ['sum by (job, instance) (nodejs_active_resources_total)', '{{job}} {{instance}}'],
        ]),
        lines(['Files open', 'Against the limit of the process.'], 'percentunit', [
          ['max by (job, instance) (process_open_fds / process_max_fds)', '{{job}} {{instance}}'],
        ]),
        lines(
          [
            'Traces',
            'Spans by what became of them, and those that wait to be sent. Nothing while tracing is off.',
          ],
          'short',
          [
            ['sum by (result) (rate(scanhook_trace_spans_total[$__rate_interval]))', '{{result}} per second'],
            ['sum(scanhook_trace_spans_waiting)', 'waiting'],
          ],
        ),
        lines(['Clocks', 'The brokers’ time minus the machine’s. Beyond a second: set up NTP.'], 's', [
          ['max by (job, instance) (scanhook_clock_offset_seconds)', '{{job}} {{instance}}'],
        ]),
      ],
    },
  ],
}
