/**
 * A limit of so many a second, kept as a bucket of tokens. Pure: the bucket is data, time an argument.
 *
 * Invariants
 *   T1. Over any time t, at most `perSecond × t + burst` are taken (a batch that takes several at once may go below
 *       zero once, and is paid off before the next).
 *   T2. A clock that stands still or goes back gives no tokens.
 */
export interface TokenBucket {
  readonly perSecond: number
  tokens: number
  filledAtMs: number
}

/** What one second brings may come at once; at least one, or nothing would ever be sent. */
function burstOf(perSecond: number): number {
  return Math.max(1, perSecond)
}

export function newBucket(perSecond: number, nowMs: number): TokenBucket {
  return { perSecond, tokens: burstOf(perSecond), filledAtMs: nowMs }
}

function fill(bucket: TokenBucket, nowMs: number): void {
  const elapsedMs = nowMs - bucket.filledAtMs
  if (elapsedMs <= 0) return
  bucket.tokens = Math.min(burstOf(bucket.perSecond), bucket.tokens + (elapsedMs * bucket.perSecond) / 1_000)
  bucket.filledAtMs = nowMs
}

/** How long until one may be taken; 0 when now. */
export function waitForTokenMs(bucket: TokenBucket, nowMs: number): number {
  fill(bucket, nowMs)
  return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) * 1_000) / bucket.perSecond)
}

/** Takes `count`, also when fewer are there (T1). */
export function takeTokens(bucket: TokenBucket, count: number, nowMs: number): void {
  fill(bucket, nowMs)
  bucket.tokens -= count
}
