/** Resolved reads become records on `scans`; says what became of each. Knows neither Kafka's side nor HTTP's. */
import type { DropReason } from '@scanhook/domain/poison'
import type { Scan } from '@scanhook/domain/scan'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { Claim } from '@scanhook/redis/claims'
import type { Arrival } from './arrival.ts'
import type { Resolution } from './resolve-reads.ts'
import { type Writable, type WritePorts, writeOnce } from './write-once.ts'

export interface AcceptReadsPorts extends WritePorts {
  readonly recordOf: (scan: Scan, arrival: Arrival) => OutgoingRecord
  /** Told after the records were acknowledged. */
  readonly counted: (fate: ReadFate, count: number) => void
  /** Told of all of them, after the records were acknowledged. */
  readonly noticed: (resolutions: readonly Resolution[]) => void
}

export type ReadFate = 'accepted' | DropReason

/** The fate of each, in order. None of `resolutions` may be `unavailable`. Rejects when Kafka refuses a record for good. */
export async function acceptReads(
  ports: AcceptReadsPorts,
  resolutions: readonly Resolution[],
  beside: readonly OutgoingRecord[] = [],
): Promise<readonly ReadFate[]> {
  const fates: ReadFate[] = []
  const writables: Writable[] = []
  const indexes: number[] = []
  for (const [index, resolution] of resolutions.entries()) {
    fates.push(resolution.kind === 'dropped' ? resolution.reason : 'duplicate')
    if (resolution.kind !== 'scan') continue
    const { scan, arrival } = resolution
    writables.push({ claim: claimOfScan(scan, arrival), record: () => ports.recordOf(scan, arrival) })
    indexes.push(index)
  }
  const written = await writeOnce(ports, writables, beside)
  for (const [position, index] of indexes.entries()) fates[index] = written[position] ?? 'duplicate'
  count(ports, fates)
  ports.noticed(resolutions)
  return fates
}

/** A read without an id and without a time can't be told from the next read of the same tag: better twice than never. */
export function claimOfScan(scan: Scan, { read, coordinate }: Arrival): Claim | null {
  const isTellable = read.readId !== null || read.readAtMs !== null
  return isTellable ? { key: `${scan.orgId}:${scan.scanId}`, coordinate } : null
}

function count(ports: AcceptReadsPorts, fates: readonly ReadFate[]): void {
  const counts = new Map<ReadFate, number>()
  for (const fate of fates) counts.set(fate, (counts.get(fate) ?? 0) + 1)
  for (const [fate, total] of counts) ports.counted(fate, total)
}
