import type { KafkaRecord } from '@scanhook/kafka/record'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { expect, test } from 'vitest'
import { OrderGate } from './order-gate.ts'
import { type MemoryPorts, type PartitionMemory, partitionMemory } from './partition-memory.ts'

const record = (partition: number, offset: number, key = '', value: string | null = null): KafkaRecord => ({
  topic: 't',
  partition,
  offset,
  timestampMs: 0,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: {},
})

interface Bench {
  readonly memory: PartitionMemory
  readonly order: OrderGate
  readonly noted: string[]
}

function bench(change: Partial<MemoryPorts> = {}): Bench {
  const order = new OrderGate()
  const noted: string[] = []
  const memory = partitionMemory({
    order,
    readOrder: async (_partitions, apply) => {
      apply(record(0, 0, '7:1:5', '1000'))
      apply(record(0, 1, '7:2:9', '1000'))
      apply(record(0, 2, '7:2:9', null))
      apply(record(0, 3, 'nonsense', '1'))
    },
    loadMarks: async (partition) => ({
      size: 1,
      has: (offset, id) => noted.includes(`${partition} ${offset} ${id}`),
    }),
    noteMark: (partition, offset, id) => noted.push(`${partition} ${offset} ${id}`),
    loadStates: async () => undefined,
    restored: () => undefined,
    ...change,
  })
  return { memory, order, noted }
}

const partitions = [{ topic: 't', partition: 0 }]

test('M1: the order of a partition is known before it is handled; what was taken back is not', async () => {
  const { memory, order } = bench()
  await memory.assigned(partitions)
  expect([order.judge(7, 1, 6, 0).kind, order.judge(7, 2, 10, 0).kind]).toEqual(['behind', 'go'])
})

test('M1: an order that can not be read stops the assignment', async () => {
  const { memory } = bench({ readOrder: () => Promise.reject(new Error('no Kafka')) })
  await expect(memory.assigned(partitions)).rejects.toThrow('no Kafka')
})

test('M1: a record counts as done for its own delivery and attempt only', async () => {
  const { memory } = bench()
  await memory.assigned(partitions)
  const delivery = deliveryTo(7)
  expect(memory.wasDone(record(0, 4), delivery)).toBe(false)
  memory.noteDone(record(0, 4), delivery)
  expect(memory.wasDone(record(0, 4), delivery)).toBe(true)
  expect(memory.wasDone(record(0, 4), { ...delivery, attemptNumber: 2 })).toBe(false)
  expect(memory.wasDone(record(0, 5), delivery)).toBe(false)
})

test('M2: what belongs to a partition is forgotten with it', async () => {
  const { memory, order } = bench()
  await memory.assigned(partitions)
  const delivery = deliveryTo(7)
  memory.noteDone(record(0, 4), delivery)
  memory.revoked(partitions)
  expect([order.size, memory.wasDone(record(0, 4), delivery)]).toEqual([0, false])
})
