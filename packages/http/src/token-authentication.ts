/**
 * Bearer tokens of three kinds: API keys, the access tokens that were made from them, and sessions of portal links. A signature alone says what was
 * true when it was made; whether the key still lives is asked as for keys, through the same memory (authentication, A1).
 *
 * Invariants
 *   T1. An access token works only while its API key, organization and chain live.
 *   T2. It never gives a scope that either the token or the key lacks.
 *   T3. A session's caller is known as the link's, and is never remembered: who revokes a link ends it at once.
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
  /** Who a session's token stands for; null when it is none, or none any more. Without it there are no sessions. */
  readonly findSession?: ((token: string) => Promise<Session | null>) | undefined
  readonly clock: Pick<Clock, 'nowMs'>
}

export interface Session {
  readonly linkId: number
  readonly orgId: number
  readonly apiKeyId: number
  readonly scopes: readonly string[]
  /** Epoch ms. */
  readonly expiresAt: number
}

const isSessionToken = (token: string): boolean => token.startsWith('ps_')

export function tokenAuthentication(ports: TokenPorts): Authenticate<Caller> {
  const { authenticateKey, tokens, findLive, findSession, clock } = ports
  return async (token) => {
    if (findSession !== undefined && isSessionToken(token)) return callerOf(await findSession(token))
    // API keys have no dots, JWTs have two.
    if (!token.includes('.')) return authenticateKey(token)
    const grant = await tokens.verify(token, clock.nowMs())
    if (grant === null) return null
    const live = await findLive(grant)
    if (live === null || live.orgId !== grant.orgId) return null
    const scopes = live.scopes.filter((scope) => grant.scopes.includes(scope))
    return {
      ...{ orgId: live.orgId, apiKeyId: live.apiKeyId, scopes, expiresAtMs: grant.expiresAtMs },
      through: { kind: 'access_token', id: grant.chainId },
    }
  }
}

function callerOf(session: Session | null): Caller | null {
  if (session === null) return null
  const { orgId, apiKeyId, scopes, expiresAt: expiresAtMs, linkId: id } = session
  return { orgId, apiKeyId, scopes, expiresAtMs, through: { kind: 'portal_link', id }, isEndedAtOnce: true }
}
