import { expect, test, vi } from 'vitest'
import type { RecordBatch } from '../contract.ts'
import type { KafkaRecord } from '../record.ts'
import { ConsumeLane, type LaneOptions } from './consume-lane.ts'
import type { Fetched } from './fetch-loops.ts'

function fetched(from: number, count: number, bytes = 100): Fetched {
  const records = Array.from(
    { length: count },
    (_, i): KafkaRecord => ({
      topic: 't',
      partition: 0,
      offset: from + i,
      timestampMs: 0,
      key: null,
      value: null,
      headers: {},
    }),
  )
  return { records, bytes, nextOffset: from + count, highWatermark: 1_000 }
}

async function openLane(change: Partial<LaneOptions> = {}): Promise<ConsumeLane> {
  const lane = new ConsumeLane({
    topic: 't',
    partition: 0,
    fromOffset: 0,
    committed: null,
    incompleteMax: 100,
    nowMs: Date.now,
    pauseNowMs: Date.now,
    monotonicMs: () => performance.now(),
    predecessor: Promise.resolve(),
    onChange: () => undefined,
    ...change,
  })
  await Promise.resolve()
  return lane
}

/** Hands the next batch to a handler that returns at once. */
async function take(lane: ConsumeLane): Promise<RecordBatch> {
  const taken: RecordBatch[] = []
  await lane.handOut(async (batch) => void taken.push(batch))
  const [batch] = taken
  if (batch === undefined) throw new Error('nothing was handed out')
  return batch
}

test('C1: what a handler does after close has no effect', async () => {
  const lane = await openLane()
  lane.accept(fetched(0, 3))
  const batch = await take(lane)
  batch.done(0)
  lane.close()
  batch.doneThrough(2)
  batch.pauseUntil(1, Date.now())
  expect(batch.signal.aborted).toBe(true)
  expect(lane.committable()).toBe(1)
})

test('C1: what a handler completes while it hears of the end still counts', async () => {
  const lane = await openLane()
  lane.accept(fetched(0, 3))
  const batch = await take(lane)
  batch.signal.addEventListener('abort', () => batch.doneThrough(1))
  lane.drain()
  expect(lane.committable()).toBe(2)
  expect(lane.canHandOut()).toBe(false)
  expect(lane.wantedOffset()).toBeNull()
})

test('C2: nothing is handed out while a handler runs, or before the old one of the partition has ended', async () => {
  const old = Promise.withResolvers<void>()
  const lane = await openLane({ predecessor: old.promise })
  lane.accept(fetched(0, 1))
  expect(lane.canHandOut()).toBe(false)
  old.resolve()
  await old.promise
  expect(lane.canHandOut()).toBe(true)
  const handling = Promise.withResolvers<void>()
  const handled = lane.handOut(() => handling.promise)
  lane.accept(fetched(1, 1))
  expect(lane.canHandOut()).toBe(false)
  handling.resolve()
  await handled
  expect(lane.canHandOut()).toBe(true)
})

test('C4: what came in several answers is handed out together, in order, and no more than may be incomplete', async () => {
  const lane = await openLane({ incompleteMax: 5 })
  for (let offset = 0; offset < 8; offset += 1) lane.accept(fetched(offset, 1))
  lane.accept({ records: [], bytes: 80, nextOffset: 12, highWatermark: 2_000 })
  lane.accept(fetched(12, 3))
  const first = await take(lane)
  expect(first.records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4])
  expect(lane.canHandOut()).toBe(false)
  first.doneThrough(4)
  const second = await take(lane)
  expect(second.records.map(({ offset }) => offset)).toEqual([5, 6, 7, 12, 13, 14])
  expect(second.highWatermark).toBe(1_000)
  second.doneThrough(14)
  expect(lane.committable()).toBe(15)
})

test('C3: paused until its time, even when the timer fires early', async () => {
  vi.useFakeTimers({ now: 1_000_000 })
  let clockMs = 7
  const lane = await openLane({ monotonicMs: () => clockMs })
  lane.accept(fetched(0, 5))
  const batch = await take(lane)
  batch.done(0)
  batch.pauseUntil(1, 1_000_500)
  clockMs = 506
  vi.advanceTimersByTime(500)
  expect(lane.isPaused()).toBe(true)
  expect(lane.wantedOffset()).toBeNull()
  clockMs = 507
  vi.advanceTimersByTime(1)
  expect(lane.isPaused()).toBe(false)
  expect(lane.wantedOffset()).toBe(1)
  vi.useRealTimers()
})

test.each([-600_000, 600_000])(
  'C3: a wall clock that is set by %i ms meanwhile does not move the end',
  async (jumpMs) => {
    vi.useFakeTimers({ now: 1_000_000 })
    let clockMs = 0
    const lane = await openLane({ monotonicMs: () => clockMs })
    lane.accept(fetched(0, 5))
    const batch = await take(lane)
    batch.pauseUntil(0, 1_000_500)
    vi.setSystemTime(1_000_000 + jumpMs)
    clockMs = 499
    vi.advanceTimersByTime(499)
    expect(lane.isPaused()).toBe(true)
    clockMs = 500
    vi.advanceTimersByTime(1)
    expect(lane.isPaused()).toBe(false)
    vi.useRealTimers()
  },
)

test('K1: what a batch took back is not completed by that batch, only by the one that brings it again', async () => {
  const lane = await openLane()
  lane.accept(fetched(0, 4))
  const first = await take(lane)
  first.pauseUntil(2, 0)
  lane.accept(fetched(2, 2))
  const second = await take(lane).catch(() => null)
  await vi.waitFor(() => expect(lane.isPaused()).toBe(false))
  const again = second ?? (await take(lane))
  first.doneThrough(3)
  expect(lane.committable()).toBe(2)
  again.doneThrough(3)
  expect(lane.committable()).toBe(4)
})

test('a full lane wants nothing more until its handler took something', async () => {
  const lane = await openLane()
  lane.accept(fetched(0, 1, 512 * 1024))
  expect(lane.wantedOffset()).toBeNull()
  await take(lane)
  expect(lane.wantedOffset()).toBe(1)
})

test('above incompleteMax nothing is handed out, and room is announced', async () => {
  const onChange = vi.fn()
  const lane = await openLane({ incompleteMax: 2, onChange })
  lane.accept(fetched(0, 2))
  lane.accept(fetched(2, 1))
  const batch = await take(lane)
  expect(lane.canHandOut()).toBe(false)
  onChange.mockClear()
  batch.done(1)
  expect(onChange).toHaveBeenCalledOnce()
  expect(lane.canHandOut()).toBe(true)
})

test('a stretch without visible records is passed without calling anybody', async () => {
  const lane = await openLane()
  lane.accept({ records: [], bytes: 80, nextOffset: 7, highWatermark: 7 })
  expect(lane.canHandOut()).toBe(false)
  expect(lane.committable()).toBe(7)
  expect(lane.lagRecords()).toBe(0)
})

test('a handler that says that it waits for somebody else makes progress, as long as it says so', async () => {
  let nowMs = 0
  const lane = await openLane({ monotonicMs: () => nowMs })
  lane.accept(fetched(0, 3))
  const batch = await take(lane)
  nowMs = 70_000
  batch.stillWaiting()
  expect(lane.progressedAtMs).toBe(70_000)
  lane.close()
  nowMs = 80_000
  batch.stillWaiting()
  expect(lane.progressedAtMs).toBe(70_000)
})
