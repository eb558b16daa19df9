/** The producer's counters. */
import { dropReasons } from '@scanhook/domain/poison'
import type { Metrics } from '@scanhook/observability/metrics'
import type { EventFate } from './accept-events.ts'
import type { ReadFate } from './accept-reads.ts'

export interface ProducerCounts {
  readonly reads: (fate: ReadFate, count: number) => void
  readonly events: (fate: EventFate, count: number) => void
  readonly clockIgnored: (why: 'reader_clock_behind' | 'reader_clock_ahead') => void
  readonly lookups: (cache: 'tag' | 'point' | 'device') => (hits: number, misses: number) => void
}

export function producerCounts(metrics: Metrics): ProducerCounts {
  const scans = metrics.counter(
    'scanhook_scans_written_total',
    'Reads that became scans and were acknowledged',
  )
  const drops = metrics.counter(
    'scanhook_reads_dropped_total',
    'Reads that were well formed and lead to nothing',
    {
      reason: dropReasons,
    },
  )
  const events = metrics.counter('scanhook_business_events_total', 'Business events by what became of them', {
    fate: ['accepted', 'duplicate'],
  })
  const clocks = metrics.counter(
    'scanhook_reader_times_ignored_total',
    'Reads whose reader time was impossible; they went on with the receive time alone',
    { reason: ['reader_clock_behind', 'reader_clock_ahead'] },
  )
  const lookups = metrics.counter('scanhook_lookups_total', 'Keys looked up in memory, by what was found', {
    cache: ['tag', 'point', 'device'],
    outcome: ['hit', 'miss'],
  })
  return {
    reads: (fate, count) => (fate === 'accepted' ? scans.inc({}, count) : drops.inc({ reason: fate }, count)),
    events: (fate, count) => events.inc({ fate }, count),
    clockIgnored: (reason) => clocks.inc({ reason }),
    lookups: (cache) => (hits, misses) => {
      if (hits > 0) lookups.inc({ cache, outcome: 'hit' }, hits)
      if (misses > 0) lookups.inc({ cache, outcome: 'miss' }, misses)
    },
  }
}
