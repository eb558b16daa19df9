/**
 * Where a list goes on, as text that its caller only carries. Pure. Knows no table: what a position consists of is said by
 * the list.
 *
 * Invariants
 *   C1. A cursor is read back as it was made, by the list that made it, with the same sort and filters; the order of a
 *       repeated filter and the size of a page may change.
 *   C2. Whatever else is sent is refused with a validation error for `cursor`, never with another one.
 *
 * It is no secret and not signed: whoever forges one asks for another place in a list that is their own anyway.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { fieldError } from './api-error.ts'
import type { SortTerm } from './query.ts'

/** Values of the fields that a list is sorted by, the ones that break ties last. Instants are epoch ms. */
export type Position = readonly (number | string | null)[]

export interface CursorScope {
  /** Which list: `deliveries`. */
  readonly list: string
  readonly sort: readonly SortTerm[]
  /** As they were parsed; undefined and empty ones are none. */
  readonly filters: Readonly<Record<string, unknown>>
}

/** The years 1 to 9999: what four digits write and PostgreSQL reads. */
const instantMinMs = Date.parse('0001-01-01T00:00:00.000Z')
const instantMaxMs = Date.parse('9999-12-31T23:59:59.999Z')

/** What a position may consist of. */
export const positionParts: {
  readonly instant: z.ZodType<number>
  readonly integer: z.ZodType<number>
  readonly uuid: z.ZodType<string>
  readonly word: z.ZodType<string>
} = {
  instant: z.int().min(instantMinMs).max(instantMaxMs),
  integer: z.int(),
  uuid: z.uuid(),
  word: z.string().regex(/^[a-z_]{1,32}$/),
}

/** 96 bits: nobody meets another one by chance. */
const fingerprintLength = 16

const written = z.tuple([z.string().length(fingerprintLength), z.string(), z.array(z.unknown())])

export function encodeCursor(scope: CursorScope, position: Position): string {
  const parts = [fingerprintOf(scope), sortText(scope.sort), position]
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** `parts`: schemas of the position's values, one each. Throws a validation error. */
export function decodeCursor(scope: CursorScope, cursor: string, parts: readonly z.ZodType[]): Position {
  const parsed = written.safeParse(jsonOf(cursor))
  if (!parsed.success) throw refused('is not one that was given')
  const [fingerprint, sort, position] = parsed.data
  if (sort !== sortText(scope.sort)) throw refused('was given for another sort')
  if (fingerprint !== fingerprintOf(scope)) throw refused('was given for other filters')
  if (
    position.length !== parts.length ||
    !parts.every((part, index) => part.safeParse(position[index]).success)
  )
    throw refused('is not one that was given')
  return position as Position // each has just been checked
}

function refused(message: string): Error {
  return fieldError({ field: 'cursor', code: 'invalid_value', message })
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

function sortText(sort: readonly SortTerm[]): string {
  return sort.map(({ field, isDescending }) => `${isDescending ? '-' : ''}${field}`).join(',')
}

function fingerprintOf({ list, filters }: CursorScope): string {
  const given = Object.entries(filters)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [name, Array.isArray(value) ? [...new Set(value.map(String))].sort() : value])
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([list, given]))
    .digest('base64url')
    .slice(0, fingerprintLength)
}
