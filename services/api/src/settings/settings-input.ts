/** Settings of movement as the API takes them. The rules are the domain's; here they become zod's issues. Pure. */
import type { FieldProblem } from '@scanhook/domain/read'
import { parseSettings } from '@scanhook/domain/setting/parse-settings'
import { type SettingName, settingNames, settingTable } from '@scanhook/domain/setting/setting-table'
import type { JsonSchema } from '@scanhook/http/wire-form'
import type { SettingsPatch } from '@scanhook/postgres/movement-settings'
import { z } from 'zod'

/** What the domain found wrong, at the place of the field that holds it. */
export function addProblems(context: z.RefinementCtx, problems: readonly FieldProblem[]): void {
  for (const { field, code, message } of problems) {
    context.addIssue({
      code: 'custom',
      path: field === '' ? [] : field.split('.'),
      message,
      params: { code },
    })
  }
}

function settingForm(name: SettingName): JsonSchema {
  const row = settingTable[name]
  if (row.kind === 'choice') return { enum: [...row.values, null] }
  const number = {
    ...(row.decimals === 0 ? { type: 'integer' } : { type: 'number', multipleOf: 10 ** -row.decimals }),
    minimum: row.min,
    maximum: row.max,
  }
  return { anyOf: [number, { enum: [...(row.hasOff ? ['off'] : []), null] }] }
}

const settingForms: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  settingNames.map((name) => [name, settingForm(name)]),
)

/** As merge patch: a null takes back what it names. */
export const settingsField: z.ZodType<SettingsPatch> = z
  .unknown()
  .transform((value, context) => {
    const parsed = parseSettings(value)
    if (parsed.ok) return value as SettingsPatch
    addProblems(context, parsed.problems)
    return z.NEVER
  })
  .meta({ wire: { type: 'object', properties: settingForms, additionalProperties: false } })

export interface OrgSettingsPatch {
  readonly patch: SettingsPatch
  /** Members of the answer, which may come back with it. */
  readonly answered: Readonly<Record<string, unknown>>
}

export const answeredOnly = ['overrides', 'effective'] as const

/** The settings stand at the top of the body. */
export const orgSettingsBody: z.ZodType<OrgSettingsPatch> = z
  .record(z.string(), z.unknown())
  .transform((body, context) => {
    const { overrides, effective, ...patch } = body
    const parsed = parseSettings(patch)
    if (parsed.ok) return { patch: patch as SettingsPatch, answered: { overrides, effective } }
    addProblems(context, parsed.problems)
    return z.NEVER
  })
  .meta({
    wire: {
      type: 'object',
      properties: {
        ...settingForms,
        overrides: { readOnly: true },
        effective: { readOnly: true },
      },
      additionalProperties: false,
    },
  })
