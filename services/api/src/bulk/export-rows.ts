/** All rows of a kind as NDJSON, page by page; holds one page at a time. */
import { Readable } from 'node:stream'

/** Some 100 KiB of text: small beside a request's buffers, and a handful of queries for a thousand rows. */
const pageRows = 500

/** Pages of rows with an id above `afterId`, lowest first. */
type ReadPage<T> = (page: { readonly afterId: number; readonly limit: number }) => Promise<readonly T[]>

/** A stream that asks for the next page when the last one was taken, and no more once it is destroyed. */
export function exportRows<T extends { readonly id: number }>(
  readPage: ReadPage<T>,
  view: (row: T) => unknown,
): Readable {
  return Readable.from(pages(readPage, view), { objectMode: false, highWaterMark: 1 })
}

interface Page<T, Position> {
  readonly rows: readonly T[]
  /** Behind its last row; null: there is no more. */
  readonly next: Position | null
}

/** The lines of rows that are followed by position, a page at a time. */
export async function* exportPages<T, Position>(
  readPage: (after: Position | undefined) => Promise<Page<T, Position>>,
  view: (row: T) => unknown,
): AsyncGenerator<string> {
  let after: Position | undefined
  do {
    const { rows, next } = await readPage(after)
    if (rows.length > 0) yield linesOf(rows, view)
    after = next ?? undefined
  } while (after !== undefined)
}

function linesOf<T>(rows: readonly T[], view: (row: T) => unknown): string {
  return rows.map((row) => `${JSON.stringify(view(row))}\n`).join('')
}

async function* pages<T extends { readonly id: number }>(
  readPage: ReadPage<T>,
  view: (row: T) => unknown,
): AsyncGenerator<string> {
  let afterId = 0
  for (;;) {
    const rows = await readPage({ afterId, limit: pageRows })
    if (rows.length > 0) yield linesOf(rows, view)
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return
    afterId = last.id
  }
}
