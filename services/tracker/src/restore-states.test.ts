import type { AssetState } from '@scanhook/domain/asset-state'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { parseAssetKey } from '@scanhook/schemas/keys'
import { state } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AssetTable } from './asset-table.ts'
import { nothingRestored, restoreStates } from './restore-states.ts'

interface Written {
  readonly partition: number
  readonly asset: number
  /** Null is a tombstone. */
  readonly offset: number | null
}

function recordsOf(log: readonly Written[]): KafkaRecord[] {
  return log.map(({ partition, asset, offset }, position) => ({
    topic: 'asset-state',
    partition,
    offset: position,
    timestampMs: 0,
    key: Buffer.from(`7:${asset}`),
    value: offset === null ? null : Buffer.from(`${asset}@${offset}`),
    headers: {},
  }))
}

type Decode = (bytes: Buffer) => AssetState | Promise<AssetState>
const atOnce: Decode = (bytes) => {
  const [asset = 0, offset = 0] = bytes.toString().split('@').map(Number)
  return state({ asset, offset })
}

async function restored(log: readonly Written[], decodeState: Decode = atOnce) {
  const readToEnd = async (_partitions: readonly number[], apply: (record: KafkaRecord) => void) =>
    recordsOf(log).forEach(apply)
  return restoreStates({ readToEnd, decodeState, assetOf: parseAssetKey }, [0, 1])
}

const logs = fc.array(
  fc.record({
    partition: fc.constantFrom(0, 1),
    asset: fc.integer({ min: 1, max: 3 }),
    offset: fc.option(fc.nat(30), { freq: 8 }),
  }),
  { maxLength: 40 },
)

function offsetsIn(assets: AssetTable): Map<number, number> {
  const offsets = new Map<number, number>()
  assets.forEach((_, each) => void offsets.set(each.asset.id, each.offset))
  return offsets
}

function modelOf(
  log: readonly Written[],
  partition: number,
): { offsets: Map<number, number>; stale: Set<number> } {
  const offsets = new Map<number, number>()
  const stale = new Set<number>()
  for (const { partition: own, asset, offset } of log) {
    if (own !== partition) continue
    stale.delete(asset)
    if (offset === null) offsets.delete(asset)
    else if ((offsets.get(asset) ?? -1) > offset) stale.add(asset)
    else offsets.set(asset, offset)
  }
  return { offsets, stale }
}

test('R1, R2: the state that contains the most counts, and an asset whose newest record is older is reported', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.boolean(), async (log, isLater) => {
      // A decoder that has to look a schema up first must lead to the same.
      const decode: Decode = isLater ? async (bytes) => atOnce(bytes) : atOnce
      const found = await restored(log, decode)
      for (const partition of [0, 1]) {
        const { offsets, stale } = modelOf(log, partition)
        const { assets, overwritten } = found.get(partition) ?? nothingRestored()
        expect(offsetsIn(assets)).toEqual(offsets)
        expect(assets.size()).toBe(offsets.size)
        expect(new Set([...overwritten].map((ref) => assets.get(ref).asset.id))).toEqual(stale)
      }
    }),
  )
})

test('a state that can not be decoded is not passed over', async () => {
  const log = [
    { partition: 0, asset: 1, offset: 1 },
    { partition: 0, asset: 2, offset: 2 },
  ]
  const thrown: Decode = (bytes) => {
    if (bytes.toString() === '2@2') throw new Error('unreadable')
    return atOnce(bytes)
  }
  await expect(restored(log, thrown)).rejects.toThrow('unreadable')
  const rejected: Decode = (bytes) =>
    bytes.toString() === '1@1' ? Promise.reject(new Error('unreadable')) : atOnce(bytes)
  await expect(restored(log, rejected)).rejects.toThrow('unreadable')
})

test('R1: a tombstone forgets its asset and no other, and keys that are not ours are passed over', async () => {
  const log: readonly Written[] = [
    { partition: 0, asset: 1, offset: 5 },
    { partition: 0, asset: 2, offset: 6 },
    { partition: 0, asset: 1, offset: null },
    { partition: 0, asset: 99, offset: null },
    // Its ref is free again; that it was overwritten before must be forgotten with it.
    { partition: 0, asset: 3, offset: 2 },
  ]
  const found = (await restored(log)).get(0) ?? nothingRestored()
  expect(offsetsIn(found.assets)).toEqual(
    new Map([
      [2, 6],
      [3, 2],
    ]),
  )
  const foreign = async (_partitions: readonly number[], apply: (record: KafkaRecord) => void) => {
    for (const record of recordsOf(log.slice(0, 2))) apply(record)
    for (const key of [Buffer.from('rubbish'), null]) {
      for (const record of recordsOf(log.slice(0, 1))) apply({ ...record, key, value: null })
    }
  }
  const ports = { readToEnd: foreign, decodeState: atOnce, assetOf: parseAssetKey }
  expect((await restoreStates(ports, [0])).get(0)?.assets.size()).toBe(2)
})
