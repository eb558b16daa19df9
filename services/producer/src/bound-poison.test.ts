import type { KafkaRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { boundPoison } from './bound-poison.ts'

const record = (changes: Partial<KafkaRecord>): KafkaRecord => ({
  topic: 'reads',
  partition: 0,
  offset: 5,
  timestampMs: 0,
  key: null,
  value: null,
  headers: {},
  ...changes,
})

test('an ordinary record is set aside as it came', () => {
  const ordinary = record({ key: Buffer.from('k'), value: Buffer.alloc(1024 * 1024, 1), headers: { a: 'b' } })
  expect(boundPoison(ordinary)).toEqual(ordinary)
})

test('of a monstrous record the beginning is kept, so that it fits whatever it was', () => {
  const monster = record({
    key: Buffer.alloc(5_000_000),
    value: Buffer.alloc(5_000_000),
    headers: { a: 'b'.repeat(1_000_000) },
  })
  const bounded = boundPoison(monster)
  expect((bounded.key?.length ?? 0) + (bounded.value?.length ?? 0)).toBeLessThan(1.5 * 1024 * 1024)
  expect(bounded.headers).toEqual({})
  expect(bounded.offset).toBe(5)
})
