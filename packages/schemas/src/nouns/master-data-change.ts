/** MasterDataChange, announced by the outbox. */
import { orgId } from '@scanhook/domain/ids'
import { type MasterDataChange, masterDataKinds } from '@scanhook/domain/master-data'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'

export interface RawMasterDataChange {
  readonly org_id: number
  readonly kind: string
  readonly id: number
  readonly version: number
  readonly changed_at_ms: number
  readonly is_deleted: boolean
  readonly document: string
}

const kind = oneOfSet('kind', masterDataKinds)

export const masterDataChangeMapping: RecordMapping<MasterDataChange, RawMasterDataChange> = {
  file: 'master-data-change',
  toRaw: (change) => ({
    org_id: change.orgId,
    kind: change.kind,
    id: change.id,
    version: change.version,
    changed_at_ms: change.changedAtMs,
    is_deleted: change.isDeleted,
    document: change.document,
  }),
  fromRaw: (raw) => ({
    orgId: orgId(raw.org_id),
    kind: kind(raw.kind),
    id: raw.id,
    version: raw.version,
    changedAtMs: raw.changed_at_ms,
    isDeleted: raw.is_deleted,
    document: raw.document,
  }),
}
