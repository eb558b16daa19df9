/**
 * Secrets in clear, opened when an endpoint is first signed for and kept for a while: unsealing costs more than
 * signing. Owns the cache and nothing else; a secret leaves only towards the signer.
 *
 * Invariant
 *   S1. What is handed out belongs to the version of the endpoint that asks: a rotation counts from its announcement.
 */
import type { Endpoint } from '@scanhook/domain/endpoint'
import { LRUCache } from 'lru-cache'

/** 10,000 endpoints with 5 secrets of 50 bytes are about 5 MB; more endpoints than that are not busy at once. */
const cachedMax = 10_000

interface Opened {
  readonly version: number
  readonly secrets: readonly string[]
}

/** In clear, newest first. Throws what `open` throws when a secret can't be opened. */
export type SecretsOf = (endpoint: Endpoint) => readonly string[]

export function endpointSecrets(open: (sealed: string) => string): SecretsOf {
  const cache = new LRUCache<number, Opened>({ max: cachedMax })
  return (endpoint) => {
    const cached = cache.get(endpoint.id)
    if (cached !== undefined && cached.version === endpoint.version) return cached.secrets
    const secrets = endpoint.sealedSecrets.map((sealed) => open(sealed))
    cache.set(endpoint.id, { version: endpoint.version, secrets })
    return secrets
  }
}
