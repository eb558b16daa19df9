/** What can go wrong between us and Redis. Nothing here stops anybody: what Redis holds may be forgotten. */
export const redisErrorCodes = ['REDIS_UNAVAILABLE', 'REDIS_TIMEOUT', 'REDIS_REFUSED'] as const
export type RedisErrorCode = (typeof redisErrorCodes)[number]

export class RedisError extends Error {
  override readonly name = 'RedisError'
  readonly code: RedisErrorCode
  /** REDIS_REFUSED (out of memory, no permission, read-only replica) comes again until somebody acts. */
  readonly retriable: boolean

  constructor(code: RedisErrorCode, message: string, cause: unknown) {
    super(`${code}: ${message}`, { cause })
    this.code = code
    this.retriable = code !== 'REDIS_REFUSED'
  }
}

/** Wraps what the client threw. Replies of the server name a command and a reason, never keys or values. */
export function redisErrorOf(thrown: unknown): RedisError {
  if (thrown instanceof RedisError) return thrown
  const error = thrown instanceof Error ? thrown : new Error('not an Error was thrown')
  if (error.name === 'ReplyError') return new RedisError('REDIS_REFUSED', error.message, thrown)
  if (error.message === 'Command timed out')
    return new RedisError('REDIS_TIMEOUT', 'no answer in time', thrown)
  return new RedisError('REDIS_UNAVAILABLE', error.message, thrown)
}
