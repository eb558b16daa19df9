/** Reads fields out of unknown JSON and notes what is wrong with them, all of it, not only the first. */
import type { FieldProblem } from '@scanhook/domain/read'

export interface Fields {
  text(name: string): string
  textOrNull(name: string): string | null
  number(name: string): number
  numberOrNull(name: string): number | null
  /** A whole number ≥ 0. */
  integer(name: string): number
  oneOf<const T extends readonly string[]>(name: string, values: T): T[number]
  object<T>(name: string, read: (fields: Fields) => T): T
  list<T>(name: string, read: (fields: Fields) => T): readonly T[]
  problem(field: string, message: string): void
}

/** A field that is missing or wrong yields a stand-in; the caller drops the whole when there are problems. */
export function fieldsOf(json: unknown, path: string, problems: FieldProblem[]): Fields {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
  const object: Readonly<Record<string, unknown>> = isObject ? (json as Record<string, unknown>) : {}
  const fieldOf = (name: string): string => (path === '' ? name : `${path}.${name}`)

  function note(field: string, message: string): void {
    problems.push({ field, code: 'invalid_value', message: `${field} ${message}` })
  }
  if (!isObject) note(path === '' ? 'line' : path, 'must be an object')

  function check<T>(name: string, isRight: (value: unknown) => value is T, rule: string, standIn: T): T {
    const value = object[name]
    if (isRight(value)) return value
    if (isObject) note(fieldOf(name), `must be ${rule}`)
    return standIn
  }

  return {
    text: (name) => check(name, isText, 'text of 1–255 characters', ''),
    textOrNull: (name) =>
      object[name] == null ? null : check(name, isText, 'text of 1–255 characters, or null', ''),
    number: (name) => check(name, isNumber, 'a number', 0),
    numberOrNull: (name) => (object[name] == null ? null : check(name, isNumber, 'a number, or null', 0)),
    integer: (name) => check(name, isCount, 'a whole number from 0', 0),
    oneOf<const T extends readonly string[]>(name: string, values: T): T[number] {
      const isOne = (value: unknown): value is T[number] => values.some((allowed) => allowed === value)
      return check(name, isOne, `one of ${values.join(', ')}`, values[0] as T[number])
    },
    object: (name, read) => read(fieldsOf(object[name], fieldOf(name), problems)),
    list: (name, read) =>
      check(name, Array.isArray, 'a list', []).map((entry, index) =>
        read(fieldsOf(entry, `${fieldOf(name)}[${index}]`, problems)),
      ),
    problem: note,
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 255
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return isNumber(value) && Number.isSafeInteger(value) && value >= 0
}
