import { expect, test } from 'vitest'
import { type ExpectedTopic, wrongConfigs } from './compare-configs.ts'

const expected: readonly ExpectedTopic[] = [
  { name: 'asset-state', configs: { 'cleanup.policy': 'compact', 'segment.bytes': '1' } },
  {
    name: 'deliveries.retry.10s',
    configs: { 'cleanup.policy': 'delete', 'message.timestamp.type': 'LogAppendTime' },
  },
  { name: 'scans', configs: { 'cleanup.policy': 'delete' } },
]

test('U3: each config on which correctness rests is named with its topic, what it should be and what it is', () => {
  const found = new Map([
    ['asset-state', { 'cleanup.policy': 'delete', 'message.timestamp.type': 'CreateTime' }],
    ['deliveries.retry.10s', { 'cleanup.policy': 'delete', 'message.timestamp.type': 'CreateTime' }],
    ['scans', { 'cleanup.policy': 'delete', 'message.timestamp.type': 'LogAppendTime' }],
  ])
  expect(wrongConfigs(expected, found)).toEqual([
    'asset-state: cleanup.policy should be compact and is delete',
    'deliveries.retry.10s: message.timestamp.type should be LogAppendTime and is CreateTime',
  ])
})

test('U3: what an operator may tune is not compared, and the order of a list does not matter', () => {
  const found = new Map([['t', { 'cleanup.policy': 'delete,compact', 'segment.bytes': '2' }]])
  const configs = { 'cleanup.policy': 'compact,delete', 'segment.bytes': '1' }
  expect(wrongConfigs([{ name: 't', configs }], found)).toEqual([])
})

test('U3: a config that the broker does not tell is wrong', () => {
  expect(wrongConfigs([{ name: 't', configs: { 'cleanup.policy': 'compact' } }], new Map())).toEqual([
    't: cleanup.policy should be compact and is not told',
  ])
})
