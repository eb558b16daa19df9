import { expect, test } from 'vitest'
import type { Cell } from './cell.ts'
import { chooseCells, quickIds } from './cells.ts'
import { renderReport } from './report.ts'
import { type KeptResult, merged } from './results.ts'

const result = (cell: string, seed: number, at: string, isViolated = false): KeptResult => ({
  cell,
  seed,
  at,
  commit: 'abc',
  seconds: 30,
  faults: ['f'],
  judgements: [
    {
      invariant: 'I1',
      verdict: isViolated ? 'violated' : 'held',
      violations: isViolated ? ['event | lost'] : [],
      violationCount: isViolated ? 1 : 0,
      figures: { deliveries: seed * 100 },
    },
  ],
  figures: {},
  tookS: 60,
  error: null,
})

test('a later run of the same cell and seed replaces the earlier, others stay', () => {
  const kept = merged(
    [result('B1', 1, '2026-01-01'), result('B1', 2, '2026-01-01')],
    [result('B1', 1, '2026-01-02')],
  )
  expect(kept.map(({ seed, at }) => `${seed} ${at}`)).toEqual(['1 2026-01-02', '2 2026-01-01'])
})

test('the page says of each cell what it is, how it ended with each seed, and of those that cannot run why', () => {
  const cells: readonly Cell[] = [
    { id: 'B1', fault: 'broker killed', invariants: ['I1'], run: async () => undefined },
    { id: 'B2', fault: 'broker stands', invariants: ['I1'], run: async () => undefined },
    { id: 'X1', fault: 'power loss', invariants: ['I1'], cannot: 'needs a power switch' },
  ]
  const breakages = { 'too-early': { words: 'committed first', edits: [], cells: ['B1'] } }
  const noticed = [{ cell: 'B1', invariant: 'I7', violation: 'nothing followed' }]
  const page = renderReport(cells, [result('B1', 1, '2026-01-01'), result('B1', 2, '2026-01-02', true)], {
    breakages,
    kept: [{ breakage: 'too-early', at: '2026-01-01', commit: 'abc', noticed }],
  })
  expect(page).toContain('| `too-early` | committed first | I7 in B1: nothing followed |')
  expect(page).toContain(
    '| B1 | broker killed | I1 | **violated**: seed 2: I1 (event \\| lost) | delivered: 100 / 200 |',
  )
  expect(page).toContain('| B2 | broker stands | I1 | not run yet |  |')
  expect(page).toContain('| X1 | power loss | needs a power switch |')
})

test('the quick set names cells that there are; an unknown name is refused, a short one names its family', () => {
  expect(chooseCells(quickIds).map(({ id }) => id)).toEqual(quickIds)
  expect(() => chooseCells(['Q9'])).toThrow('there is no cell Q9')
  expect(chooseCells(['S6']).every(({ id }) => id.startsWith('S6-'))).toBe(true)
  expect(chooseCells(['S6-router']).map(({ id }) => id)).toEqual(['S6-router'])
})
