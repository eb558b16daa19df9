/**
 * Access tokens: short-lived JWTs, signed with HS256. Owns their form and their length of life; refuses to know where
 * keys and grants are kept, so what it verified may have been withdrawn since (see token-authentication).
 *
 * HS256 and no key pair: whoever checks these tokens is the same service that makes them, and TrakRF's are such.
 *
 * Invariants
 *   J1. What any key of the ring signed is accepted by every process with that ring, until its `exp` and not at it.
 *   J2. Everything else is null: other algorithms and `none`, other keys, anything changed, expired, not yet valid,
 *       or without one of our claims.
 */
import { randomUUID } from 'node:crypto'
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'

/** What a token says. */
export interface AccessGrant {
  readonly orgId: number
  readonly apiKeyId: number
  /** The chain of refresh tokens that it was made from. */
  readonly chainId: number
  readonly scopes: readonly string[]
}

export interface VerifiedGrant extends AccessGrant {
  readonly expiresAtMs: number
}

export interface AccessTokens {
  sign(grant: AccessGrant, nowMs: number): Promise<string>
  /** Null: not ours, or not now. */
  verify(token: string, nowMs: number): Promise<VerifiedGrant | null>
}

export interface AccessTokenKey {
  /** Becomes the token's `kid`. */
  readonly id: string
  readonly key: Uint8Array
}

/** TrakRF's 15 minutes; a client reads it as `expires_in`. */
export const accessTokenLifeS = 900

const algorithm = 'HS256'
const issuer = 'scanhook'

/**
 * The first key signs, all verify. A key is replaced by giving the new one to every process in second place, then putting
 * it in front: else a process with the old ring refuses what one with the new ring signed. The old one may go 15 minutes
 * after.
 */
export function openAccessTokens(keys: readonly [AccessTokenKey, ...AccessTokenKey[]]): AccessTokens {
  const [signing] = keys
  const keyById = new Map(keys.map(({ id, key }) => [id, key]))
  const keyOf: JWTVerifyGetKey = ({ kid }) => {
    const key = keyById.get(kid ?? '')
    if (key === undefined) throw new errors.JWSInvalid('no key of ours')
    return key
  }
  return {
    sign: ({ orgId, apiKeyId, chainId, scopes }, nowMs) => {
      const issuedAtS = Math.floor(nowMs / 1000)
      return new SignJWT({ org: orgId, sid: chainId, scopes: [...scopes] })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: signing.id })
        .setIssuer(issuer)
        .setSubject(String(apiKeyId))
        .setIssuedAt(issuedAtS)
        .setExpirationTime(issuedAtS + accessTokenLifeS)
        .setJti(randomUUID())
        .sign(signing.key)
    },
    verify: async (token, nowMs) => {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          // Alone what we sign with ourselves: else the token would say how it wants to be believed (RFC 8725, 3.1).
          algorithms: [algorithm],
          issuer,
          requiredClaims: ['iat', 'exp', 'jti'],
          currentDate: new Date(nowMs),
        })
        return grantOf(payload)
      } catch (error) {
        if (error instanceof errors.JOSEError) return null
        throw error
      }
    },
  }
}

function grantOf({ sub, exp, org, sid, scopes }: JWTPayload): VerifiedGrant | null {
  const apiKeyId = Number(sub)
  if (exp === undefined || !Array.isArray(scopes) || !isId(apiKeyId) || !isId(org) || !isId(sid)) return null
  const names = scopes.filter((scope) => typeof scope === 'string')
  return { orgId: org, apiKeyId, chainId: sid, scopes: names, expiresAtMs: exp * 1000 }
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
