/**
 * What of a thing is different, as the API shows it, and how much of that is kept. Pure.
 *
 * Invariants
 *   U1. What is told of a change turns the view of before into that of after, and has no field that is the same in both.
 *   U2. Where nothing is different there is nothing to tell. When a row was written last is no difference.
 *   U3. What the view hides is compared and not told: a new value behind the same mask is a change, and stays hidden.
 *   U4. What is kept has at most the characters that it may have; whole fields go, the longest first, and are named.
 */
import { isSameJson } from '../same-json.ts'

/** A JSON object; a member that is undefined is not there. */
export type View = Readonly<Record<string, unknown>>

export interface Seen {
  readonly view: View
  /** By fields of the view: what stands behind its masks. */
  readonly hidden?: View | undefined
}

/** Null before: it was made. Null after: it is gone. */
export interface ViewDifference {
  readonly before: View | null
  readonly after: View | null
}

/** Written with every change: by itself it says nothing that the entry's time does not. */
const bookkeeping: ReadonlySet<string> = new Set(['updated_at'])

/** Null: nothing is different. Of what was made or is gone the whole view, of what was changed the fields that differ. */
export function diffViews(before: Seen | null, after: Seen | null): ViewDifference | null {
  if (before === null && after === null) return null
  if (before === null || after === null)
    return { before: before === null ? null : before.view, after: after === null ? null : after.view }
  const names = new Set([...namesOf(before), ...namesOf(after)])
  const different = new Set(
    [...names].filter((name) => !bookkeeping.has(name) && !isSameField(name, before, after)),
  )
  if (different.size === 0) return null
  return { before: only(before.view, different), after: only(after.view, different) }
}

function namesOf({ view, hidden = {} }: Seen): readonly string[] {
  return [...Object.keys(view), ...Object.keys(hidden)]
}

function isSameField(name: string, before: Seen, after: Seen): boolean {
  return (
    isSameJson(before.view[name], after.view[name]) && isSameJson(before.hidden?.[name], after.hidden?.[name])
  )
}

function only(view: View, names: ReadonlySet<string>): View {
  return Object.fromEntries(
    Object.entries(view).filter(([name, value]) => names.has(name) && value !== undefined),
  )
}

export interface BoundedView {
  readonly view: View
  /** Names of the fields that went. */
  readonly cut: readonly string[]
}

/**
 * Of each side of an entry, in characters of JSON: twice the longest free field (an asset's metadata, 16 Ki), so that an
 * ordinary row is kept whole; a fence of a thousand points, or fifty long filters, may not be.
 */
export const auditViewCharsMax = 32_768

export function boundView(view: View, charsMax: number = auditViewCharsMax): BoundedView {
  const fields = Object.entries(view)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, chars: JSON.stringify({ [name]: value }).length - 1 }))
  // Two braces, and a comma less than there are fields.
  let chars = fields.reduce((sum, field) => sum + field.chars, 1)
  const cut: string[] = []
  for (const field of fields.toSorted((one, other) => other.chars - one.chars)) {
    if (chars <= charsMax) break
    cut.push(field.name)
    chars -= field.chars
  }
  return {
    view: only(view, new Set(fields.map(({ name }) => name).filter((name) => !cut.includes(name)))),
    cut,
  }
}
