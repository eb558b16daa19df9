import type { SeenAsset } from '@scanhook/domain/asset-seen'
import { assetId, orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { type SeenKeeper, type SeenLimits, seenKeeper } from './seen-keeper.ts'

interface Stage {
  readonly keeper: SeenKeeper
  readonly rounds: (readonly [number, number])[][]
  readonly finish: (error?: Error) => Promise<void>
  readonly counts: { written: number; dropped: number; failed: number }
}

function stage(limits: SeenLimits): Stage {
  const rounds: Stage['rounds'] = []
  const counts = { written: 0, dropped: 0, failed: 0 }
  let settle: (error?: Error) => void = () => undefined
  const keeper = seenKeeper(
    {
      write: (sightings) => {
        rounds.push(sightings.map((seen) => [seen.assetId, seen.lastSeenMs]))
        return new Promise((resolve, reject) => {
          settle = (error) => (error === undefined ? resolve(sightings.length) : reject(error))
        })
      },
      onWritten: (count) => {
        counts.written += count
      },
      onDropped: (count) => {
        counts.dropped += count
      },
      onFailure: () => {
        counts.failed++
      },
    },
    limits,
  )
  return {
    keeper,
    rounds,
    counts,
    finish: async (error) => {
      settle(error)
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    },
  }
}

const seen = (asset: number, lastSeenMs: number): SeenAsset => ({
  orgId: orgId(7),
  assetId: assetId(asset),
  lastSeenMs,
})
const record = (...all: readonly SeenAsset[]) => ({ atMs: 0, seen: all })

test('N1: an asset waits once, with its latest sighting', async () => {
  const { keeper, rounds, finish } = stage({ rowsMax: 10, waitingMax: 10 })
  keeper.note([record(seen(1, 5), seen(2, 5)), record(seen(1, 9)), record(seen(1, 7))])
  void keeper.write()
  await finish()
  expect(rounds).toEqual([
    [
      [1, 9],
      [2, 5],
    ],
  ])
  expect(keeper.waiting()).toBe(0)
})

test('N2: no more than so many wait; those that do are still brought up to date', async () => {
  const { keeper, rounds, finish, counts } = stage({ rowsMax: 10, waitingMax: 2 })
  keeper.note([record(seen(1, 1), seen(2, 1), seen(3, 1), seen(1, 2))])
  expect([keeper.waiting(), counts.dropped]).toEqual([2, 1])
  void keeper.write()
  await finish()
  expect(rounds[0]).toEqual([
    [1, 2],
    [2, 1],
  ])
})

test('N3: a round takes those that waited longest, and one is under way at a time', async () => {
  const { keeper, rounds, finish, counts } = stage({ rowsMax: 2, waitingMax: 10 })
  keeper.note([record(seen(1, 1), seen(2, 1), seen(3, 1))])
  keeper.note([record(seen(1, 2))]) // keeps its place
  void keeper.write()
  void keeper.write()
  expect(rounds).toHaveLength(1)
  await finish()
  void keeper.write()
  await finish()
  expect(rounds).toEqual([
    [
      [1, 2],
      [2, 1],
    ],
    [[3, 1]],
  ])
  expect(counts.written).toBe(3)
})

test('N4: a failed round loses nothing; what is noted during one that succeeds waits for the next', async () => {
  const { keeper, rounds, finish, counts } = stage({ rowsMax: 2, waitingMax: 10 })
  keeper.note([record(seen(1, 1), seen(2, 1), seen(3, 1))])
  void keeper.write()
  await finish(new Error('away'))
  expect([keeper.waiting(), counts.failed]).toEqual([3, 1])
  void keeper.write()
  keeper.note([record(seen(1, 4))])
  await finish()
  void keeper.write()
  await finish()
  expect(rounds[2]).toEqual([
    [3, 1],
    [1, 4],
  ])
  expect(keeper.waiting()).toBe(0)
})

test('nothing is written while nobody waits', async () => {
  const { keeper, rounds } = stage({ rowsMax: 2, waitingMax: 10 })
  await keeper.write()
  expect(rounds).toEqual([])
})
