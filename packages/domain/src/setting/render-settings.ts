/** Settings of movement back in their public form, in the order of the table. */
import type { MovementOverrides, MovementSettings } from '../movement-settings.ts'
import {
  type PublicSettings,
  type PublicValue,
  type SettingName,
  settingNames,
  settingTable,
} from './setting-table.ts'

/** Only what is said; `parseSettings` of it gives the same again. */
export function renderSettings(overrides: MovementOverrides): PublicSettings {
  const rendered: Partial<Record<SettingName, PublicValue>> = {}
  for (const name of settingNames) {
    const value = overrides[settingTable[name].field]
    if (value !== undefined) rendered[name] = renderValue(name, value)
  }
  return rendered
}

export function renderValue(name: SettingName, value: MovementSettings[keyof MovementSettings]): PublicValue {
  const row = settingTable[name]
  if (value === null) return 'off'
  if (typeof value === 'string') return value
  return row.kind === 'number' ? value / row.factor : value
}
