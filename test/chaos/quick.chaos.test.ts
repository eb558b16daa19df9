/** What `bin/test` runs of the fault matrix: the quick set with one seed, on infrastructure of its own. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRunnable } from './cell.ts'
import { chooseCells, quickIds } from './cells.ts'
import { type Matrix, openMatrix } from './run-matrix.ts'

const seconds = 30
let matrix: Matrix

beforeAll(() => {
  matrix = openMatrix({
    folder: mkdtempSync(join(tmpdir(), 'scanhook-chaos-')),
    commit: 'working tree',
    isKeeping: false,
    say: (line) => process.stderr.write(`${line}\n`),
  })
})

afterAll(async () => {
  await matrix?.close()
})

test.each(
  chooseCells(quickIds)
    .filter(isRunnable)
    .map((cell) => [cell.id, cell.fault, cell] as const),
)('%s: %s', async (_id, _fault, cell) => {
  const { judgements, error } = await matrix.run(cell, { seed: 1, seconds })
  expect(error).toBeNull()
  expect(judgements.filter(({ verdict }) => verdict === 'violated')).toEqual([])
  expect(judgements).not.toEqual([])
})
