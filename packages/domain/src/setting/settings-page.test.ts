/** The tables of docs/reference/settings.md are those of the code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scanPointKinds } from '../asset.ts'
import { defaultMovementSettings } from '../movement-settings.ts'
import { parseSettings } from './parse-settings.ts'
import { renderSettings } from './render-settings.ts'
import { ruleOf, type SettingName, settingNames } from './setting-table.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/settings.md'), 'utf8')

/** `1500 (zone, portal, manual), 60000 (gps)`, or the value alone where all kinds agree. */
function defaultOf(name: SettingName): string {
  const kinds = Map.groupBy(scanPointKinds, (kind) => renderSettings(defaultMovementSettings[kind])[name])
  if (kinds.size === 1) return String([...kinds.keys()][0])
  return [...kinds].map(([value, of]) => `${value} (${of.join(', ')})`).join(', ')
}

test('every setting stands there in the order of the table, with its default and its rule', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)]
  expect(rows.map(([, name, fallback, rule]) => [name, fallback, `must be ${rule}`])).toEqual(
    settingNames.map((name) => [name, defaultOf(name), ruleOf(name)]),
  )
})

test('every setting has its evidence', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \|$/gm)]
  expect(rows.map(([, name]) => name)).toEqual([...settingNames])
})

test('the configuration that is shown is accepted', () => {
  const shown = /MOVEMENT_SETTINGS='([^']+)'/.exec(page)?.[1] ?? ''
  expect(parseSettings(JSON.parse(shown)).ok).toBe(true)
})
