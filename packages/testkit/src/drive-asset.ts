/**
 * One asset, driven as the tracker drives it: the partition's clock is the largest receive time or tick, timers fire at a
 * record that moves it and before that record is applied, a reader's word reaches the asset that awaits it.
 */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { DomainEvent } from '@scanhook/domain/event'
import { eventId } from '@scanhook/domain/ids'
import { type AssetInput, advanceAsset, wakeOf } from '@scanhook/domain/movement/advance-asset'
import type { Identify } from '@scanhook/domain/movement/identify'
import type { Liveness, ScanRecord } from '@scanhook/domain/scan'

/** Ids that say what they were made of. */
export const readableIds: Identify = {
  assetEventId: (org, asset, type, location, sequence) =>
    eventId([org, asset, type, location, sequence].join('/')),
  transitionId: (_org, _asset, sequence) => `t${sequence}`,
  visitId: (_org, _asset, location, sequence) => `v${location}/${sequence}`,
}

export interface DrivenAsset {
  readonly state: AssetState | null
  readonly clockMs: number
  /** Whether the last record was worth writing the state at once. */
  readonly isUrgent: boolean
  /** Applies a record at the next offset, or at the one given; returns the events. */
  apply(record: ScanRecord, offset?: number): readonly DomainEvent[]
}

export interface DriveStart {
  readonly state: AssetState | null
  readonly clockMs: number
  /** Offset of the first record. */
  readonly offset: number
}

export function driveAsset(
  start: DriveStart = { state: null, clockMs: 0, offset: 0 },
  identify: Identify = readableIds,
): DrivenAsset {
  let { state, clockMs, offset: nextOffset } = start
  let isUrgent = false
  // A restored state contains records that come again: they are skipped as a whole, their timers included.
  const includedThrough = start.state?.offset ?? -1

  function advance(record: AssetInput['record'], offset: number): readonly DomainEvent[] {
    const advanced = advanceAsset(state, { record, offset, clockMs }, identify)
    state = advanced.state
    isUrgent ||= advanced.isUrgent
    return advanced.events
  }

  function moveClock(atMs: number, offset: number): readonly DomainEvent[] {
    if (atMs <= clockMs) return []
    clockMs = atMs
    const dueAtMs = state === null || offset <= includedThrough ? null : wakeOf(state, clockMs).dueAtMs
    return dueAtMs !== null && dueAtMs <= clockMs ? advance({ kind: 'tick', atMs: clockMs }, offset) : []
  }

  function heard({ devices }: Liveness, offset: number): readonly DomainEvent[] {
    const awaits = state === null ? null : wakeOf(state, clockMs).awaits
    const device = devices.find(({ deviceId }) => deviceId === awaits)
    return device === undefined ? [] : advance({ kind: 'heard', device }, offset)
  }

  function applied(record: ScanRecord, offset: number): readonly DomainEvent[] {
    const fired = moveClock(timeOf(record), offset)
    if (offset <= includedThrough) return []
    switch (record.kind) {
      case 'scan':
        return [...fired, ...advance(record, offset)]
      case 'tick':
        return fired
      case 'liveness':
        return [...fired, ...heard(record, offset)]
      case 'withdrawal':
        return state === null ? [] : advance(record, offset)
    }
  }

  return {
    get state() {
      return state
    },
    get clockMs() {
      return clockMs
    },
    get isUrgent() {
      return isUrgent
    },
    apply(record, offset = nextOffset) {
      nextOffset = offset + 1
      isUrgent = false
      return applied(record, offset)
    },
  }
}

/** A withdrawal carries the time of a database and moves no clock. */
function timeOf(record: ScanRecord): number {
  if (record.kind === 'scan') return record.receivedAtMs
  return record.kind === 'withdrawal' ? 0 : record.atMs
}

/** `exited Bay 3`, `moved Bay 3 → Bay 4`, `scanned null`, `scanned Bay 3 late`. */
export function inShort(event: DomainEvent): string {
  const data = JSON.parse(event.dataJson)
  const name = (location: { name: string } | null): string => location?.name ?? 'null'
  const what = event.type.slice(event.type.indexOf('.') + 1)
  if (what === 'moved') return `moved ${name(data.from_location)} → ${name(data.to_location)}`
  return `${what} ${name(data.location)}${data.late === true ? ' late' : ''}`
}
