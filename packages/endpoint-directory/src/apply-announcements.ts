/**
 * Records of `master-data` → the directory. Order does not matter to the directory (it goes by versions), so a record
 * whose schema must be looked up first may be applied after its successors.
 */
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { KafkaRecord } from '@scanhook/kafka/record'
import type { Decoded, RecordDecoder } from '@scanhook/schemas/decode-record'
import type { WritableDirectory } from './directory.ts'

export interface AnnouncementPorts {
  readonly decode: RecordDecoder<MasterDataChange>
  readonly directory: Pick<WritableDirectory, 'apply'>
  /** An endpoint's announcement is in the directory. */
  readonly applied: () => void
  /** An announcement was not understood; `problem` says why. */
  readonly refused: (record: KafkaRecord, problem: string) => void
  readonly signal: AbortSignal
}

export interface Announcements {
  readonly apply: (record: KafkaRecord) => void
  /** Resolves when everything applied so far is in the directory. */
  readonly settled: () => Promise<void>
}

export function announcements(ports: AnnouncementPorts): Announcements {
  const waiting = new Set<Promise<void>>()

  function take(record: KafkaRecord, decoded: Decoded<MasterDataChange>): void {
    const problem = decoded.kind === 'bad' ? decoded.detail : ports.directory.apply(decoded.value)
    if (problem !== null) ports.refused(record, problem)
    else if (decoded.kind === 'good' && decoded.value.kind === 'endpoint') ports.applied()
  }

  return {
    apply(record) {
      // A tombstone follows an announced deletion, which the directory has taken already.
      if (record.value === null) return
      const decoded = ports.decode(record.value, ports)
      if (!(decoded instanceof Promise)) {
        take(record, decoded)
        return
      }
      const settling = decoded
        .then((value) => take(record, value))
        .catch((error: unknown) =>
          ports.refused(record, error instanceof Error ? error.message : 'can not be decoded'),
        )
        .finally(() => waiting.delete(settling))
      waiting.add(settling)
    },
    settled: async () => {
      await Promise.all(waiting)
    },
  }
}
