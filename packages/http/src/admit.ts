/**
 * Whether a request may go on, judged before its body is read: who asks → how often → may they. Gives the caller,
 * or throws what is answered instead. `setHeaders` is called first of all, so refusals have the headers as well.
 */
import { ApiError, unauthorized, unavailable } from './api-error.ts'
import { type Caller, tokenOf } from './authentication.ts'
import { type BrowserRequest, crossSiteProblem, sessionTokenOf } from './browser-session.ts'
import type { Part, Shared } from './part.ts'
import { rateLimitHeaders } from './rate-limit.ts'
import type { AnyRoute } from './route.ts'

export interface Asking extends BrowserRequest {
  readonly remoteAddress: string
  readonly nowMs: number
  readonly setHeaders: (headers: Readonly<Record<string, string>>) => void
}

/** When the key store is away: it is asked again every 2 s, and a client should not ask more often. */
const retryAuthenticationS = 2
/** A process that is draining is replaced within seconds. */
const retryClosingS = 1

/** Null for a route without keys. `route` and `part` are null when no route matched. */
export async function admit(
  asking: Asking,
  shared: Shared,
  route: AnyRoute | null,
  part: Part | null,
): Promise<Caller | null> {
  if (part?.isClosing === true) {
    take(asking, shared, `address:${asking.remoteAddress}`)
    throw unavailable('this process is shutting down; send the request again', retryClosingS)
  }
  const caller =
    route === null || part === null || route.isPublic ? null : await identify(asking, shared, part)
  if (route?.isUncounted === true) return caller
  take(asking, shared, caller === null ? `address:${asking.remoteAddress}` : bucketOf(caller))
  if (caller !== null && route !== null && route.scope !== null && !caller.scopes.includes(route.scope)) {
    throw new ApiError('forbidden', `this key lacks the scope ${route.scope}`)
  }
  return caller
}

/** Whether a request that was admitted would be so again; also while the key store is away (authentication A2). */
export async function stillAdmits(
  request: BrowserRequest,
  route: AnyRoute,
  part: Part,
  { orgId }: Caller,
): Promise<boolean> {
  const { authorization } = request.headers
  const token = typeof authorization === 'string' ? tokenOf(authorization) : sessionTokenOf(request)
  const found = token === null ? { kind: 'unknown' as const } : await part.authenticate(token)
  if (found.kind !== 'caller') return found.kind === 'unavailable'
  const { caller } = found
  return caller.orgId === orgId && (route.scope === null || caller.scopes.includes(route.scope))
}

async function identify(asking: Asking, shared: Shared, part: Part): Promise<Caller> {
  const token = credentialOf(asking, shared)
  const found = token === null ? { kind: 'unknown' as const } : await part.authenticate(token)
  if (found.kind === 'caller') return found.caller
  take(asking, shared, `address:${asking.remoteAddress}`)
  if (found.kind === 'unavailable') {
    throw unavailable(
      'API keys can not be checked right now; send the request again',
      retryAuthenticationS,
      found.cause,
    )
  }
  const detail =
    token === null ? 'send Authorization: Bearer <key>' : 'the key is not known, has expired or was revoked'
  throw unauthorized(detail)
}

/** The bearer token, else the session's in the cookie of a page of ours. Throws for a cookie that another page made the browser send. */
function credentialOf(asking: Asking, shared: Shared): string | null {
  const { authorization } = asking.headers
  if (typeof authorization === 'string') return tokenOf(authorization)
  const token = sessionTokenOf(asking)
  const problem = token === null ? null : crossSiteProblem(asking)
  if (problem === null) return token
  take(asking, shared, `address:${asking.remoteAddress}`)
  throw new ApiError('forbidden', problem)
}

/** A person in the console has a bucket of their own: else they and the key's programs would hold each other up. */
function bucketOf({ apiKeyId, through }: Caller): string {
  return through?.kind === 'portal_link' ? `link:${through.id}` : `key:${apiKeyId}`
}

function take(asking: Asking, shared: Shared, key: string): void {
  const verdict = shared.take(key, asking.nowMs)
  asking.setHeaders(rateLimitHeaders(shared.rateLimit, verdict))
  if (verdict.isAllowed) return
  throw new ApiError(
    'rate_limited',
    `too many requests; the next one is allowed in ${verdict.retryAfterS} s`,
    [],
    {
      headers: { 'retry-after': String(verdict.retryAfterS) },
    },
  )
}
