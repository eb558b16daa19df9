/** What a form changes of a record, and what somebody else changed meanwhile. Pure. */

type Fields = Readonly<Record<string, unknown>>

/** A merge patch (RFC 7396) that makes `after` of `before`: only what differs, null for what is gone. */
export function patchBetween(before: Fields, after: Fields): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const name of Object.keys(before))
    if (after[name] === undefined && before[name] !== undefined) patch[name] = null
  for (const [name, value] of Object.entries(after)) {
    const known = before[name]
    if (value === undefined || isSame(known, value)) continue
    patch[name] = isObject(known) && isObject(value) ? patchBetween(known, value) : value
  }
  return patch
}

export interface Difference {
  readonly label: string
  readonly before: string
  readonly now: string
}

/** Of the named fields, those that another person changed, in words. */
export function differencesBetween(
  before: Fields,
  now: Fields,
  labels: Readonly<Record<string, string>>,
): readonly Difference[] {
  return Object.entries(labels)
    .filter(([name]) => !isSame(before[name], now[name]))
    .map(([name, label]) => ({ label, before: sayValue(before[name]), now: sayValue(now[name]) }))
}

function sayValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((each, index) => isSame(each, other[index]))
  if (!isObject(one) || !isObject(other)) return false
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => isSame(one[name], other[name]))
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
