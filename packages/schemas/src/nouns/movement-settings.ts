/** MovementSettings, as scans and states carry them. */
import type { MovementSettings } from '@scanhook/domain/movement-settings'
import { oneOfSet } from '../record-mapping.ts'

export interface RawMovementSettings {
  readonly scan_suppress_ms: number
  readonly smoothing_ms: number
  readonly slot_fresh_ms: number
  readonly switch_margin_cdbm: number
  readonly confirm_ms: number
  readonly confirm_reads: number
  readonly first_confirm_ms: number
  readonly quiet_confirm_ms: number
  readonly rssi_floor_cdbm: number | null
  readonly exit_timeout_ms: number | null
  readonly device_offline_ms: number | null
  readonly manual_hold_ms: number
  readonly max_clock_skew_ms: number
  readonly reorder_ms: number
  readonly late_limit_ms: number
  readonly hierarchy_events: string
}

const hierarchyEvents = oneOfSet('hierarchy_events', ['path', 'leaf'])

export function settingsToRaw(settings: MovementSettings): RawMovementSettings {
  return {
    scan_suppress_ms: settings.scanSuppressMs,
    smoothing_ms: settings.smoothingMs,
    slot_fresh_ms: settings.slotFreshMs,
    switch_margin_cdbm: settings.switchMarginCdbm,
    confirm_ms: settings.confirmMs,
    confirm_reads: settings.confirmReads,
    first_confirm_ms: settings.firstConfirmMs,
    quiet_confirm_ms: settings.quietConfirmMs,
    rssi_floor_cdbm: settings.rssiFloorCdbm,
    exit_timeout_ms: settings.exitTimeoutMs,
    device_offline_ms: settings.deviceOfflineMs,
    manual_hold_ms: settings.manualHoldMs,
    max_clock_skew_ms: settings.maxClockSkewMs,
    reorder_ms: settings.reorderMs,
    late_limit_ms: settings.lateLimitMs,
    hierarchy_events: settings.hierarchyEvents,
  }
}

export function settingsFromRaw(raw: RawMovementSettings): MovementSettings {
  return {
    scanSuppressMs: raw.scan_suppress_ms,
    smoothingMs: raw.smoothing_ms,
    slotFreshMs: raw.slot_fresh_ms,
    switchMarginCdbm: raw.switch_margin_cdbm,
    confirmMs: raw.confirm_ms,
    confirmReads: raw.confirm_reads,
    firstConfirmMs: raw.first_confirm_ms,
    quietConfirmMs: raw.quiet_confirm_ms,
    rssiFloorCdbm: raw.rssi_floor_cdbm,
    exitTimeoutMs: raw.exit_timeout_ms,
    deviceOfflineMs: raw.device_offline_ms,
    manualHoldMs: raw.manual_hold_ms,
    maxClockSkewMs: raw.max_clock_skew_ms,
    reorderMs: raw.reorder_ms,
    lateLimitMs: raw.late_limit_ms,
    hierarchyEvents: hierarchyEvents(raw.hierarchy_events),
  }
}
