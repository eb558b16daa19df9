import { type BoardSpec, figure, lines, rates, stacked } from '../board.ts'

export const tracker: BoardSpec = {
  uid: 'scanhook-tracker',
  title: 'Scanhook / Tracker',
  description:
    'From reads to events: what comes in, what is dropped and why, how far many reads become few events.',
  rows: [
    {
      title: 'Reads in',
      panels: [
        figure(
          ['Reads for one event', 'How many scans were applied for each event that was derived.'],
          'short',
          'sum(rate(scanhook_scans_applied_total[$__rate_interval])) / (sum(rate(scanhook_events_derived_total[$__rate_interval])) > 0) or vector(0)',
        ),
        figure(['Assets tracked', 'In the memory of all trackers.'], 'short', 'sum(scanhook_assets_tracked)'),
        figure(['Readers heard', 'Within the last hour.'], 'short', 'sum(scanhook_readers_remembered)'),
        figure(
          ['Exits held', 'Assets silent for their timeout, whose reader is silent too: look at the reader.'],
          'short',
          'sum(scanhook_exits_held)',
        ),
        figure(
          ['Unknown tags', 'Share of reads of a tag that belongs to nobody.'],
          'percentunit',
          'sum(rate(scanhook_reads_dropped_total{reason="unknown_tag"}[$__rate_interval])) / (sum(rate(scanhook_scans_written_total[$__rate_interval])) + sum(rate(scanhook_reads_dropped_total[$__rate_interval])) > 0) or vector(0)',
        ),
        figure(
          ['On poison', 'Upstream records set aside within the time shown.'],
          'short',
          'sum(increase(scanhook_records_poisoned_total[$__range]))',
        ),
        stacked(['Reads', 'That became scans, and that lead to nothing, by the reason.'], 'ops', [
          ['sum(rate(scanhook_scans_written_total[$__rate_interval]))', 'scans'],
          ['sum by (reason) (rate(scanhook_reads_dropped_total[$__rate_interval]))', '{{reason}}'],
        ]),
        rates(
          ['Set aside on poison', 'By reason. A steady rate is a sender that does it wrong.'],
          'ops',
          'scanhook_records_poisoned_total',
          ['reason'],
        ),
        rates(
          ['Business events', 'Accepted, and dropped as duplicates.'],
          'ops',
          'scanhook_business_events_total',
          ['fate'],
        ),
        rates(
          ['What became of reader times', '`late` for minutes on end is a clock that stands still.'],
          'ops',
          'scanhook_reads_timed_total',
          ['lateness'],
        ),
        rates(
          ['Reader clocks that are wrong', 'Set the reader’s clock.'],
          'ops',
          'scanhook_reader_times_ignored_total',
          ['reason'],
        ),
        lines(
          ['Unknown tags', 'Counted and not written yet; and writes that failed or were dropped.'],
          'short',
          [
            ['sum(scanhook_unknown_tags_waiting)', 'waiting'],
            ['sum(rate(scanhook_unknown_tags_failed_total[$__rate_interval]))', 'failed per second'],
            ['sum(rate(scanhook_unknown_tags_dropped_total[$__rate_interval]))', 'dropped per second'],
          ],
        ),
      ],
    },
    {
      title: 'Duplicates and look-ups',
      panels: [
        stacked(['Claims', 'Won, duplicates, and unchecked because Redis was away.'], 'ops', [
          ['sum by (answer) (rate(scanhook_claims_total[$__rate_interval]))', '{{answer}}'],
        ]),
        rates(
          ['Claims confirmed', '`not_marked`: a later copy will pass.'],
          'ops',
          'scanhook_claims_confirmed_total',
          ['outcome'],
        ),
        lines(
          [
            'Look-ups in memory',
            'Share of hits. Many misses of tags that are known: raise PRODUCER_TAG_CACHE_MAX.',
          ],
          'percentunit',
          [
            [
              'sum by (cache) (rate(scanhook_lookups_total{outcome="hit"}[$__rate_interval])) / (sum by (cache) (rate(scanhook_lookups_total[$__rate_interval])) > 0) or sum by (cache) (scanhook_lookups_total) * 0',
              '{{cache}}',
            ],
          ],
        ),
      ],
    },
    {
      title: 'Assets',
      panels: [
        lines(['Scans', 'Applied, not listened to by the rules, and read again after a restart.'], 'ops', [
          ['sum(rate(scanhook_scans_applied_total[$__rate_interval]))', 'applied'],
          ['sum(rate(scanhook_scans_unheard_total[$__rate_interval]))', 'unheard'],
          ['sum(rate(scanhook_scans_replayed_total[$__rate_interval]))', 'replayed'],
        ]),
        stacked(['Events derived', 'By type.'], 'ops', [
          ['sum by (event_type) (rate(scanhook_events_derived_total[$__rate_interval]))', '{{event_type}}'],
        ]),
        rates(
          ['States written', 'To asset-state: what a restart restores from.'],
          'ops',
          'scanhook_asset_states_written_total',
          [],
        ),
        lines(['Assets in memory', 'A fall to zero and a rise is a restore.'], 'short', [
          ['sum by (instance) (scanhook_assets_tracked)', '{{instance}}'],
        ]),
        lines(['Memory of states', 'Outside the heap; about 200 bytes an asset.'], 'bytes', [
          ['sum by (instance) (scanhook_asset_state_bytes)', '{{instance}}'],
        ]),
        lines(
          [
            'Time of the partitions',
            'How far the slowest one is behind. Growing: the tracker or its ticks stand still.',
          ],
          's',
          [['max by (instance) (scanhook_tracker_clock_lag_seconds)', '{{instance}}']],
        ),
      ],
    },
  ],
}
