import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { bigLoad, diskTb, partitionsFor, renderScaling, replicasFor, withTables } from './scaling.ts'

test('replicas carry the load in two of three zones at 60 % of a core, and there is one in each at least', () => {
  expect(replicasFor(1, 1)).toBe(3)
  expect(replicasFor(60_000, 10)).toBe(3) // 0.6 cores: one at 60 %
  expect(replicasFor(120_001, 10)).toBe(6) // a third one is needed: two in each zone
})

test('partitions are a multiple of twelve, four for each replica at least', () => {
  expect([3, 4, 12].map(partitionsFor)).toEqual([12, 24, 48])
})

test('disk is rate times size times time times copies', () => {
  expect(diskTb(1_000, 1_000, { hours: 1, copies: 3 })).toBeCloseTo(0.0108)
})

test('the page has the tables as they are computed: node tools/deploy/src/scaling-main.ts writes them', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/scaling.md'), 'utf8')
  expect(withTables(page, renderScaling(bigLoad))).toBe(page)
  expect(() => withTables('none', '')).toThrow('<!-- scaling -->')
})
