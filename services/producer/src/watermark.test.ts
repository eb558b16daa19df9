import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { markingHandler, openWatermark } from './watermark.ts'

const nowMs = 1_795_444_931_794
const never = Number.NEGATIVE_INFINITY
const part = (partition: number) => ({ topic: 'reads', partition })
const status = (partition: number, lagRecords: number, answeredAtMs: number | null) => ({
  ...part(partition),
  lagRecords,
  answeredAtMs,
  incomplete: 0,
  oldestIncompleteAgeMs: null,
})

test('all caught up: the watermark is a second before the oldest of the leaders’ last answers', () => {
  const watermark = openWatermark()
  watermark.assigned([part(0), part(1)])
  expect(watermark.untilMs([status(0, 0, nowMs - 20), status(1, 0, nowMs - 90)], nowMs)).toBe(nowMs - 1_090)
})

test('W1: a partition that is behind holds it at what it has handled, whatever the others have', () => {
  const watermark = openWatermark()
  watermark.assigned([part(0), part(1)])
  watermark.handled(part(1), nowMs - 3_600_000)
  expect(watermark.untilMs([status(0, 0, nowMs), status(1, 7, nowMs)], nowMs)).toBe(nowMs - 3_600_001)
})

test('W1: a request that is under way holds it, a finished one does not', () => {
  const watermark = openWatermark()
  watermark.assigned([])
  const ended = watermark.began(nowMs - 500)
  watermark.began(nowMs - 300)()
  expect(watermark.untilMs([], nowMs)).toBe(nowMs - 501)
  ended()
  expect(watermark.untilMs([], nowMs)).toBe(nowMs)
})

test('W2: nothing can be said before every partition has answered, nor between two assignments', () => {
  const watermark = openWatermark()
  expect(watermark.untilMs([], nowMs)).toBe(never)
  watermark.assigned([part(0), part(1)])
  expect(watermark.untilMs([], nowMs)).toBe(never)
  expect(watermark.untilMs([status(0, 0, nowMs), status(1, 0, null)], nowMs)).toBe(never)
  expect(watermark.untilMs([status(0, 0, nowMs), status(1, 3, nowMs)], nowMs)).toBe(never)
  watermark.revoked()
  watermark.handled(part(0), nowMs) // a handler that outlives its assignment
  expect(watermark.untilMs([status(0, 0, nowMs), status(1, 0, nowMs)], nowMs)).toBe(never)
})

test('a record that is just under way puts it back no further than to when its partition was last seen empty', () => {
  const watermark = openWatermark()
  watermark.assigned([part(0)])
  watermark.handled(part(0), nowMs - 3_600_000)
  watermark.untilMs([status(0, 0, nowMs - 10_000)], nowMs - 10_000)
  expect(watermark.untilMs([status(0, 1, nowMs)], nowMs)).toBe(nowMs - 11_000)
})

test('the handler’s progress is what its last record that is done says; times that can’t be say nothing', async () => {
  const watermark = openWatermark()
  watermark.assigned([part(0)])
  const records = [10, 20, 30].map(
    (offset): KafkaRecord => ({
      ...part(0),
      offset,
      timestampMs: nowMs + offset,
      key: null,
      value: null,
      headers: {},
    }),
  )
  const done: number[] = []
  const seen: number[] = []
  const untilMs = (): number => watermark.untilMs([status(0, 3, nowMs)], nowMs + 1_000)
  const handle = markingHandler(
    async (batch) => {
      for (const offset of [10, 20, 30]) {
        batch.doneThrough(offset)
        seen.push(untilMs())
      }
    },
    watermark,
    ({ offset, timestampMs }) => (offset === 20 ? null : timestampMs),
  )
  const batch = { ...part(0), records, doneThrough: (offset: number) => void done.push(offset) }
  await handle(batch as unknown as RecordBatch)
  expect(done).toEqual([10, 20, 30])
  expect(seen).toEqual([nowMs + 9, nowMs + 9, nowMs + 29])
})
