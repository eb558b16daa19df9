/** The decision that the tracker applies, bound to its ids by service.ts. The rules are domain's. */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { Advanced, AssetInput, Wake } from '@scanhook/domain/movement/advance-asset'

export interface Movement {
  /** A scan of this asset, a tick when its timer is due, a word of the reader that it awaits, a withdrawal. */
  readonly advance: (state: AssetState | null, input: AssetInput) => Advanced
  /** When the asset wants to be looked at again though nothing is heard of it. */
  readonly wakeOf: (state: AssetState, clockMs: number) => Wake
}
