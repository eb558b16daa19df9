import type { OutgoingRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { tickWriter } from './write-ticks.ts'

test('W1: one tick per owned partition; none while the last round waits, then the present time', async () => {
  const sent: (readonly OutgoingRecord[])[] = []
  let nowMs = 1_000
  let acknowledge = (): void => undefined
  const write = tickWriter({
    encodeTick: ({ atMs }) => Buffer.from(`${atMs}`),
    appendAll: (records) => {
      sent.push(records)
      return new Promise((resolve) => {
        acknowledge = () => resolve()
      })
    },
    nowMs: () => nowMs,
    ownedPartitions: () => [3, 5],
    topic: 'scans',
  })
  const first = write()
  nowMs = 2_000
  await write()
  acknowledge()
  await first
  nowMs = 3_000
  const second = write()
  acknowledge()
  await second
  expect(
    sent.map((records) => records.map(({ partition, value }) => [partition, value?.toString()])),
  ).toEqual([
    [
      [3, '1000'],
      [5, '1000'],
    ],
    [
      [3, '3000'],
      [5, '3000'],
    ],
  ])
})

test('nothing is written while nothing is owned', async () => {
  const write = tickWriter({
    encodeTick: () => Buffer.alloc(0),
    appendAll: () => Promise.reject(new Error('must not be asked')),
    nowMs: () => 0,
    ownedPartitions: () => [],
    topic: 'scans',
  })
  await write()
})
