/**
 * Secrets in clear, opened when an endpoint is first signed for and kept for a while: unsealing costs more than
 * signing. Owns the cache and nothing else; a secret leaves only towards the signer.
 *
 * Invariants
 *   S1. What is handed out belongs to the version of the endpoint that asks: a rotation counts from its announcement.
 *   S2. A secret that can't be opened takes no other with it: the receiver of a rotation knows them all. What is amiss
 *       is said once for each version of an endpoint, not for each attempt.
 */
import type { Endpoint } from '@scanhook/domain/endpoint'
import { LRUCache } from 'lru-cache'

/** 10,000 endpoints with 5 secrets of 50 bytes are about 5 MB; more endpoints than that are not busy at once. */
const cachedMax = 10_000

interface Opened {
  readonly version: number
  readonly secrets: readonly string[]
}

export interface Unreadable {
  /** How many secrets sign nevertheless; with 0 nothing can be sent to the endpoint. */
  readonly opened: number
  readonly unreadable: number
  /** What `open` threw first; null when the endpoint has no secret at all. */
  readonly error: unknown
}

/** In clear, newest first; empty when none opens. */
export type SecretsOf = (endpoint: Endpoint) => readonly string[]

/** `report` is told of each version with a secret that does not open, and of one without any. */
export function endpointSecrets(
  open: (sealed: string) => string,
  report: (endpoint: Endpoint, what: Unreadable) => void,
): SecretsOf {
  const cache = new LRUCache<number, Opened>({ max: cachedMax })
  return (endpoint) => {
    const cached = cache.get(endpoint.id)
    if (cached !== undefined && cached.version === endpoint.version) return cached.secrets
    const secrets: string[] = []
    const errors: unknown[] = []
    for (const sealed of endpoint.sealedSecrets) {
      try {
        secrets.push(open(sealed))
      } catch (error) {
        errors.push(error)
      }
    }
    cache.set(endpoint.id, { version: endpoint.version, secrets })
    if (errors.length > 0 || secrets.length === 0) {
      report(endpoint, { opened: secrets.length, unreadable: errors.length, error: errors[0] ?? null })
    }
    return secrets
  }
}
