/** The decision that the tracker applies, bound to its settings and its ids by service.ts. The rules are domain's. */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { DomainEvent } from '@scanhook/domain/event'
import type { ScanRecord } from '@scanhook/domain/scan'

export interface Advanced {
  /** The same object as before when the record changed nothing. */
  readonly state: AssetState
  readonly events: readonly DomainEvent[]
  /** A transition or a change of candidate: to be written before the record counts as done. */
  readonly isUrgent: boolean
}

export interface Movement {
  /** A scan of this asset, or a tick at the partition clock when its timer is due. */
  readonly advance: (state: AssetState | null, record: ScanRecord, offset: number) => Advanced
  /** When the asset wants to be looked at again though nothing is heard of it; null for never. */
  readonly dueAtMs: (state: AssetState) => number | null
}
