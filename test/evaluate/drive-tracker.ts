/**
 * The tracker's part in deriving, without a tracker: owns the clock of one partition, the states of its assets and
 * their timers, and hands every record to the rules. In memory, in one process, for measuring the rules themselves.
 */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { DomainEvent } from '@scanhook/domain/event'
import { type AssetInput, advanceAsset, wakeOf } from '@scanhook/domain/movement/advance-asset'
import type { Identify } from '@scanhook/domain/movement/identify'
import type { Liveness, Scan, Tick } from '@scanhook/domain/scan'

export type DrivenRecord = Scan | Tick | Liveness

/**
 * All events, in the order in which they are derived. The clock is the largest time seen; timers that it passes fire
 * before the record that moved it is applied, by due time and then by asset.
 */
export function driveTracker(records: Iterable<DrivenRecord>, identify: Identify): readonly DomainEvent[] {
  const states = new Map<number, AssetState>()
  const events: DomainEvent[] = []
  let clockMs = 0
  let offset = 0

  function advance(assetId: number, record: AssetInput['record']): void {
    const advanced = advanceAsset(states.get(assetId) ?? null, { record, offset, clockMs }, identify)
    if (advanced.state !== null) states.set(assetId, advanced.state)
    events.push(...advanced.events)
  }

  function moveClock(atMs: number): void {
    if (atMs <= clockMs) return
    const beforeMs = clockMs
    clockMs = atMs
    const due = Array.from(states, ([assetId, state]) => ({
      assetId,
      dueAtMs: wakeOf(state, beforeMs).dueAtMs ?? Number.POSITIVE_INFINITY,
    })).filter(({ dueAtMs }) => dueAtMs <= clockMs)
    due.sort((one, other) => one.dueAtMs - other.dueAtMs || one.assetId - other.assetId)
    for (const { assetId } of due) advance(assetId, { kind: 'tick', atMs: clockMs })
  }

  function tellHeard({ devices }: Liveness): void {
    for (const device of devices) {
      for (const [assetId, state] of states) {
        const isAwaited = wakeOf(state, clockMs).awaits === device.deviceId && state.orgId === device.orgId
        if (isAwaited) advance(assetId, { kind: 'heard', device })
      }
    }
  }

  for (const record of records) {
    moveClock(record.kind === 'scan' ? record.receivedAtMs : record.atMs)
    if (record.kind === 'scan') advance(record.asset.id, record)
    if (record.kind === 'liveness') tellHeard(record)
    offset += 1
  }
  return events
}
