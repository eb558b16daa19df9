import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMetrics } from './read-metrics.ts'
import { readSourceTree } from './source-tree.ts'

const read = (text: string, path = 'services/api/src/a.ts') => readMetrics([{ path, text }])

test('a declaration gives name, kind, labels, and the values that stand in it', () => {
  const found = read(`
    const labels = { service: followers }
    const a = metrics.counter('scanhook_a_total', "It's, (one", { to: ['opened', 'closed'], reason: reasons })
    metrics.gauge('scanhook_b', 'B', ['group', 'topic']).set(1)
    metrics.histogram('scanhook_c_seconds', 'C', [], [0.1, 1])
    metrics.gauge('scanhook_d', 'D', labels)
  `)
  expect([...found.values()].map(({ name, kind, labels }) => [name, kind, ...labels])).toEqual([
    ['scanhook_a_total', 'counter', 'to', 'reason'],
    ['scanhook_b', 'gauge', 'group', 'topic'],
    ['scanhook_c_seconds', 'histogram'],
    ['scanhook_d', 'gauge', 'service'],
  ])
  expect(found.get('scanhook_a_total')?.values).toEqual(new Map([['to', ['opened', 'closed']]]))
})

test('labels that can not be read, and two declarations that differ, are errors with their place', () => {
  expect(() => read("metrics.gauge('scanhook_d', 'D', somewhere)")).toThrow(/a\.ts:1: the labels somewhere/)
  expect(() => read("x.gauge('scanhook_d', 'D')\ny.gauge('scanhook_d', 'D', ['a'])")).toThrow(/a\.ts:2/)
})

test('tests declare nothing', () => {
  expect(read("metrics.gauge('scanhook_d', 'D')", 'services/api/src/a.test.ts').size).toBe(0)
})

test('every name of a metric in the product is a declaration that was read', () => {
  const files = readSourceTree(join(import.meta.dirname, '../../..'))
  const found = readMetrics(files)
  const product = files.filter(({ path }) => /^(packages|services)\/.*(?<!\.test)\.ts$/.test(path))
  const named = product.flatMap(({ text }) =>
    [...text.matchAll(/'(scanhook_[a-z_]+)',?$/gm)].map(([, name = '']) => name),
  )
  expect([...new Set(named)].filter((name) => !found.has(name) && !name.endsWith('_'))).toEqual([])
  expect(found.size).toBeGreaterThan(90)
})
