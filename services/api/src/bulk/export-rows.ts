/** All rows of a kind as NDJSON, page by page in the order of their ids; holds one page at a time. */
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

async function* pages<T extends { readonly id: number }>(
  readPage: ReadPage<T>,
  view: (row: T) => unknown,
): AsyncGenerator<string> {
  let afterId = 0
  for (;;) {
    const rows = await readPage({ afterId, limit: pageRows })
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(view(row))}\n`).join('')
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return
    afterId = last.id
  }
}
