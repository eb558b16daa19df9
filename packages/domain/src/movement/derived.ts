/** What derivation is made of: a state and the events that led to it, the rules it goes by, and the partition's clock. */
import type { AssetState } from '../asset-state.ts'
import type { DomainEvent } from '../event.ts'
import type { Identify } from './identify.ts'

export interface Derived {
  readonly state: AssetState
  readonly events: readonly DomainEvent[]
}

export interface Deriving {
  readonly identify: Identify
  /** The partition's clock: when the event is derived, in the stream's own time. */
  readonly clockMs: number
}
