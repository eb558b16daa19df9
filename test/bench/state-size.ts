/**
 * What the tracker's memory of its assets costs: fills the tables of four partitions with states and weighs them. A
 * process of its own, so that nothing else is on the scales. Argument: how many assets; needs `--expose-gc`.
 */
import { orgId } from '@scanhook/domain/ids'
import { advanceAsset, wakeOf } from '@scanhook/domain/movement/advance-asset'
import { assetEventId, transitionId, visitId } from '@scanhook/identity/derived-ids'
import { type AssetTable, assetTable } from '@scanhook/tracker/asset-table'
import type { Movement } from '@scanhook/tracker/movement'
import { trackedPartition } from '@scanhook/tracker/tracked-partition'
import { deriveState } from './derive-state.ts'

export interface StateSize {
  readonly assets: number
  /** What the tables say of themselves: packed states, index and timers, outside the heap. The tracker's own gauge. */
  readonly packedBytesPerAsset: number
  /** What the process needs more than before: V8 heap and memory outside it, after a collection. */
  readonly processBytesPerAsset: number
}

/** What is weighed. Another form of the tracker's memory is put on the scales here. */
interface StateStore {
  readonly fill: (assets: number) => void
  readonly packedBytes: () => number
}

const partitions = 4
const nowMs = 1_780_000_000_000
const movement: Movement = {
  advance: (state, input) => advanceAsset(state, input, { assetEventId, transitionId, visitId }),
  wakeOf,
}

function trackerStore(): StateStore {
  const tables: readonly AssetTable[] = Array.from({ length: partitions }, assetTable)
  let filled: readonly { readonly bytes: () => number }[] = []
  return {
    fill(assets) {
      for (let index = 0; index < assets; index++)
        tables[index % partitions]?.add(deriveState(orgId(42), index, nowMs))
      // As they are taken over after a restore: with their timers.
      filled = tables.map((table) =>
        trackedPartition(movement, { clockMs: nowMs, nextOffset: 1, assets: table }),
      )
    },
    packedBytes: () => filled.reduce((sum, partition) => sum + partition.bytes(), 0),
  }
}

function weighProcess(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const assets = Number(process.argv[2])
const store = trackerStore()
// Code and shapes are compiled before the first weighing.
trackerStore().fill(1_000)
const beforeBytes = weighProcess()
store.fill(assets)
const afterBytes = weighProcess()
const size: StateSize = {
  assets,
  packedBytesPerAsset: store.packedBytes() / assets,
  processBytesPerAsset: (afterBytes - beforeBytes) / assets,
}
process.stdout.write(`${JSON.stringify(size)}\n`)
