import { type ScanDeviceId, scanDeviceId } from '@scanhook/domain/ids'
import type { DeviceOffset } from '@scanhook/redis/device-clocks'
import { expect, test } from 'vitest'
import { type ReaderClocks, readerClocks } from './reader-clocks.ts'

const nowMs = 1_795_444_931_794
const hourMs = 3_600_000
const device = scanDeviceId(7)
const limits = { maxClockSkewMs: 5_000, lateLimitMs: 24 * hourMs }

function world(find: (ids: readonly ScanDeviceId[]) => Promise<readonly (number | null)[]> = async () => []) {
  const kept: DeviceOffset[][] = []
  const asked: (readonly ScanDeviceId[])[] = []
  const clocks = readerClocks({
    find: (ids) => {
      asked.push(ids)
      return find(ids)
    },
    keep: async (offsets) => void kept.push([...offsets]),
    counted: () => undefined,
  })
  return { clocks, kept, asked }
}

const lagging = (lagMs: number, atMs: number = nowMs) => ({ receivedAtMs: atMs, readAtMs: atMs - lagMs })

async function meet(clocks: ReaderClocks): Promise<void> {
  await clocks.prepare(new Map([[device, lagging(0)]]))
}

test('K1: what others learned holds for the first read; it is asked for once', async () => {
  const { clocks, asked } = world(async () => [hourMs])
  expect(clocks.isKnown(device)).toBe(false)
  await meet(clocks)
  await meet(clocks)
  expect(asked).toEqual([[device]])
  expect(clocks.judge(device, lagging(hourMs + 40), limits)).toMatchObject({ atMs: nowMs - 40 })
})

test('K1: an answer that comes late does not undo what was learned meanwhile', async () => {
  const answer = Promise.withResolvers<readonly (number | null)[]>()
  const { clocks } = world(() => answer.promise)
  const meeting = meet(clocks)
  clocks.judge(device, lagging(-60_000), limits)
  answer.resolve([hourMs])
  await meeting
  expect(clocks.judge(device, lagging(-59_900), limits)).toMatchObject({ atMs: nowMs - 100 })
})

test('K2: told when first learned and when it moved by more than a second, and only then', async () => {
  const { clocks, kept } = world(async () => [null])
  await meet(clocks)
  clocks.judge(device, lagging(hourMs), limits) // not yet believed
  await clocks.share()
  expect(kept).toEqual([])
  clocks.judge(device, lagging(900), limits)
  await clocks.share()
  await clocks.share()
  expect(kept).toEqual([[{ deviceId: device, offsetMs: 0 }]])
  clocks.judge(device, lagging(-900), limits)
  await clocks.share()
  expect(kept).toHaveLength(1)
  clocks.judge(device, lagging(-14_000), limits)
  await clocks.share()
  expect(kept).toHaveLength(2)
  expect(kept[1]).toEqual([{ deviceId: device, offsetMs: -14_000 }])
})

test('K3: a reader that was pushed out is met for the first time again', async () => {
  const { clocks } = world(async (ids) => ids.map(() => null))
  await meet(clocks)
  const others = Array.from({ length: 50_000 }, (_, index) => scanDeviceId(1_000 + index))
  await clocks.prepare(new Map(others.map((id) => [id, lagging(0)])))
  expect(clocks.isKnown(device)).toBe(false)
  expect(clocks.isKnown(scanDeviceId(1_000))).toBe(true)
})

test('K4: a trial judges as the next reads would be judged, and leaves no trace', async () => {
  const { clocks, kept, asked } = world(async (ids) => ids.map(() => hourMs))
  const trial = clocks.trial()
  expect(trial.isKnown(device)).toBe(false)
  await trial.prepare(new Map([[device, lagging(0)]]))
  expect(trial.judge(device, lagging(hourMs + 40), limits)).toMatchObject({ atMs: nowMs - 40 })
  expect(clocks.isKnown(device)).toBe(false)
  await meet(clocks)
  expect(asked).toHaveLength(2)
  // Ahead by two seconds: to the trial that is the new offset, and to nobody else.
  const other = clocks.trial()
  expect(other.isKnown(device)).toBe(true)
  other.judge(device, lagging(hourMs - 2_000), limits)
  expect(other.judge(device, lagging(hourMs), limits)).toMatchObject({ atMs: nowMs - 2_000 })
  await clocks.share()
  expect(kept).toEqual([])
  expect(clocks.judge(device, lagging(hourMs), limits)).toMatchObject({ atMs: nowMs })
})
