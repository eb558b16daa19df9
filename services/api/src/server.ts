/** What all routes share: outcomes of the stores as answers, references and page queries as the stores take them. */
import { isSameJson } from '@scanhook/domain/same-json'
import { listed, listedByCursor } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import type { HttpApp } from '@scanhook/http/app'
import type { Caller } from '@scanhook/http/authentication'
import { type CursorScope, decodeCursor, encodeCursor, type Position } from '@scanhook/http/cursor'
import type { SortTerm } from '@scanhook/http/query'
import type { HttpAnswer } from '@scanhook/http/route'
import type { z } from 'zod'

export type Api = HttpApp<Caller>

/** What a store says of a write (packages/postgres/change). */
export type Outcome<T> =
  | { readonly kind: 'changed'; readonly row: T }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'conflict'; readonly field: string; readonly message: string }
  | { readonly kind: 'missing_reference'; readonly field: string }

/** The row, or the error that the outcome means. `noun`: `asset`. */
export function rowOf<T>(outcome: Outcome<T>, noun: string): T {
  switch (outcome.kind) {
    case 'changed':
      return outcome.row
    case 'not_found':
      throw notFound(noun)
    case 'conflict':
      throw new ApiError('conflict', outcome.message, [
        { field: outcome.field, code: 'invalid_value', message: outcome.message },
      ])
    case 'missing_reference':
      throw fieldError({
        field: outcome.field,
        code: 'fk_not_found',
        message: 'names nothing that exists in this organization',
      })
  }
}

/** The same answer for what never was, what was deleted, and what belongs to somebody else. */
export function foundOf<T>(row: T | null, noun: string): T {
  if (row === null) throw notFound(noun)
  return row
}

export function notFound(noun: string): ApiError {
  return new ApiError('not_found', `there is no such ${noun}`)
}

export function ambiguous(field: string, other: string): ApiError {
  return fieldError({ field, code: 'ambiguous_fields', message: `cannot be combined with ${other}` })
}

export interface ReferenceFields {
  readonly idField: string
  readonly keyField: string
}

/**
 * A pair of foreign key fields as one reference: undefined when neither was sent, null when it is to be cleared. Both
 * may be sent when they mean the same row.
 */
export function referenceOf(
  { idField, keyField }: ReferenceFields,
  id: number | null | undefined,
  externalKey: string | null | undefined,
): { readonly id?: number | undefined; readonly externalKey?: string | undefined } | null | undefined {
  if (id === undefined && externalKey === undefined) return undefined
  if (id === null || externalKey === null) {
    if ((id ?? null) === null && (externalKey ?? null) === null) return null
    throw ambiguous(idField, keyField)
  }
  return { id, externalKey }
}

/** Refuses `?location_id=1&location_external_key=A`. */
export function refuseBoth(
  query: Readonly<Record<string, unknown>>,
  { idField, keyField }: ReferenceFields,
): void {
  if (isGiven(query[idField]) && isGiven(query[keyField])) throw ambiguous(keyField, idField)
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}

/** A repeatable filter that was not given filters nothing. */
export function ifAny<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values
}

export interface PageInput<F extends string> {
  readonly limit: number
  readonly offset: number
  readonly sort: readonly SortTerm<F>[]
}

/** Limit, offset and sort as the stores take them. */
export function pageOf<F extends string>({
  limit,
  offset,
  sort,
}: PageInput<F>): {
  readonly limit: number
  readonly offset: number
  readonly sort: readonly { readonly by: F; readonly direction: 'asc' | 'desc' }[]
} {
  return {
    limit,
    offset,
    sort: sort.map(({ field, isDescending }) => ({ by: field, direction: isDescending ? 'desc' : 'asc' })),
  }
}

/** A page of rows as the answer to `given`. */
export function listOf<T>(
  { limit, offset }: { readonly limit: number; readonly offset: number },
  { rows, totalCount }: { readonly rows: readonly T[]; readonly totalCount: number },
  view: (row: T) => unknown,
): HttpAnswer {
  return listed({ limit, offset, data: rows.map(view), totalCount })
}

/** A list that can be followed: what its cursors consist of. */
export interface CursorList<F extends string> {
  readonly name: string
  /** What a row may have in the fields that it is sorted by, and in those that break ties. */
  readonly fields: Readonly<Record<F, z.ZodType>>
  readonly ties: readonly z.ZodType[]
}

/** A parsed query. Everything else in it is a filter. */
export interface CursorInput<F extends string> {
  readonly limit: number
  readonly offset?: number | undefined
  readonly cursor?: string | undefined
  readonly sort: readonly SortTerm<F>[]
}

export interface StoredPage<T> {
  readonly rows: readonly T[]
  readonly next: Position | null
  readonly totalCount: number | null
}

export interface CursorPaging<F extends string> {
  /** Limit, offset, sort and position as the stores take them. */
  readonly page: ReturnType<typeof pageOf<F>> & { readonly after: Position | undefined }
  answer<T>(stored: StoredPage<T>, view: (row: T) => unknown): HttpAnswer
}

/** Throws a validation error for a cursor that is not of this list, sort and filters, or comes with an offset. */
export function cursorPaging<F extends string>(
  { name, fields, ties }: CursorList<F>,
  given: CursorInput<F>,
): CursorPaging<F> {
  const { limit, offset, cursor, sort: asked, ...filters } = given
  if (cursor !== undefined && offset !== undefined) throw ambiguous('cursor', 'offset')
  // A field that is named again sorts nothing any more.
  const sort = asked.filter((term, index) => asked.findIndex(({ field }) => field === term.field) === index)
  const scope: CursorScope = { list: name, sort, filters }
  const parts = [...sort.map(({ field }) => fields[field]), ...ties]
  const page = pageOf({ limit, offset: offset ?? 0, sort })
  return {
    page: { ...page, after: cursor === undefined ? undefined : decodeCursor(scope, cursor, parts) },
    answer: ({ rows, next, totalCount }, view) =>
      listedByCursor(
        {
          data: rows.map(view),
          limit,
          nextCursor: next === null ? null : encodeCursor(scope, next),
        },
        totalCount === null ? null : { offset: page.offset, totalCount },
      ),
  }
}

/**
 * Fields that are answered but not written may be sent back as they are (GET, change, PATCH); any other value is
 * refused rather than silently ignored.
 */
export function refuseReadOnly(
  patch: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): void {
  for (const field of fields) {
    if (patch[field] === undefined || isSameJson(patch[field], current[field])) continue
    const message = field === 'external_key' ? 'is read-only here; POST …/rename changes it' : 'is read-only'
    throw fieldError({ field, code: 'read_only', message })
  }
}
