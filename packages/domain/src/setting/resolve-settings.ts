/**
 * Whose word counts: levels of overrides over the defaults of a kind of scan point. Order of precedence: scan point,
 * its location, the locations above it up to the root, organization, system, default.
 *
 * Invariants
 *   V1. Each setting has the value of the first level that says it, else the default of the kind.
 *   V2. Where the result equals the defaults it *is* the object of the defaults: a scan then carries no settings at all.
 *   V3. Of equal results an interner gives one object, and keeps at most so many.
 */
import type { ScanPointKind } from '../asset.ts'
import {
  defaultMovementSettings,
  type MovementOverrides,
  type MovementSettings,
} from '../movement-settings.ts'
import { renderValue } from './render-settings.ts'
import { type PublicValue, type SettingName, settingNames, settingTable } from './setting-table.ts'

/** The word of the first of `levels` that has one. */
export function resolveSettings(kind: ScanPointKind, levels: readonly MovementOverrides[]): MovementSettings {
  const defaults = defaultMovementSettings[kind]
  const changed: Record<string, unknown> = {}
  for (const name of settingNames) {
    const { field } = settingTable[name]
    const value = levels.find((level) => level[field] !== undefined)?.[field]
    if (value !== undefined && value !== defaults[field]) changed[field] = value
  }
  return Object.keys(changed).length === 0 ? defaults : { ...defaults, ...changed }
}

export interface Level<Source> {
  readonly source: Source
  readonly overrides: MovementOverrides
}

export interface Explained<Source> {
  readonly value: PublicValue
  /** Null: nobody said anything, it is the default of the kind. */
  readonly source: Source | null
}

/** The same resolution, told setting by setting in public form, with the level that each comes from. */
export function explainSettings<Source>(
  kind: ScanPointKind,
  levels: readonly Level<Source>[],
): Readonly<Record<SettingName, Explained<Source>>> {
  const explained: Partial<Record<SettingName, Explained<Source>>> = {}
  for (const name of settingNames) {
    const { field } = settingTable[name]
    const level = levels.find(({ overrides }) => overrides[field] !== undefined)
    const value = level?.overrides[field] ?? null
    explained[name] =
      level === undefined
        ? { value: renderValue(name, defaultMovementSettings[kind][field]), source: null }
        : { value: renderValue(name, value), source: level.source }
  }
  return explained as Record<SettingName, Explained<Source>>
}

export type InternSettings = (settings: MovementSettings) => MovementSettings

/** Gives the object that was given first for an equal one, as long as it is among the last `max` different ones. */
export function settingsInterner(max: number): InternSettings {
  const known = new Map<string, MovementSettings>()
  const defaults = new Set(Object.values(defaultMovementSettings))
  return (settings) => {
    if (defaults.has(settings)) return settings // V2
    const key = settingNames.map((name) => settings[settingTable[name].field]).join()
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= max) known.delete(known.keys().next().value ?? key)
    known.set(key, settings)
    return settings
  }
}
