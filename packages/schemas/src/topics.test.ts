import { readdirSync, readFileSync } from 'node:fs'
import { retryTiers } from '@scanhook/domain/retry/tiers'
import { expect, test } from 'vitest'
import { topicNames, topicSpecs } from './topics.ts'

const specs = topicSpecs('p.', { partitions: 12, replicationFactor: 3 })
const byName = new Map(specs.map((spec) => [spec.name, spec]))
const days = (count: number): number => count * 24 * 3_600_000

test('every topic has one spec', () => {
  const { retry, ...names } = topicNames('p.')
  expect([...byName.keys()].sort()).toEqual([...Object.values(names), ...Object.values(retry)].sort())
  expect(specs.length).toBe(byName.size)
})

test('there is a topic for every retry tier of the domain, and no other', () => {
  expect(Object.keys(topicNames('p.').retry)).toEqual(retryTiers.map((tier) => tier.name))
})

test('what waits is kept for 14 days and stamped by the broker', () => {
  for (const name of Object.values(topicNames('p.').retry)) {
    const configs = byName.get(name)?.configs
    expect(Number(configs?.['retention.ms'])).toBeGreaterThanOrEqual(days(14))
    expect(configs?.['message.timestamp.type']).toBe('LogAppendTime')
  }
  expect(Number(byName.get('p.deliveries.dead')?.configs['retention.ms'])).toBeGreaterThanOrEqual(days(14))
})

test('state of record is compacted, and never sooner than a zombie can write', () => {
  for (const name of ['p.asset-state', 'p.master-data']) {
    const configs = byName.get(name)?.configs
    expect(configs?.['cleanup.policy']).toBe('compact')
    expect(Number(configs?.['min.compaction.lag.ms'])).toBeGreaterThan(60_000)
  }
})

test('the reference page names every topic with its retention', () => {
  const page = readFileSync(new URL('../../../docs/reference/topics.md', import.meta.url), 'utf8')
  for (const { name, configs } of specs) {
    const short = name.slice('p.'.length)
    const isTier = short.startsWith('deliveries.retry.')
    const line = page
      .split('\n')
      .find((each) => each.startsWith(isTier ? '| `deliveries.retry.' : `| \`${short}\` `))
    expect(line, short).toBeDefined()
    expect(line, short).toContain(isTier ? `.${short.split('.').at(-1)}\`` : short)
    const isCompacted = configs['cleanup.policy'] === 'compact'
    expect(line, short).toContain(
      isCompacted ? 'compacted' : `${Number(configs['retention.ms']) / days(1)} day`,
    )
  }
})

test('scans and asset-state have as many partitions, because one owner holds both', () => {
  expect(byName.get('p.scans')?.partitions).toBe(byName.get('p.asset-state')?.partitions)
})

test('two replicas must have a record where there are three', () => {
  expect(byName.get('p.events')?.configs['min.insync.replicas']).toBe('2')
  const [single] = topicSpecs('p.', { partitions: 1, replicationFactor: 1 })
  expect(single?.configs['min.insync.replicas']).toBe('1')
})

test('every field of every schema says what it means, and names are snake_case', () => {
  const folder = new URL('../avro/', import.meta.url)
  const check = (node: unknown): void => {
    if (Array.isArray(node)) for (const entry of node) check(entry)
    if (typeof node !== 'object' || node === null) return
    const record = node as {
      type?: unknown
      doc?: string
      fields?: { name: string; doc?: string; type: unknown }[]
    }
    if (record.fields !== undefined) expect(record.doc, JSON.stringify(record)).toBeTruthy()
    for (const field of record.fields ?? []) {
      expect(field.doc, field.name).toBeTruthy()
      expect(field.name).toMatch(/^[a-z][a-z0-9_]*$/)
      check(field.type)
    }
  }
  for (const file of readdirSync(folder)) check(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
})
