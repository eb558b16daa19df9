/**
 * How often one caller may ask: a token bucket per key. The decision is a function; the map of buckets is the only
 * state, bounded, in this process (two replicas of the API give a key twice the rate, which protects as well).
 *
 * Invariants
 *   Q1. No more than `burst` requests at once, and no more than `perMinute` a minute in the long run.
 *   Q2. A refused request takes nothing, and `retryAfterS` is at least 1 and enough for one token.
 */
import { openRecentMap } from './recent-map.ts'

export interface RateLimit {
  readonly perMinute: number
  readonly burst: number
}

interface Bucket {
  /** With fractions, between 0 and burst. */
  readonly tokens: number
  readonly atMs: number
}

export interface RateVerdict {
  readonly isAllowed: boolean
  /** Whole requests left right now. */
  readonly remaining: number
  /** Epoch seconds at which the bucket is full again. */
  readonly resetAtS: number
  /** Seconds until one more request is allowed; 0 when it is now. */
  readonly retryAfterS: number
}

/** Takes one token. A clock that went back counts as no time passed. */
export function takeToken(
  bucket: Bucket | undefined,
  limit: RateLimit,
  nowMs: number,
): { readonly bucket: Bucket; readonly verdict: RateVerdict } {
  const perMs = limit.perMinute / 60_000
  const passedMs = bucket === undefined ? 0 : Math.max(0, nowMs - bucket.atMs)
  const filled = Math.min(limit.burst, (bucket?.tokens ?? limit.burst) + passedMs * perMs)
  const isAllowed = filled >= 1
  const tokens = isAllowed ? filled - 1 : filled
  return {
    bucket: { tokens, atMs: nowMs },
    verdict: {
      isAllowed,
      remaining: Math.floor(tokens),
      resetAtS: Math.ceil((nowMs + (limit.burst - tokens) / perMs) / 1000),
      retryAfterS: isAllowed ? 0 : Math.max(1, Math.ceil((1 - filled) / perMs / 1000)),
    },
  }
}

/** About 2 MB of buckets. A key that is pushed out begins again with a full bucket: generous, never wrong. */
const bucketsMax = 20_000

export function openRateLimiter(limit: RateLimit): (key: string, nowMs: number) => RateVerdict {
  const buckets = openRecentMap<string, Bucket>(bucketsMax)
  return (key, nowMs) => {
    const { bucket, verdict } = takeToken(buckets.get(key), limit, nowMs)
    buckets.set(key, bucket)
    return verdict
  }
}

/** On every answer. `X-RateLimit-Limit` is the size of the bucket, the policy is what it is filled with. */
export function rateLimitHeaders(limit: RateLimit, verdict: RateVerdict): Record<string, string> {
  return {
    'ratelimit-policy': `${limit.perMinute};w=60`,
    'x-ratelimit-limit': String(limit.burst),
    'x-ratelimit-remaining': String(verdict.remaining),
    'x-ratelimit-reset': String(verdict.resetAtS),
  }
}
