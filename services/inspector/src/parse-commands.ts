/** What people and tests may tell the inspector: parsed, or the sentence that says what is wrong. Pure. */
import type { Behaviour } from './bins.ts'

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

const binName = /^[A-Za-z0-9_-]{1,64}$/
/** What a receiver is given: a shared secret, or the public half of a signing key. */
const secretForm = /^wh(?:sec|pk)_[A-Za-z0-9+/=_-]{1,200}$/
/** As many as sign one message at most. */
const secretsMax = 5
/** Longer than every timeout of a sender. */
const delayMaxMs = 600_000

export function isBinName(name: string): boolean {
  return binName.test(name)
}

/** `{"secret":"whsec_…"}` or `{"secrets":["whsec_…", …]}`. */
export function parseSecrets(json: unknown): Parsed<readonly string[]> {
  const { secret, secrets = secret === undefined ? undefined : [secret] } = recordOf(json)
  if (!Array.isArray(secrets)) return refused('send {"secret":"whsec_…"}')
  if (secrets.length > secretsMax) return refused(`at most ${secretsMax} secrets`)
  const known = secrets.filter((each): each is string => typeof each === 'string' && secretForm.test(each))
  if (known.length !== secrets.length) return refused('a secret is whsec_ and base64, or whpk_ and base64')
  return { ok: true, value: known }
}

/** `{"status":500,"count":2,"delay_ms":100,"headers":{"retry-after":"3"},"reset":false}`, every part optional. */
export function parseBehaviour(json: unknown): Parsed<Behaviour> {
  const given = recordOf(json)
  const status = given['status'] ?? 200
  const count = given['count'] ?? null
  const delayMs = given['delay_ms'] ?? 0
  const headers = given['headers'] ?? {}
  const unknown = Object.keys(given).find(
    (key) => !['status', 'count', 'delay_ms', 'headers', 'reset'].includes(key),
  )
  if (unknown !== undefined) return refused(`${unknown} is not known`)
  if (!isInteger(status, 200, 599)) return refused('status is a number from 200 to 599')
  if (count !== null && !isInteger(count, 1, 1_000_000))
    return refused('count is a number from 1, or null for always')
  if (!isInteger(delayMs, 0, delayMaxMs)) return refused(`delay_ms is a number from 0 to ${delayMaxMs}`)
  if (!areHeaders(headers)) return refused('headers is an object of texts')
  return { ok: true, value: { status, count, delayMs, headers, isReset: given['reset'] === true } }
}

/** A number in a query; `fallback` when it is absent, undefined when it is wrong. */
export function parseNumber(
  raw: string | null,
  fallback: number,
  min: number,
  max: number,
): number | undefined {
  if (raw === null) return fallback
  if (!/^\d{1,15}$/.test(raw)) return undefined
  const value = Number(raw)
  return value >= min && value <= max ? value : undefined
}

function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}

function recordOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : {}
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

function areHeaders(value: unknown): value is Readonly<Record<string, string>> {
  const entries = Object.entries(recordOf(value))
  return entries.every(
    ([name, text]) =>
      /^[A-Za-z0-9-]{1,64}$/.test(name) && typeof text === 'string' && /^[\x20-\x7e]*$/.test(text),
  )
}
