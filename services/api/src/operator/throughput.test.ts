import { expect, test } from 'vitest'
import { openThroughput } from './read-throughput.ts'
import { boundariesOf, bucketsOf, recordsBetween } from './throughput.ts'

test('H1, H2: what lies between two answers is counted, never below zero, new partitions from their beginning', () => {
  expect(recordsBetween([10, 5], [12, 9])).toBe(6)
  expect(recordsBetween([10, 5], [3, 9])).toBe(4)
  expect(recordsBetween([10], [12, 9])).toBe(11)
})

test('boundaries lie on whole steps, the newest not after now', () => {
  expect(boundariesOf(1_234, 100, 3)).toEqual([900, 1_000, 1_100, 1_200])
  expect(boundariesOf(1_200, 100, 1)).toEqual([1_100, 1_200])
})

test('buckets lie between neighbours', () => {
  const points = [
    { atMs: 0, offsets: [1] },
    { atMs: 5, offsets: [4] },
    { atMs: 10, offsets: [4] },
  ]
  expect(bucketsOf(points)).toEqual([
    { fromMs: 0, toMs: 5, records: 3 },
    { fromMs: 5, toMs: 10, records: 0 },
  ])
})

const stepMs = 300_000
/** A topic that has got one record a second since the epoch. */
function rig(startMs: number) {
  const asked: number[] = []
  const world = { nowMs: startMs }
  const read = openThroughput(
    {
      nowMs: () => world.nowMs,
      admin: async () => ({
        endOffsets: async () => [Math.floor(world.nowMs / 1_000)],
        offsetsFrom: async (_topic, atMs) => {
          asked.push(atMs)
          return [Math.floor(atMs / 1_000)]
        },
      }),
    },
    [{ stream: 'events', topic: 't.events' }],
  )
  return { read, asked, world }
}

test('one record a second is one record a second, now and in each five minutes of the last hour', async () => {
  const { read } = rig(100 * stepMs + 120_000)
  const { streams, nowSeconds } = await read()
  expect(nowSeconds).toBe(60)
  expect(streams).toHaveLength(1)
  expect(streams[0]).toMatchObject({ stream: 'events', topic: 't.events', recordsNow: 60 })
  expect(streams[0]?.buckets).toHaveLength(12)
  expect(streams[0]?.buckets.map(({ records }) => records)).toEqual(Array.from({ length: 12 }, () => 300))
})

test('H3: what is over is asked for once, what is fresh again', async () => {
  const { read, asked, world } = rig(100 * stepMs + 30_000)
  await read()
  expect(asked).toHaveLength(14)
  // The newest boundary was 30 s ago: records may still have come in that are stamped before it.
  await read()
  expect(asked.slice(14)).toEqual([100 * stepMs, world.nowMs - 60_000])
  world.nowMs += 60_000
  await read()
  await read()
  expect(asked.slice(16)).toEqual([100 * stepMs, world.nowMs - 60_000, world.nowMs - 60_000])
})
