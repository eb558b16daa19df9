/**
 * Reads settings of movement in their public form: a JSON object with any of the names of the table. Two ways, because
 * they answer different questions: what came from outside is held to every rule, what was stored under the rules of
 * another version is taken as far as it still makes sense.
 *
 * Invariants
 *   O1. All problems are reported, not only the first, and unknown names are problems.
 *   O2. What is accepted is within the table's range, and renders back to what was sent.
 *   O3. `readStoredSettings` never throws and never loses a good entry for a bad one beside it.
 */
import type { MovementOverrides, MovementSettings } from '../movement-settings.ts'
import type { FieldProblem, Parsed } from '../read.ts'
import { ruleOf, type SettingName, settingNames, settingTable } from './setting-table.ts'

/** A null counts as absent; in a patch it is the caller's to remove what it names. */
export function parseSettings(json: unknown, fieldPrefix: string = ''): Parsed<MovementOverrides> {
  if (!isObject(json)) {
    const field = fieldPrefix.replace(/\.$/, '')
    return {
      ok: false,
      problems: [{ field, code: 'invalid_value', message: 'must be an object of settings' }],
    }
  }
  const problems: FieldProblem[] = []
  const overrides: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(json)) {
    const name = nameOf(key)
    if (name === null) {
      const message = `is not a setting; known are ${settingNames.join(', ')}`
      problems.push({ field: `${fieldPrefix}${clip(key)}`, code: 'unknown_field', message })
    } else if (value !== null) {
      const parsed = parseValue(name, value)
      if (parsed.ok) overrides[settingTable[name].field] = parsed.value
      else
        problems.push({
          field: `${fieldPrefix}${name}`,
          code: parsed.code,
          message: `${ruleOf(name)}; received ${shown(value)}`,
        })
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: overrides as MovementOverrides }
}

/** Where nobody has said anything; one object, so that most scan points share it. */
const noOverrides: MovementOverrides = {}

export function readStoredSettings(document: unknown): MovementOverrides {
  if (!isObject(document)) return noOverrides
  const overrides: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(document)) {
    const name = nameOf(key)
    if (name === null || value === null) continue
    const parsed = parseValue(name, value)
    if (parsed.ok) overrides[settingTable[name].field] = parsed.value
  }
  return Object.keys(overrides).length === 0 ? noOverrides : (overrides as MovementOverrides)
}

type ParsedValue =
  | { readonly ok: true; readonly value: MovementSettings[keyof MovementSettings] }
  | { readonly ok: false; readonly code: 'invalid_value' | 'too_small' | 'too_large' }

const refused: ParsedValue = { ok: false, code: 'invalid_value' }

function parseValue(name: SettingName, value: unknown): ParsedValue {
  const row = settingTable[name]
  if (row.kind === 'choice') {
    const chosen = row.values.find((each) => each === value)
    return chosen === undefined ? refused : { ok: true, value: chosen }
  }
  if (value === 'off') return row.hasOff ? { ok: true, value: null } : refused
  if (typeof value !== 'number' || !Number.isFinite(value)) return refused
  if (value < row.min) return { ok: false, code: 'too_small' }
  if (value > row.max) return { ok: false, code: 'too_large' }
  const scale = 10 ** row.decimals
  if (Math.round(value * scale) / scale !== value) return refused
  return { ok: true, value: Math.round(value * row.factor) }
}

function nameOf(key: string): SettingName | null {
  return settingNames.find((name) => name === key) ?? null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A number as it is, of everything else its kind: a stranger's text is no part of an answer. */
function shown(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

// A name of ours is at most 22 characters; a stranger's is shown as far as it helps.
function clip(key: string): string {
  return key.length <= 64 ? key : `${key.slice(0, 64)}…`
}
