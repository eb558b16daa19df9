/**
 * Bearer tokens of two kinds: API keys, and the access tokens that were made from them. A signature alone says what was
 * true when it was made; whether the key still lives is asked as for keys, through the same memory (authentication, A1).
 *
 * Invariants
 *   T1. An access token works only while its API key, organization and chain live.
 *   T2. It never gives a scope that either the token or the key lacks.
 */
import type { Clock } from '@scanhook/runtime/clock'
import type { AccessTokens } from './access-token.ts'
import type { Authenticate, Caller } from './authentication.ts'

export interface TokenPorts {
  readonly authenticateKey: Authenticate<Caller>
  readonly tokens: Pick<AccessTokens, 'verify'>
  /** The API key of a chain with its present scopes; null when chain, key or organization is gone. */
  readonly findLive: (chain: {
    readonly chainId: number
    readonly apiKeyId: number
  }) => Promise<Caller | null>
  readonly clock: Pick<Clock, 'nowMs'>
}

export function tokenAuthentication(ports: TokenPorts): Authenticate<Caller> {
  const { authenticateKey, tokens, findLive, clock } = ports
  return async (token) => {
    // API keys have no dots, JWTs have two.
    if (!token.includes('.')) return authenticateKey(token)
    const grant = await tokens.verify(token, clock.nowMs())
    if (grant === null) return null
    const live = await findLive(grant)
    if (live === null || live.orgId !== grant.orgId) return null
    const scopes = live.scopes.filter((scope) => grant.scopes.includes(scope))
    return { orgId: live.orgId, apiKeyId: live.apiKeyId, scopes, expiresAtMs: grant.expiresAtMs }
  }
}
