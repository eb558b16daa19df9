/** How lists are followed by cursor: what was asked for as the stores take it, and what they give as the answer. */
import { listedByCursor } from '@scanhook/http/answers'
import { type CursorScope, decodeCursor, encodeCursor, type Position } from '@scanhook/http/cursor'
import type { SortTerm } from '@scanhook/http/query'
import type { HttpAnswer } from '@scanhook/http/route'
import type { z } from 'zod'
import { ambiguous, pageOf } from './server.ts'

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
