/**
 * A number for each asset, outside the heap. In pages, because an array that doubles would carry up to as much air as
 * numbers, and copying a million of them would be a pause.
 */
export interface PagedNumbers {
  /** 0 where nothing was set. */
  get(index: number): number
  set(index: number, value: number): void
  bytes(): number
}

type Page = Float64Array | Uint32Array

// 4,096 numbers: a small partition wastes at most 32 KiB a column, and a million assets are 250 pages.
const pageBits = 12
const pageSize = 1 << pageBits
const pageMask = pageSize - 1

function paged(newPage: () => Page): PagedNumbers {
  const pages: Page[] = []
  return {
    get: (index) => pages[index >>> pageBits]?.[index & pageMask] ?? 0,
    set(index, value) {
      const number = index >>> pageBits
      while (pages.length <= number) pages.push(newPage())
      const page = pages[number]
      if (page !== undefined) page[index & pageMask] = value
    },
    bytes: () => pages.reduce((sum, page) => sum + page.byteLength, 0),
  }
}

export const pagedDoubles = (): PagedNumbers => paged(() => new Float64Array(pageSize))
/** Whole numbers below 2^32. */
export const pagedWords = (): PagedNumbers => paged(() => new Uint32Array(pageSize))
