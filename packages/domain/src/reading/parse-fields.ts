/**
 * Reads the members of a JSON object that came from outside and collects everything that is wrong with it, so that a
 * sender learns of all problems at once. A member that is null counts as absent. Knows no particular format.
 *
 * Invariant
 *   F1. Every problem names its field and its rule; a refused value of a member is `null` here and never used.
 */
import { parseInstant } from '../instant.ts'
import type { FieldProblem, FieldProblemCode } from '../read.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where problems go, and what their field names begin with (empty, or `reads[3].`). */
export interface FieldReport {
  readonly prefix: string
  readonly problems: FieldProblem[]
}

export function report(into: FieldReport, field: string, code: FieldProblemCode, message: string): null {
  into.problems.push({ field: `${into.prefix}${field}`, code, message })
  return null
}

export function refuseUnknownKeys(object: JsonObject, known: readonly string[], into: FieldReport): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) {
      report(into, clip(key), 'unknown_field', `is not a field here; known are ${known.join(', ')}`)
    }
  }
}

// A name of ours is at most 20 characters; a stranger's is shown as far as it helps.
function clip(key: string): string {
  return key.length <= 64 ? key : `${key.slice(0, 64)}…`
}

/** TrakRF's rule for tag values, used for every text here: printable characters, tab, LF and CR; no other controls. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are refused
const unprintable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]|\p{Surrogate}/u

/** A text of 1 to `maxLength` characters, or null when absent or refused. */
export function readText(
  object: JsonObject,
  field: string,
  maxLength: number,
  into: FieldReport,
): string | null {
  const value = object[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') {
    return report(into, field, 'invalid_value', `must be a string; received ${kindOf(value)}`)
  }
  if (value.trim() === '')
    return report(into, field, 'too_short', 'must have at least 1 character that is not blank')
  if (value.length > maxLength) {
    return report(into, field, 'too_long', `must have at most ${maxLength} characters; has ${value.length}`)
  }
  if (unprintable.test(value))
    return report(into, field, 'invalid_value', 'must not contain control characters')
  return value
}

/** A whole number from `min` to `max`, or null when absent or refused. */
export function readInteger(
  object: JsonObject,
  field: string,
  bounds: { readonly min: number; readonly max: number },
  into: FieldReport,
): number | null {
  const value = object[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return report(into, field, 'invalid_value', `must be a whole number; received ${kindOf(value)}`)
  }
  if (value < bounds.min)
    return report(into, field, 'too_small', `must be at least ${bounds.min}; received ${value}`)
  if (value > bounds.max)
    return report(into, field, 'too_large', `must be at most ${bounds.max}; received ${value}`)
  return value
}

/** A number from `min` to `max`, fractions allowed, or null when absent or refused. */
export function readNumber(
  object: JsonObject,
  field: string,
  bounds: { readonly min: number; readonly max: number },
  into: FieldReport,
): number | null {
  const value = object[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return report(into, field, 'invalid_value', `must be a number; received ${kindOf(value)}`)
  }
  if (value < bounds.min) return report(into, field, 'too_small', `must be at least ${bounds.min}`)
  if (value > bounds.max) return report(into, field, 'too_large', `must be at most ${bounds.max}`)
  return value
}

/** As `readInteger` and `readText` say, but absence is a problem too. */
export function requireField<T>(
  object: JsonObject,
  field: string,
  value: T | null,
  into: FieldReport,
): T | null {
  if (object[field] === undefined || object[field] === null)
    return report(into, field, 'required', 'is required')
  return value
}

/**
 * An instant: RFC 3339 text, or epoch seconds, ms, µs or ns as a number or its digits, told apart by size. Null when
 * absent or refused. Whether it is plausible is another question (`judgeTime`).
 */
export function readInstant(object: JsonObject, field: string, into: FieldReport): number | null {
  const value = object[field]
  if (value === undefined || value === null) return null
  const atMs = instantOf(value)
  if (atMs !== null) return atMs
  const rule = 'must be RFC 3339 (2026-04-28T00:33:38.021Z) or epoch seconds, ms, µs or ns'
  return report(into, field, 'invalid_value', `${rule}; received ${kindOf(value)}`)
}

/** As `readInstant` reads it, without a report: null for anything else. */
export function instantOf(value: unknown): number | null {
  if (typeof value === 'number') return instantOfEpoch(value)
  if (typeof value !== 'string') return null
  return /^\d{1,19}(\.\d{1,9})?$/.test(value) ? instantOfEpoch(Number(value)) : parseInstant(value)
}

// Every unit covers 1973 to 5138 before the next one begins, so a plausible instant is never misread. Nanoseconds end
// at int64.
const secondsEnd = 1e11
const msEnd = 1e14
const microsecondsEnd = 1e17
const nanosecondsEnd = 9.3e18

function instantOfEpoch(value: number): number | null {
  if (!(value >= 0 && value < nanosecondsEnd)) return null
  if (value < secondsEnd) return Math.floor(value * 1_000)
  if (value < msEnd) return Math.floor(value)
  if (value < microsecondsEnd) return Math.floor(value / 1_000)
  return Math.floor(value / 1_000_000)
}

// Wider than any radio; it only keeps nonsense out of the 16-bit range of centi-dBm.
const signalMinDbm = -300
const signalMaxDbm = 300

/**
 * A signal in dBm, as hundredths. Readers send it as a number or as text (`"-56"`), and 0 or something unreadable when
 * they do not know it (TrakRF's fixtures show all of these). Unknown is null, not a problem: a read without a signal is
 * still a read.
 */
export function readSignal(object: JsonObject, field: string, into: FieldReport): number | null {
  return readScaledSignal(object, { field, perDbm: 1 }, into)
}

/** The same where the reader counts in hundredths itself, as Impinj does: −7300 stays −7300. */
export function readCentiSignal(object: JsonObject, field: string, into: FieldReport): number | null {
  return readScaledSignal(object, { field, perDbm: 100 }, into)
}

function readScaledSignal(
  object: JsonObject,
  { field, perDbm }: { readonly field: string; readonly perDbm: 1 | 100 },
  into: FieldReport,
): number | null {
  const value = object[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'number' && typeof value !== 'string') {
    return report(into, field, 'invalid_value', `must be a number or its text; received ${kindOf(value)}`)
  }
  const signal = typeof value === 'string' && value.trim() === '' ? 0 : Number(value)
  if (!Number.isFinite(signal)) return null
  const min = signalMinDbm * perDbm
  const max = signalMaxDbm * perDbm
  if (signal < min) return report(into, field, 'too_small', `must be at least ${min}`)
  if (signal > max) return report(into, field, 'too_large', `must be at most ${max}`)
  const cdbm = Math.round((signal * 100) / perDbm)
  return cdbm === 0 ? null : cdbm
}

/** What a value is, without showing it: `an array`, `null`, `a string`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a fraction'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
