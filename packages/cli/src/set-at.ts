/** `--set a.b=c`: another value at a place in JSON. Pure. */
import { CliError, exitCodes } from './exit-codes.ts'

export interface Assignment {
  readonly path: readonly string[]
  readonly value: unknown
}

/** The value is JSON where it can be read as such, else text. Throws CliError. */
export function parseAssignment(text: string): Assignment {
  const equals = text.indexOf('=')
  const path = text.slice(0, Math.max(0, equals)).split('.')
  if (equals <= 0 || path.includes(''))
    throw new CliError(exitCodes.usage, `--set ${text}: write PATH=VALUE, such as asset.name=Fork`)
  const raw = text.slice(equals + 1)
  try {
    return { path, value: JSON.parse(raw) as unknown }
  } catch {
    return { path, value: raw }
  }
}

/** A copy with it. What is on the way and is no object becomes one; entries of lists are named by their index. */
export function setAt<T extends object>(given: T, { path, value }: Assignment): T {
  return put(given, path, value) as T
}

function put(given: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value
  if (Array.isArray(given) && /^\d{1,6}$/.test(name) && Number(name) < given.length)
    return given.map((each, index) => (index === Number(name) ? put(each, rest, value) : each))
  const object = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {}
  const below: unknown = Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
  // Also for a name such as __proto__: no setter is called.
  return Object.fromEntries([
    ...Object.entries(object).filter(([key]) => key !== name),
    [name, put(below, rest, value)],
  ])
}
