/**
 * What was taken away in master data, told to whoever holds the assets: a deleted asset and a tag taken off its asset
 * under the asset's key, a deleted location in every partition of `scans`, because who is there is known to the owners
 * of partitions only. Of the tracker's state it knows nothing.
 *
 * A new group begins at the end of `master-data`: what was deleted before this installation derived anything concerns
 * nobody. Reading it again would be harmless all the same, and so is every repetition: ids are never used twice, so a
 * deleted asset or location stays deleted, and a tag's withdrawal counts only for an asset that was last heard by that
 * very tag and not since (`domain/movement/withdraw`).
 *
 * A tag has no way from one asset to another but to be deleted here and made there; the deletion is what is told.
 *
 * Invariants
 *   D1. An announcement is done only when what comes of it is acknowledged (move, then mark, then commit).
 *   D2. Withdrawals of one asset are written in the order of their announcements.
 *   D3. An announcement that can't be read, or is of an older version that does not say whose tag it was, is passed over.
 */
import { assetId, locationId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { Withdrawal, Withdrawn } from '@scanhook/domain/scan'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { unlessAborted } from '@scanhook/runtime/unless-aborted'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'

export interface WithdrawalPorts {
  readonly decode: RecordDecoder<MasterDataChange>
  readonly encode: (withdrawal: Withdrawal) => Buffer
  readonly keyOf: (orgId: number, assetId: number) => string
  /** Resolves when all are acknowledged. */
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  /** Told of what could not be read. */
  readonly refused: (record: KafkaRecord, reason: string) => void
  readonly topic: string
  readonly partitionCount: number
}

export function withdrawalFollower(ports: WithdrawalPorts): (batch: RecordBatch) => Promise<void> {
  return (batch) => unlessAborted(batch.signal, follow(ports, batch))
}

async function follow(ports: WithdrawalPorts, batch: RecordBatch): Promise<void> {
  const records: OutgoingRecord[] = []
  for (const record of batch.records) {
    const decoded = await ports.decode(record.value, batch)
    if (decoded.kind === 'good') records.push(...recordsOf(ports, decoded.value))
    else ports.refused(record, decoded.reason) // D3
  }
  if (records.length > 0) await ports.appendAll(records) // D2
  batch.doneThrough(batch.records.at(-1)?.offset ?? -1) // D1
}

function recordsOf(ports: WithdrawalPorts, change: MasterDataChange): readonly OutgoingRecord[] {
  const withdrawn = withdrawnBy(change)
  if (withdrawn === null) return []
  const { orgId, changedAtMs } = change
  const value = ports.encode({ kind: 'withdrawal', orgId, atMs: changedAtMs, withdrawn })
  if (withdrawn.kind !== 'location')
    return [{ topic: ports.topic, key: ports.keyOf(orgId, withdrawn.assetId), value }]
  return Array.from({ length: ports.partitionCount }, (_, partition) => ({
    topic: ports.topic,
    key: null,
    value,
    partition,
  }))
}

/** What a change takes away; null for nothing. */
export function withdrawnBy({ kind, id, isDeleted, document }: MasterDataChange): Withdrawn | null {
  if (!isDeleted) return null
  if (kind === 'asset') return { kind: 'asset', assetId: assetId(id) }
  if (kind === 'location') return { kind: 'location', locationId: locationId(id) }
  return kind === 'tag' ? tagOf(document) : null
}

function tagOf(document: string): Withdrawn | null {
  try {
    const { asset_id: asset, value } = JSON.parse(document) as { asset_id?: unknown; value?: unknown }
    const isSaid = typeof asset === 'number' && Number.isSafeInteger(asset) && typeof value === 'string'
    return isSaid ? { kind: 'tag', assetId: assetId(asset), value } : null
  } catch {
    return null
  }
}
