/**
 * One partition of the tracker in this process, without Kafka and without durability, for measuring the rules as the
 * tracker applies them: its clock, its timers, its packed states.
 */
import type { DomainEvent } from '@scanhook/domain/event'
import { advanceAsset, wakeOf } from '@scanhook/domain/movement/advance-asset'
import type { Identify } from '@scanhook/domain/movement/identify'
import type { Liveness, Scan, Tick } from '@scanhook/domain/scan'
import { assetTable } from '@scanhook/tracker/asset-table'
import { trackedPartition } from '@scanhook/tracker/tracked-partition'

export type DrivenRecord = Scan | Tick | Liveness

/** All events, in the order in which they are derived. */
export function driveTracker(records: Iterable<DrivenRecord>, identify: Identify): readonly DomainEvent[] {
  const partition = trackedPartition(
    { advance: (state, input) => advanceAsset(state, input, identify), wakeOf },
    { clockMs: 0, nextOffset: 0, assets: assetTable() },
  )
  const events: DomainEvent[] = []
  const changes = {
    derived: (event: DomainEvent) => void events.push(event),
    urgent: () => undefined,
    seen: () => undefined,
  }
  let offset = 0
  for (const record of records) {
    partition.apply(record, { offset, nowMs: 0 }, changes)
    offset += 1
  }
  return events
}
