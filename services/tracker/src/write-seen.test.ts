import type { AssetSeen } from '@scanhook/domain/asset-seen'
import { assetId, orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { type SeenWriter, seenWriter } from './write-seen.ts'

type Written = readonly [partition: number | undefined, assets: readonly (readonly [number, number])[]]

interface Stage {
  readonly writer: SeenWriter
  readonly flushes: (readonly Written[])[]
  readonly lost: number[]
  /** Ends the flush under way. */
  readonly settle: (error?: Error) => void
}

function stage(limits: { readonly perRecordMax?: number; readonly notedMax?: number } = {}): Stage {
  const flushes: (readonly Written[])[] = []
  const lost: number[] = []
  let settle: Stage['settle'] = () => undefined
  const writer = seenWriter({
    encodeSeen: (record) => Buffer.from(JSON.stringify(record)),
    appendAll: (records) => {
      flushes.push(
        records.map(({ partition, value }) => {
          const { seen }: AssetSeen = JSON.parse(String(value))
          return [partition, seen.map((each) => [each.assetId, each.lastSeenMs])]
        }),
      )
      return new Promise((resolve, reject) => {
        settle = (error) => (error === undefined ? resolve() : reject(error))
      })
    },
    nowMs: () => 1,
    topic: 'asset-seen',
    partitionCount: 2,
    onLost: (count) => lost.push(count),
    ...limits,
  })
  return { writer, flushes, lost, settle: (error) => settle(error) }
}

function note(writer: SeenWriter, ...all: readonly (readonly [asset: number, atMs: number])[]): void {
  for (const [asset, atMs] of all) writer.note(orgId(7), assetId(asset), atMs)
}

test('Q1, Q2: an asset is written once with its latest sighting, always to the same partition', async () => {
  const { writer, flushes, settle } = stage()
  note(writer, [3, 10], [4, 10], [3, 30], [3, 20])
  const first = writer.flush()
  settle()
  await first
  note(writer, [3, 40])
  const second = writer.flush()
  settle()
  await second
  await writer.flush()
  expect(flushes).toEqual([
    [
      [0, [[4, 10]]],
      [1, [[3, 30]]],
    ],
    [[1, [[3, 40]]]],
  ])
})

test('Q3: a record is bounded; who was noted first goes first, and beyond the bound new ones are counted', async () => {
  const { writer, flushes, lost, settle } = stage({ perRecordMax: 2, notedMax: 3 })
  note(writer, [1, 1], [3, 1], [5, 1], [7, 1], [1, 9])
  const first = writer.flush()
  settle()
  await first
  const second = writer.flush()
  settle()
  await second
  expect(flushes).toEqual([
    [
      [
        1,
        [
          [1, 9],
          [3, 1],
        ],
      ],
    ],
    [[1, [[5, 1]]]],
  ])
  expect(lost).toEqual([1])
})

test('Q4: one flush at a time; one that fails is counted and forgotten, and the next goes on', async () => {
  const { writer, flushes, lost, settle } = stage()
  note(writer, [1, 1], [2, 1])
  const first = writer.flush()
  note(writer, [2, 5])
  await writer.flush()
  expect(flushes).toHaveLength(1)
  settle(new Error('away'))
  await first
  expect(lost).toEqual([2])
  const second = writer.flush()
  settle()
  await second
  expect(flushes[1]).toEqual([[0, [[2, 5]]]])
})
