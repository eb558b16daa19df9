import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanPointKinds } from '../asset.ts'
import { defaultMovementSettings, type MovementOverrides } from '../movement-settings.ts'
import { parseSettings, readStoredSettings } from './parse-settings.ts'
import { renderSettings } from './render-settings.ts'
import { explainSettings, resolveSettings, settingsInterner } from './resolve-settings.ts'
import { type PublicSettings, type SettingName, settingNames, settingTable } from './setting-table.ts'

/** Any value that the table admits for the setting. */
function admitted(name: SettingName): fc.Arbitrary<number | string> {
  const row = settingTable[name]
  if (row.kind === 'choice') return fc.constantFrom(...row.values)
  const scale = 10 ** row.decimals
  const number = fc.integer({ min: row.min * scale, max: row.max * scale }).map((units) => units / scale)
  return row.hasOff ? fc.oneof(number, fc.constant('off')) : number
}
const publicSettings: fc.Arbitrary<PublicSettings> = fc.record(
  Object.fromEntries(settingNames.map((name) => [name, admitted(name)])),
  { requiredKeys: [] },
)
const overrides: fc.Arbitrary<MovementOverrides> = publicSettings.map(readStoredSettings)

function problemsOf(json: unknown, prefix?: string): unknown {
  const parsed = parseSettings(json, prefix)
  return parsed.ok ? [] : parsed.problems.map(({ field, code }) => [field, code])
}

test('every field of the settings has one name, and the defaults of every kind are within the ranges', () => {
  const fields = settingNames.map((name) => settingTable[name].field)
  expect([...fields].sort()).toEqual(Object.keys(defaultMovementSettings.zone).sort())
  for (const kind of scanPointKinds) {
    const rendered = renderSettings(defaultMovementSettings[kind])
    expect(parseSettings(rendered)).toEqual({ ok: true, value: defaultMovementSettings[kind] })
  }
})

describe('parsing', () => {
  test('O2: what is accepted renders back to what was sent', () => {
    fc.assert(
      fc.property(publicSettings, (sent) => {
        const parsed = parseSettings(sent)
        expect(parsed.ok && renderSettings(parsed.value)).toEqual(sent)
      }),
    )
  })

  test('O2: "off", null and absent are three things', () => {
    expect(parseSettings({ exit_timeout_seconds: 'off', confirm_ms: null })).toEqual({
      ok: true,
      value: { exitTimeoutMs: null },
    })
    expect(problemsOf({ confirm_ms: 'off' })).toEqual([['confirm_ms', 'invalid_value']])
  })

  test('O1: all problems at once, each with its rule', () => {
    const parsed = parseSettings(
      {
        confirm_ms: 60_001,
        exit_timeout_seconds: 9,
        confirm_reads: 1.5,
        switch_margin_db: 3.005,
        hierarchy_events: 'root',
        smoothing_ms: '1000',
        reorder_ms: Number.NaN,
        colour: 1,
        [`x${'y'.repeat(100)}`]: 1,
      },
      'settings.',
    )
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      {
        field: 'settings.confirm_ms',
        code: 'too_large',
        message: 'must be a whole number from 0 to 60000; received 60001',
      },
      {
        field: 'settings.exit_timeout_seconds',
        code: 'too_small',
        message: 'must be a whole number from 10 to 86400, or "off"; received 9',
      },
      {
        field: 'settings.confirm_reads',
        code: 'invalid_value',
        message: 'must be a whole number from 1 to 10; received 1.5',
      },
      {
        field: 'settings.switch_margin_db',
        code: 'invalid_value',
        message: 'must be a number with at most 2 decimals from 0 to 20; received 3.005',
      },
      {
        field: 'settings.hierarchy_events',
        code: 'invalid_value',
        message: 'must be one of path, leaf; received a string',
      },
      {
        field: 'settings.smoothing_ms',
        code: 'invalid_value',
        message: 'must be a whole number from 0 to 10000; received a string',
      },
      {
        field: 'settings.reorder_ms',
        code: 'invalid_value',
        message: 'must be a whole number from 0 to 10000; received NaN',
      },
      { field: 'settings.colour', code: 'unknown_field', message: expect.stringMatching('is not a setting') },
      {
        field: `settings.x${'y'.repeat(63)}…`,
        code: 'unknown_field',
        message: expect.stringMatching('is not a setting'),
      },
    ])
    for (const json of [null, [], 'x', 3])
      expect(problemsOf(json, 'settings.')).toEqual([['settings', 'invalid_value']])
  })

  test('O3: of what was stored, what makes no sense is left out and the rest holds', () => {
    expect(readStoredSettings({ confirm_ms: 5, reorder_ms: -1, gone: 1, hierarchy_events: null })).toEqual({
      confirmMs: 5,
    })
    fc.assert(fc.property(fc.jsonValue(), (json) => void readStoredSettings(json)))
  })
})

describe('resolving', () => {
  const kinds = fc.constantFrom(...scanPointKinds)

  test('V1: the first level that says a setting decides it', () => {
    fc.assert(
      fc.property(kinds, fc.array(overrides, { maxLength: 5 }), (kind, levels) => {
        const resolved = resolveSettings(kind, levels)
        const merged = Object.assign({}, defaultMovementSettings[kind], ...levels.toReversed())
        expect(resolved).toEqual(merged)
      }),
    )
  })

  test('V1: the explanation gives the same values and says where they come from', () => {
    fc.assert(
      fc.property(kinds, fc.array(overrides, { maxLength: 4 }), (kind, levels) => {
        const named = levels.map((level, index) => ({ source: index, overrides: level }))
        const explained = explainSettings(kind, named)
        const rendered = renderSettings(resolveSettings(kind, levels))
        for (const name of settingNames) {
          const { value, source } = explained[name]
          expect(value).toBe(rendered[name])
          const first = levels.findIndex((level) => level[settingTable[name].field] !== undefined)
          expect(source).toBe(first === -1 ? null : first)
        }
      }),
    )
  })

  test('V2: without a word, and with words that say nothing new, it is the very object of the defaults', () => {
    for (const kind of scanPointKinds) {
      expect(resolveSettings(kind, [])).toBe(defaultMovementSettings[kind])
      expect(resolveSettings(kind, [{}, defaultMovementSettings[kind]])).toBe(defaultMovementSettings[kind])
    }
    expect(resolveSettings('zone', [{ exitTimeoutMs: null }]).exitTimeoutMs).toBeNull()
  })

  test('V3: equal results are one object, as many as the interner keeps', () => {
    const intern = settingsInterner(2)
    const settings = (confirmMs: number) => resolveSettings('zone', [{ confirmMs }])
    const [one, two, three] = [settings(1), settings(2), settings(3)]
    expect(intern(one)).toBe(one)
    expect(intern(settings(1))).toBe(one)
    expect(intern(two)).toBe(two)
    expect(intern(three)).toBe(three) // the first gives way
    expect(intern(settings(2))).toBe(two)
    expect(intern(settings(1))).not.toBe(one)
    expect(intern(defaultMovementSettings.gps)).toBe(defaultMovementSettings.gps)
  })

  test('V3: different results stay different', () => {
    const intern = settingsInterner(1_000)
    fc.assert(
      fc.property(kinds, fc.array(overrides, { maxLength: 2 }), (kind, levels) => {
        const settings = resolveSettings(kind, levels)
        expect(intern(settings)).toEqual(settings)
      }),
    )
  })
})
