import type { KafkaRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { type RecordPorts, recordBatch } from './record-batch.ts'

const record: KafkaRecord = {
  topic: 'events',
  partition: 0,
  offset: 7,
  timestampMs: 0,
  key: null,
  value: Buffer.from('x'),
  headers: {},
}

test('W1: a revoke while the registry is away ends the batch and not the process', async () => {
  const revoked = new AbortController()
  const done: number[] = []
  const ports: RecordPorts<string> = {
    decode: async () => {
      revoked.abort()
      throw new Error('nobody waits any more')
    },
    batcher: { submit: () => expect.unreachable() },
    setAside: () => expect.unreachable(),
    onFailure: () => expect.unreachable(),
    onWritten: () => expect.unreachable(),
    rowsMax: 10,
  }
  await recordBatch(ports, {
    topic: 'events',
    partition: 0,
    records: [record],
    highWatermark: 8,
    signal: revoked.signal,
    over: revoked.signal,
    done: (offset) => done.push(offset),
    doneThrough: (offset) => done.push(offset),
    pauseUntil: () => expect.unreachable(),
    stillWaiting: () => undefined,
  })
  expect(done).toEqual([])
})

test('W4: waiting behind the writes of other partitions is no stall', async () => {
  let waited = 0
  const done: number[] = []
  const ports: RecordPorts<string> = {
    decode: () => ({ kind: 'good', value: 'x' }),
    batcher: {
      submit: async (_, stillWaiting) => {
        stillWaiting()
        stillWaiting()
        return { kind: 'written', rejected: [] }
      },
    },
    setAside: () => expect.unreachable(),
    onFailure: () => expect.unreachable(),
    onWritten: () => undefined,
    rowsMax: 10,
  }
  await recordBatch(ports, {
    topic: 'events',
    partition: 0,
    records: [record],
    highWatermark: 8,
    signal: new AbortController().signal,
    over: new AbortController().signal,
    done: (offset) => done.push(offset),
    doneThrough: (offset) => done.push(offset),
    pauseUntil: () => expect.unreachable(),
    stillWaiting: () => void waited++,
  })
  expect([waited, done]).toEqual([2, [7]])
})
