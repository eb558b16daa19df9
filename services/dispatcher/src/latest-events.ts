/**
 * The newest event of each asset and type that has come for an endpoint whose subscription wants only the latest. Owns
 * what it has seen in this process; a new owner of the partition has seen less and then sends more, never less.
 *
 * Invariant
 *   L1. What is named as newer really came, for the same endpoint, asset and type, with a larger sequence.
 */
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import type { EventId } from '@scanhook/domain/ids'
import { LRUCache } from 'lru-cache'

/** Some 200 B each: 20 MB. What is forgotten is sent although something newer may come. */
const rememberedMax = 100_000

interface Newest {
  readonly sequence: number
  readonly eventId: EventId
}

export class LatestEvents {
  readonly #newest = new LRUCache<string, Newest>({ max: rememberedMax })

  note({ id, subscriptions }: Endpoint, event: DomainEvent): void {
    if (event.assetId === null || event.sequence === null) return
    if (!subscriptions.some(({ isLatestOnly }) => isLatestOnly)) return
    const key = keyOf(id, event)
    const known = this.#newest.get(key)
    if (known !== undefined && known.sequence >= event.sequence) return
    this.#newest.set(key, { sequence: event.sequence, eventId: event.eventId })
  }

  /** The event that makes this one obsolete; null when there is none. */
  newerThan(endpointId: number, event: DomainEvent): EventId | null {
    if (event.assetId === null || event.sequence === null) return null
    const known = this.#newest.get(keyOf(endpointId, event))
    return known !== undefined && known.sequence > event.sequence ? known.eventId : null
  }
}

function keyOf(endpointId: number, { assetId, type }: DomainEvent): string {
  return `${endpointId}:${assetId}:${type}`
}
