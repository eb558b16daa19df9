/** The ids that movement needs; `@scanhook/identity/derived-ids` has functions of exactly these names. */
import type { AssetEventType } from '../event.ts'
import type { AssetId, EventId, LocationId, OrgId } from '../ids.ts'

export interface Identify {
  readonly assetEventId: (
    org: OrgId,
    asset: AssetId,
    type: AssetEventType,
    location: LocationId | null,
    sequence: number,
  ) => EventId
  /** `sequence` is that of the transition's first event. */
  readonly transitionId: (org: OrgId, asset: AssetId, sequence: number) => string
  /** `sequence` is that of the first event of the transition that begins the visit. */
  readonly visitId: (org: OrgId, asset: AssetId, location: LocationId, sequence: number) => string
}
