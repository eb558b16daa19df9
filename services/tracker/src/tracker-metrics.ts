/** What the tracker counts. */
import { assetEventTypes } from '@scanhook/domain/event'
import type { Metrics } from '@scanhook/observability/metrics'
import type { BatchProgress, PartitionStatus } from './track-scans.ts'

export interface TrackerMetrics {
  readonly tracked: (progress: BatchProgress) => void
}

/** `status` and `nowMs` are asked when somebody collects. */
export function trackerMetrics(
  metrics: Metrics,
  ports: { readonly status: () => readonly PartitionStatus[]; readonly nowMs: () => number },
): TrackerMetrics {
  const applied = metrics.counter('scanhook_scans_applied_total', 'Scans applied to an asset')
  const included = metrics.counter(
    'scanhook_scans_replayed_total',
    'Scans read again after a restart that the restored state contained already',
  )
  const unheard = metrics.counter(
    'scanhook_scans_unheard_total',
    'Scans below the signal floor of their scan point, and GPS fixes that nobody can have reached',
  )
  const poisoned = metrics.counter(
    'scanhook_scans_poisoned_total',
    'Records on scans that could not be decoded',
  )
  const derived = metrics.counter('scanhook_events_derived_total', 'Events derived from scans', {
    event_type: assetEventTypes,
  })
  const written = metrics.counter('scanhook_asset_states_written_total', 'States written to asset-state')
  const assets = metrics.gauge('scanhook_assets_tracked', 'Assets in the memory of this process')
  const exitsHeld = metrics.gauge(
    'scanhook_exits_held',
    'Assets that have been silent long enough to have left, whose reader was not heard since',
  )
  const stateBytes = metrics.gauge(
    'scanhook_asset_state_bytes',
    'Memory that packed states, their index and their timers take',
  )
  const clockLag = metrics.gauge(
    'scanhook_tracker_clock_lag_seconds',
    'How far the slowest owned partition clock is behind the wall clock',
  )
  metrics.onCollect(() => {
    const partitions = ports.status()
    assets.set(partitions.reduce((sum, partition) => sum + partition.assets, 0))
    exitsHeld.set(partitions.reduce((sum, partition) => sum + partition.awaiting, 0))
    stateBytes.set(partitions.reduce((sum, partition) => sum + partition.bytes, 0))
    // A partition without any record yet has no clock that could lag.
    const clocks = partitions.filter(({ clockMs }) => clockMs > 0).map(({ clockMs }) => clockMs)
    clockLag.set(clocks.length === 0 ? 0 : Math.max(0, ports.nowMs() - Math.min(...clocks)) / 1_000)
  })
  return {
    tracked(progress) {
      applied.inc({}, progress.applied)
      included.inc({}, progress.included)
      unheard.inc({}, progress.unheard)
      poisoned.inc({}, progress.poisoned)
      written.inc({}, progress.statesWritten)
      for (const [type, count] of progress.eventCounts) derived.inc({ event_type: type }, count)
    },
  }
}
