/** The two sides of a change, field by field. Pure. */

type Side = Readonly<Record<string, unknown>> | null

export interface FieldChange {
  /** `headers.x-team`: what is inside of objects has its path. */
  readonly field: string
  readonly kind: 'set' | 'changed' | 'taken away'
  /** As JSON, texts without their quotes; null: there was none. */
  readonly before: string | null
  readonly after: string | null
}

/** Deeper objects are shown as JSON: a path of more parts is harder to read than what it leads to. */
const depthMax = 3

/** In the order of their names. Fields that are the same on both sides are left out. */
export function compareSides(before: Side, after: Side): readonly FieldChange[] {
  const [old, now] = [flatten(before), flatten(after)]
  const fields = [...new Set([...old.keys(), ...now.keys()])].toSorted()
  return fields.flatMap((field) => {
    const [was, is] = [old.get(field) ?? null, now.get(field) ?? null]
    if (was === is) return []
    const kind = was === null ? 'set' : is === null ? 'taken away' : 'changed'
    return [{ field, kind, before: was, after: is } as const]
  })
}

function flatten(side: Side): ReadonlyMap<string, string> {
  const flat = new Map<string, string>()
  const walk = (value: unknown, path: readonly string[]): void => {
    if (isObject(value) && path.length < depthMax && Object.keys(value).length > 0)
      for (const [name, inner] of Object.entries(value)) walk(inner, [...path, name])
    else flat.set(path.join('.'), sayValue(value))
  }
  if (side !== null) for (const [name, value] of Object.entries(side)) walk(value, [name])
  return flat
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sayValue(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value, null, 2) : JSON.stringify(value)
}
