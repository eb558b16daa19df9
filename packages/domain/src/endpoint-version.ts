/**
 * What an endpoint wanted from an instant on: the part of its settings that decides whether an event becomes a delivery.
 * Kept for as long as events are, so that the past can be explained and checked.
 */
import type { Endpoint } from './endpoint.ts'

export interface EndpointVersion
  extends Pick<
    Endpoint,
    'id' | 'orgId' | 'url' | 'state' | 'profile' | 'subscriptions' | 'createdAtMs' | 'version'
  > {
  /** Epoch ms; until the next version's. */
  readonly validFromMs: number
  /** From here on it is gone. */
  readonly isDeleted: boolean
}
