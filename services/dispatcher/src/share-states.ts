/**
 * What this process learns of endpoints, for whoever owns their partitions next: breakers and limits, through Redis. A
 * help, never the truth. Knows no Redis; what is saved and loaded is handed over in bulk.
 *
 * Invariants
 *   S1. What is saved is as it is now, not as it was when it changed, and only what differs from what was saved last.
 *   S2. What was loaded is used for an endpoint that this process knows nothing of yet.
 *   S3. An opening keeps its beginning while probes fail, and over a change of owners.
 */
import type { BreakerSnapshot, EndpointShared } from '@scanhook/domain/endpoint-shared'
import type { EndpointId } from '@scanhook/domain/ids'
import { LRUCache } from 'lru-cache'

/** As many endpoints as are busy within a day at one dispatcher; some 200 B each. */
const rememberedMax = 100_000

export interface SharePorts {
  readonly limitOf: (endpoint: EndpointId) => number | null
  /** Resolves with whether it was taken. */
  readonly save: (changes: ReadonlyMap<EndpointId, EndpointShared | null>) => Promise<boolean>
  readonly nowMs: () => number
}

export class SharedStates {
  readonly #ports: SharePorts
  readonly #breakers = new Map<EndpointId, BreakerSnapshot>()
  /** S3. As many as breakers that are not closed, here and as they were loaded last. */
  readonly #sinceMs = new Map<EndpointId, number>()
  readonly #touched = new Set<EndpointId>()
  readonly #saved = new LRUCache<EndpointId, string>({ max: rememberedMax })
  readonly #loaded = new LRUCache<EndpointId, number>({ max: rememberedMax })

  constructor(ports: SharePorts) {
    this.#ports = ports
  }

  /** A request to it is under way: its limit may change. */
  touch(endpoint: EndpointId): void {
    this.#touched.add(endpoint)
  }

  /** Its breaker has changed; null: closed. */
  breakerChanged(endpoint: EndpointId, snapshot: BreakerSnapshot | null): void {
    if (snapshot === null) {
      this.#breakers.delete(endpoint)
      this.#sinceMs.delete(endpoint)
    } else {
      this.#breakers.set(endpoint, snapshot)
      if (!this.#sinceMs.has(endpoint)) this.#sinceMs.set(endpoint, this.#ports.nowMs())
    }
    this.#touched.add(endpoint)
  }

  /** What others have learnt; returns the breakers, to be restored. */
  take(all: ReadonlyMap<EndpointId, EndpointShared>): readonly (readonly [EndpointId, BreakerSnapshot])[] {
    const breakers: (readonly [EndpointId, BreakerSnapshot])[] = []
    // What was loaded before may have closed elsewhere since.
    for (const endpoint of this.#sinceMs.keys())
      if (!this.#breakers.has(endpoint)) this.#sinceMs.delete(endpoint)
    for (const [endpoint, { breaker, limit, sinceMs }] of all) {
      if (breaker !== null && sinceMs !== null && !this.#sinceMs.has(endpoint))
        this.#sinceMs.set(endpoint, sinceMs)
      if (limit !== null) this.#loaded.set(endpoint, limit)
      if (breaker !== null) breakers.push([endpoint, breaker])
    }
    return breakers
  }

  limitKnown(endpoint: number): number | null {
    return this.#loaded.get(endpoint as EndpointId) ?? null
  }

  /** Saves what has changed; call it every second or so. What is not taken is tried again with the next. */
  async flush(): Promise<void> {
    const changes = new Map<EndpointId, EndpointShared | null>()
    const texts = new Map<EndpointId, string>()
    for (const endpoint of this.#touched) {
      const limit = this.#ports.limitOf(endpoint)
      const breaker = this.#breakers.get(endpoint) ?? null
      const shared = {
        breaker,
        sinceMs: breaker === null ? null : (this.#sinceMs.get(endpoint) ?? null),
        limit: limit === null ? null : Math.floor(limit),
      }
      const text = JSON.stringify(shared)
      if (this.#saved.get(endpoint) === text) continue
      texts.set(endpoint, text)
      changes.set(endpoint, { ...shared, atMs: this.#ports.nowMs() })
    }
    this.#touched.clear()
    if (changes.size === 0 || !(await this.#ports.save(changes))) {
      for (const endpoint of changes.keys()) this.#touched.add(endpoint)
      return
    }
    for (const [endpoint, text] of texts) this.#saved.set(endpoint, text)
  }
}
