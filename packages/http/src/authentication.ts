/**
 * Who is asking: a bearer token becomes a caller, through a port that knows where keys are kept, and a small memory.
 *
 * Invariants
 *   A1. A known token costs one look-up in 30 s, a wrong one as well; a key that was withdrawn works for at most
 *       30 s more while the store answers.
 *   A2. When the store is away, callers seen in the last 10 minutes go on; everybody else is told to come again,
 *       and nobody is told that the key is wrong.
 *   A3. A caller whose token ends at an instant is nobody from then on, whatever is remembered and whoever is away.
 *   A4. A caller who may be ended at once is asked about with every request, by a question that was put after it came.
 *
 * Tokens themselves are not kept, only their SHA-256: a dump of the memory gives nobody a key.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '@scanhook/runtime/clock'
import { isRetriable } from '@scanhook/runtime/is-retriable'
import { openRecentMap } from './recent-map.ts'

export interface Caller {
  readonly orgId: number
  readonly apiKeyId: number
  readonly scopes: readonly string[]
  /** When the token ends by itself; absent where it does not. */
  readonly expiresAtMs?: number | undefined
  /** What was sent in place of the key: an access token of this chain, or the session of this portal link. */
  readonly through?: { readonly kind: 'access_token' | 'portal_link'; readonly id: number } | undefined
  /** True: it has to end at once when it is ended, so that nobody may remember it (A4). Default false. */
  readonly isEndedAtOnce?: boolean | undefined
}

/** Null: no such key. Throws an error with `retriable: true` when it can't know. */
export type Authenticate<C extends Caller> = (token: string) => Promise<C | null>

export type Authenticated<C extends Caller> =
  | { readonly kind: 'caller'; readonly caller: C }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable'; readonly cause: unknown }

interface Seen<C> {
  readonly caller: C
  /** Until then the store isn't asked again. */
  readonly freshUntilMs: number
  /** Until then the caller goes on when the store is away. */
  readonly staleUntilMs: number
}

const freshMs = 30_000
const staleMs = 600_000
/** While the store is away it is asked again this often per token, not on every request. */
const retryStoreMs = 2000
/** Callers of one machine; an entry is some 300 bytes. */
const callersMax = 10_000
/** Wrong tokens have a memory of their own: a guesser can't push the callers out. */
const wrongMax = 1000
/** Ours have 50 characters; a JWT may have some hundred. */
const tokenLengthMax = 4096

const bearer = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i

/** The token of an `Authorization` header; null when there is none that could be one. */
export function tokenOf(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > tokenLengthMax) return null
  return bearer.exec(authorization)?.[1] ?? null
}

export function openAuthentication<C extends Caller>(
  authenticate: Authenticate<C>,
  clock: Pick<Clock, 'nowMs'>,
): (token: string) => Promise<Authenticated<C>> {
  const seen = openRecentMap<string, Seen<C>>(callersMax)
  const wrongUntilMs = openRecentMap<string, number>(wrongMax)
  const asking = new Map<string, Promise<Authenticated<C>>>()

  async function ask(key: string, token: string): Promise<Authenticated<C>> {
    try {
      const caller = await authenticate(token)
      const nowMs = clock.nowMs()
      if (caller === null) {
        seen.delete(key)
        wrongUntilMs.set(key, nowMs + freshMs)
        return { kind: 'unknown' }
      }
      if (hasEnded(caller, nowMs)) return { kind: 'unknown' }
      if (caller.isEndedAtOnce === true) return { kind: 'caller', caller }
      seen.set(key, { caller, freshUntilMs: nowMs + freshMs, staleUntilMs: nowMs + staleMs })
      return { kind: 'caller', caller }
    } catch (error) {
      if (!isRetriable(error)) throw error
      return rememberedWhileAway(key, error)
    }
  }

  function rememberedWhileAway(key: string, cause: unknown): Authenticated<C> {
    const known = seen.get(key)
    const nowMs = clock.nowMs()
    if (known === undefined || known.staleUntilMs <= nowMs) return { kind: 'unavailable', cause }
    if (hasEnded(known.caller, nowMs)) return { kind: 'unknown' }
    seen.set(key, { ...known, freshUntilMs: nowMs + retryStoreMs })
    return { kind: 'caller', caller: known.caller }
  }

  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64')
    const nowMs = clock.nowMs()
    const known = seen.get(key)
    if (known !== undefined && hasEnded(known.caller, nowMs)) return { kind: 'unknown' } // A3
    if (known !== undefined && known.freshUntilMs > nowMs) return { kind: 'caller', caller: known.caller }
    if ((wrongUntilMs.get(key) ?? 0) > nowMs) return { kind: 'unknown' }
    const underWay = asking.get(key)
    if (underWay !== undefined) {
      const shared = await underWay
      const isOld = shared.kind === 'caller' && shared.caller.isEndedAtOnce === true // A4
      return isOld ? ask(key, token) : shared
    }
    const answer = ask(key, token).finally(() => asking.delete(key))
    asking.set(key, answer)
    return answer
  }
}

function hasEnded({ expiresAtMs = Number.POSITIVE_INFINITY }: Caller, nowMs: number): boolean {
  return expiresAtMs <= nowMs
}
