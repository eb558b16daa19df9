/** Words of people as what commands need. Pure; each throws CliError for what it can not read. */
import { CliError, exitCodes } from './exit-codes.ts'

/** An id of the API: a whole number up to 2^53−1. */
export function idOf(text: string): number {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(id) || id < 1) throw new CliError(exitCodes.usage, `${text} is no id`)
  return id
}

/** A number from `min` to `max`; `fallback` where there is no word. */
export function numberOf(
  name: string,
  text: string | undefined,
  { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  if (text === undefined) return fallback
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max))
    throw new CliError(exitCodes.usage, `--${name} is a number from ${min} to ${max}`)
  return value
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** RFC 3339: a date, which begins at midnight UTC, or a date with a time and its zone. */
const rfc3339 = /^(\d{4}-\d{2}-\d{2})(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/

/** `90s`, `15m`, `2h`, `7d` ago, or an RFC 3339 date or time; as the API writes it. */
export function timeOf(name: string, text: string, nowMs: number): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const atMs = count === undefined ? instantOf(text) : nowMs - Number(count) * (units[unit] ?? 0)
  if (Number.isNaN(atMs))
    throw new CliError(
      exitCodes.usage,
      `--${name} is a time: how long ago (90s, 15m, 2h, 7d), or RFC 3339 with a zone (2026-04-28, 2026-04-28T00:00:00Z); ${text === '' ? 'nothing' : text} is neither`,
    )
  return new Date(atMs).toISOString()
}

/** Nothing that is not written so gets to `Date.parse`: V8 reads `2` as February 2001, and the 31st of February as a day in March. */
function instantOf(text: string): number {
  const date = rfc3339.exec(text)?.[1]
  if (date === undefined) return Number.NaN
  const dayMs = Date.parse(date)
  if (Number.isNaN(dayMs) || !new Date(dayMs).toISOString().startsWith(date)) return Number.NaN
  return Date.parse(text.toUpperCase())
}
