/**
 * Reads the states of some partitions back from the changelog, straight into packed tables: a million states as objects
 * would not fit. Owns which of several records of one asset counts; knows neither the log's client nor the codec.
 *
 * Invariants
 *   R1. Of all records of an asset, the one whose state contains the most (largest offset) counts, wherever it stands
 *       in the log. A former owner that writes late, after it lost the partition, has applied less than its
 *       successor and is recognised by that.
 *   R2. An asset whose newest record does not count is reported, so that it can be written again before compaction
 *       keeps the wrong one.
 */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { type AssetTable, assetTable } from './asset-table.ts'

export interface RestorePorts {
  /** Every record of the changelog's partitions from the beginning to the end as it is now, in offset order. */
  readonly readToEnd: (partitions: readonly number[], apply: (record: KafkaRecord) => void) => Promise<void>
  readonly decodeState: (bytes: Buffer) => AssetState | Promise<AssetState>
  /** Whose record it is, by its key; null for a key that is none of ours. */
  readonly assetOf: (key: Buffer) => { readonly orgId: number; readonly assetId: number } | null
}

export interface RestoredPartition {
  readonly assets: AssetTable
  /** Refs whose newest record is older in content than another one (R2). */
  readonly overwritten: ReadonlySet<number>
}

/** One entry per partition asked for. Rejects when a state can't be decoded: going on would forget an asset. */
export async function restoreStates(
  ports: RestorePorts,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, RestoredPartition>> {
  const restored = new Map(partitions.map((partition) => [partition, restoring(ports)]))
  // Once the codec has to look a schema up, everything after waits its turn: order decides what is overwritten.
  const waiting: { readonly record: KafkaRecord; readonly state: AssetState | Promise<AssetState> | null }[] =
    []
  await ports.readToEnd(partitions, (record) => {
    const state = record.value === null ? null : decodeLater(ports, record.value)
    if (waiting.length > 0 || state instanceof Promise) waiting.push({ record, state })
    else restored.get(record.partition)?.take(record.key, state)
  })
  for (const { record, state } of waiting) restored.get(record.partition)?.take(record.key, await state)
  return restored
}

/** The reader's callback must not throw: a failure waits for its turn as a rejected promise. */
function decodeLater(ports: RestorePorts, bytes: Buffer): AssetState | Promise<AssetState> {
  try {
    const state = ports.decodeState(bytes)
    if (state instanceof Promise) state.catch(() => undefined)
    return state
  } catch (error) {
    const failed = Promise.reject(error)
    failed.catch(() => undefined)
    return failed
  }
}

interface Restoring extends RestoredPartition {
  take(key: Buffer | null, state: AssetState | null): void
}

function restoring({ assetOf }: RestorePorts): Restoring {
  const assets = assetTable()
  const overwritten = new Set<number>()

  function forget(key: Buffer): void {
    const ids = assetOf(key)
    const ref = ids === null ? -1 : assets.find(ids.orgId, ids.assetId)
    if (ref === -1) return
    assets.remove(ref)
    overwritten.delete(ref)
  }

  return {
    assets,
    overwritten,
    take(key, state) {
      if (key === null) return
      if (state === null) {
        forget(key)
        return
      }
      const known = assets.find(state.orgId, state.asset.id)
      if (known !== -1 && assets.get(known).offset > state.offset) {
        overwritten.add(known)
        return
      }
      overwritten.delete(assets.add(state))
    },
  }
}

/** What a partition starts from that has no states. */
export function nothingRestored(): RestoredPartition {
  return { assets: assetTable(), overwritten: new Set() }
}
