/**
 * The settings of movement as people write them: public name, unit, range, and which field of `MovementSettings` each
 * becomes. One row says everything that parsing, rendering and the reference page need. What each does and where its
 * numbers come from: docs/reference/settings.md.
 *
 * Three things that look alike: a name that is **absent** leaves the word to the next level; **null** in a patch takes
 * this level's word back (merge patch) and means absent everywhere else; **`"off"`** is a word of its own, where
 * there is something to switch off.
 */
import type { MovementSettings } from '../movement-settings.ts'

type NumberField = Exclude<keyof MovementSettings, 'hierarchyEvents'>

interface NumberRow {
  readonly kind: 'number'
  readonly field: NumberField
  /** In the public unit, both included. */
  readonly min: number
  readonly max: number
  /** Public unit → that of `MovementSettings`. */
  readonly factor: number
  /** Digits behind the point that are kept: more are refused, because they would be lost. */
  readonly decimals: 0 | 2
  /** `"off"` is a value: null in `MovementSettings`. */
  readonly hasOff: boolean
}

interface ChoiceRow {
  readonly kind: 'choice'
  readonly field: 'hierarchyEvents'
  readonly values: readonly MovementSettings['hierarchyEvents'][]
}

export type SettingRow = NumberRow | ChoiceRow

export const settingNames = [
  'scan_suppress_seconds',
  'smoothing_ms',
  'slot_fresh_ms',
  'switch_margin_db',
  'confirm_ms',
  'confirm_reads',
  'first_confirm_ms',
  'quiet_confirm_ms',
  'rssi_floor_dbm',
  'exit_timeout_seconds',
  'device_offline_seconds',
  'manual_hold_seconds',
  'max_clock_skew_ms',
  'reorder_ms',
  'late_limit_seconds',
  'hierarchy_events',
] as const
export type SettingName = (typeof settingNames)[number]

const whole = { kind: 'number', decimals: 0, hasOff: false } as const
const ms = { ...whole, factor: 1 } as const
const seconds = { ...whole, factor: 1_000 } as const
/** Signals are kept in hundredths, as the finest reader reports them. */
const decibels = { kind: 'number', decimals: 2, factor: 100 } as const

export const settingTable: Readonly<Record<SettingName, SettingRow>> = {
  scan_suppress_seconds: { ...seconds, field: 'scanSuppressMs', min: 0, max: 3_600 },
  smoothing_ms: { ...ms, field: 'smoothingMs', min: 0, max: 10_000 },
  slot_fresh_ms: { ...ms, field: 'slotFreshMs', min: 1_000, max: 120_000 },
  switch_margin_db: { ...decibels, field: 'switchMarginCdbm', min: 0, max: 20, hasOff: false },
  confirm_ms: { ...ms, field: 'confirmMs', min: 0, max: 60_000 },
  confirm_reads: { ...ms, field: 'confirmReads', min: 1, max: 10 },
  first_confirm_ms: { ...ms, field: 'firstConfirmMs', min: 0, max: 60_000 },
  quiet_confirm_ms: { ...ms, field: 'quietConfirmMs', min: 0, max: 600_000 },
  rssi_floor_dbm: { ...decibels, field: 'rssiFloorCdbm', min: -110, max: 0, hasOff: true },
  exit_timeout_seconds: { ...seconds, field: 'exitTimeoutMs', min: 10, max: 86_400, hasOff: true },
  device_offline_seconds: { ...seconds, field: 'deviceOfflineMs', min: 10, max: 3_600, hasOff: true },
  manual_hold_seconds: { ...seconds, field: 'manualHoldMs', min: 0, max: 86_400 },
  max_clock_skew_ms: { ...ms, field: 'maxClockSkewMs', min: 0, max: 600_000 },
  reorder_ms: { ...ms, field: 'reorderMs', min: 0, max: 10_000 },
  late_limit_seconds: { ...seconds, field: 'lateLimitMs', min: 60, max: 604_800 },
  hierarchy_events: { kind: 'choice', field: 'hierarchyEvents', values: ['path', 'leaf'] },
}

/** What a setting's value is in public: a number in its unit, `"off"`, or one of its words. Null only in a patch. */
export type PublicValue = number | string
export type PublicSettings = { readonly [K in SettingName]?: PublicValue | undefined }

/** "must be …", in words. */
export function ruleOf(name: SettingName): string {
  const row = settingTable[name]
  if (row.kind === 'choice') return `must be one of ${row.values.join(', ')}`
  const noun = row.decimals === 0 ? 'a whole number' : `a number with at most ${row.decimals} decimals`
  return `must be ${noun} from ${row.min} to ${row.max}${row.hasOff ? ', or "off"' : ''}`
}
