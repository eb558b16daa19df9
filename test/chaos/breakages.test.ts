import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../harness/service-process.ts'
import { breakages } from './breakages.ts'
import { chooseCells } from './cells.ts'

test.each(Object.entries(breakages))(
  '%s still fits the sources, and names cells that there are',
  (_name, { edits, cells }) => {
    for (const { file, find } of edits)
      expect(readFileSync(join(root, file), 'utf8').split(find), `${file}: ${find}`).toHaveLength(2)
    expect(chooseCells(cells)).toHaveLength(cells.length)
  },
)
