/** The producer's counters. */
import { dropReasons } from '@scanhook/domain/poison'
import { latenesses } from '@scanhook/domain/reading/judge-clock'
import type { Metrics } from '@scanhook/observability/metrics'
import type { EventFate } from './accept-events.ts'
import type { ReadFate } from './accept-reads.ts'
import type { ClockFate } from './reader-clocks.ts'

export interface ProducerCounts {
  readonly reads: (fate: ReadFate, count: number) => void
  readonly events: (fate: EventFate, count: number) => void
  readonly timed: (fate: ClockFate, count: number) => void
  readonly unknownTagsDropped: (count: number) => void
  readonly unknownTagsFailed: () => void
  readonly sightingsFailed: () => void
  readonly clockIgnored: (why: 'reader_clock_behind' | 'reader_clock_ahead') => void
  readonly lookups: (cache: 'tag' | 'point' | 'device' | 'fence') => (hits: number, misses: number) => void
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
    'Reads whose reader time can not be as it stands',
    { reason: ['reader_clock_behind', 'reader_clock_ahead'] },
  )
  const timed = metrics.counter(
    'scanhook_reads_timed_total',
    'Reads of known readers by what became of the reader time',
    {
      lateness: [...latenesses, 'too_old'],
    },
  )
  const unknownDropped = metrics.counter(
    'scanhook_unknown_tags_dropped_total',
    'Unknown tags of which the count was dropped because memory for them was full',
  )
  const unknownFailed = metrics.counter(
    'scanhook_unknown_tags_failed_total',
    'Writes of unknown tags that PostgreSQL did not take; they are repeated',
  )
  const sightingsFailed = metrics.counter(
    'scanhook_device_sightings_failed_total',
    'Records of when readers were heard that PostgreSQL did not take; they are repeated',
  )
  const lookups = metrics.counter('scanhook_lookups_total', 'Keys looked up in memory, by what was found', {
    cache: ['tag', 'point', 'device', 'fence'],
    outcome: ['hit', 'miss'],
  })
  return {
    reads: (fate, count) => (fate === 'accepted' ? scans.inc({}, count) : drops.inc({ reason: fate }, count)),
    events: (fate, count) => events.inc({ fate }, count),
    clockIgnored: (reason) => clocks.inc({ reason }),
    timed: (lateness, count) => timed.inc({ lateness }, count),
    unknownTagsDropped: (count) => unknownDropped.inc({}, count),
    unknownTagsFailed: () => unknownFailed.inc(),
    sightingsFailed: () => sightingsFailed.inc(),
    lookups: (cache) => (hits, misses) => {
      if (hits > 0) lookups.inc({ cache, outcome: 'hit' }, hits)
      if (misses > 0) lookups.inc({ cache, outcome: 'miss' }, misses)
    },
  }
}
