import { expect, test } from 'vitest'
import { exportPages } from './export-rows.ts'

test('pages are read one after the other, each when the one before was taken', async () => {
  const asked: (number | undefined)[] = []
  const stream = exportPages(
    async (after: number | undefined) => {
      asked.push(after)
      const page = after ?? 0
      return { rows: [{ page }], next: page < 5 ? page + 1 : null }
    },
    (row) => row,
  )
  expect(asked).toEqual([])
  const chunks: string[] = []
  for await (const chunk of stream) {
    chunks.push(String(chunk))
    // One is made ahead, and no more than the stream holds besides.
    expect(asked.length).toBeLessThanOrEqual(chunks.length + 2)
  }
  expect(chunks.join('')).toBe([0, 1, 2, 3, 4, 5].map((page) => `{"page":${page}}\n`).join(''))
  expect(asked).toEqual([undefined, 1, 2, 3, 4, 5])
})
