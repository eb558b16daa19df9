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

/** `90s`, `15m`, `2h`, `7d` ago, or an RFC 3339 time; as the API writes it. */
export function timeOf(name: string, text: string, nowMs: number): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const atMs = count === undefined ? Date.parse(text) : nowMs - Number(count) * (units[unit] ?? 0)
  if (Number.isNaN(atMs))
    throw new CliError(exitCodes.usage, `--${name} is a time such as 2026-04-28T00:00:00Z, or 2h ago as 2h`)
  return new Date(atMs).toISOString()
}
