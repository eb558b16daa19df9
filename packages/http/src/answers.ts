/** The bodies of successful answers, and times as the API writes them. Pure. */
import type { HttpAnswer } from './route.ts'

/** `{"data": …}`. */
export function single(data: unknown, status: number = 200): HttpAnswer {
  return { status, body: { data } }
}

export interface Page {
  readonly data: readonly unknown[]
  readonly limit: number
  readonly offset: number
  readonly totalCount: number
}

/** `{"data": […], "limit", "offset", "total_count"}`; `data` is never null. */
export function listed({ data, limit, offset, totalCount }: Page): HttpAnswer {
  return { status: 200, body: { data, limit, offset, total_count: totalCount } }
}

export interface CursorPage {
  readonly data: readonly unknown[]
  readonly limit: number
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null
}

/** A page that is also, or only, followed by cursor. Offset and total are null where a cursor was given: neither is known. */
export function listedByCursor(
  { data, limit, nextCursor }: CursorPage,
  counted: { readonly offset: number; readonly totalCount: number } | null,
): HttpAnswer {
  const { offset = null, totalCount = null } = counted ?? {}
  return { status: 200, body: { data, limit, offset, total_count: totalCount, next_cursor: nextCursor } }
}

/** 204: done, and nothing to say. */
export function nothing(): HttpAnswer {
  return { status: 204 }
}

/** RFC 3339 in UTC with three digits, `2026-04-28T00:33:38.021Z`; null stays null. */
export function timeText(atMs: number): string
export function timeText(atMs: number | null): string | null
export function timeText(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
