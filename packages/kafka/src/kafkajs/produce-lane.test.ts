import { expect, test } from 'vitest'
import { ProduceLane, type QueuedRecord } from './produce-lane.ts'

function lane(count: number): {
  lane: ProduceLane
  settled: (string | null)[]
  taken: (n?: number) => number[]
} {
  const settled: (string | null)[] = new Array(count).fill('never')
  const made = new ProduceLane('t', 0)
  for (let i = 0; i < count; i += 1) {
    const record: QueuedRecord = {
      key: null,
      value: Buffer.from(String(i)),
      headers: [],
      timestampMs: 0,
      sizeBytes: 10,
      settle: (error) => {
        expect(settled[i]).toBe('never') // L2
        settled[i] = error?.message ?? null
      },
    }
    made.push(record)
  }
  const taken = (maxBytes = 1_000) => made.take(maxBytes).map(({ value }) => Number(value))
  return { lane: made, settled, taken }
}

test('L1: a request that failed is sent again before what came later', () => {
  const { lane: queue, taken } = lane(5)
  expect(taken(30)).toEqual([0, 1, 2])
  queue.failed(1_000)
  expect(queue.notBeforeMs).toBe(1_000)
  expect(taken()).toEqual([0, 1, 2, 3, 4])
})

test('L2: an acknowledgement settles what was in flight and nothing else', () => {
  const { lane: queue, settled, taken } = lane(3)
  taken(20)
  queue.acknowledged()
  expect(settled).toEqual([null, null, 'never'])
  expect(queue.length).toBe(1)
})

test('a refused batch is halved until the one that is at fault stands alone', () => {
  const { lane: queue, settled, taken } = lane(6)
  const guilty = 3
  let requests = 0
  while (queue.length > 0) {
    requests += 1
    const batch = taken()
    if (!batch.includes(guilty)) queue.acknowledged()
    else if (batch.length > 1) queue.halve()
    else queue.refused(new Error('too large'))
  }
  expect(settled).toEqual([null, null, null, 'too large', null, null])
  expect(requests).toBeLessThan(12)
})

test('one record larger than a request still goes, alone', () => {
  const { taken } = lane(2)
  expect(taken(5)).toEqual([0])
})
