/**
 * Claims: winning the right to process an id once. In two phases, because a mark that is set before the output exists
 * turns a crash into a loss: `claim` only looks, `confirm` marks, and it is called after the output was acknowledged.
 * A mark carries the coordinate (`topic:partition:offset`) that it was won from.
 *
 * There is no mark for "being processed": it could not change an answer. A copy that arrives while the first is still
 * under way must be processed anyway (C2), or the first one's death would lose both.
 *
 * Invariants
 *   C1. A crash between claim and confirm never drops the redelivery.
 *   C2. A second copy with another coordinate, while the first is not confirmed, is processed.
 *   C3. After confirm another coordinate is a duplicate; the same coordinate is a redelivery and is not.
 *   C4. Without Redis the answer is `unchecked`, at once, and claims come back by themselves: duplicates are allowed,
 *       losses are not.
 */
import { hash } from 'node:crypto'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import { openRedis } from './connection.ts'

export interface Claim {
  /** What may be processed once, e.g. `<org>:<scan id>`. */
  readonly key: string
  /** Where this copy of it came from; the same after a redelivery. */
  readonly coordinate: string
}

export type ClaimAnswer = 'won' | 'duplicate' | 'unchecked'

export interface Claims {
  /** Answers in the order of `claims`; one round trip per 1,000. Never rejects. Doesn't compare `claims` with each other. */
  claim(claims: readonly Claim[]): Promise<ClaimAnswer[]>
  /** After the outputs are acknowledged. Never rejects; what can't be marked is counted and may pass twice. */
  confirm(claims: readonly Claim[]): Promise<void>
  close(): Promise<void>
}

export interface ClaimsOptions {
  readonly url: string
  readonly log: Logger
  readonly metrics: Metrics
  /** Put before every key, so that two installations can share a Redis. Include what is claimed, e.g. `scanhook.scan:`. */
  readonly prefix: string
  /** How long a confirmed claim is remembered. */
  readonly keptMs: number
  readonly commandTimeoutMs?: number | undefined
}

// One command holds up everybody else for its length; 1,000 keys take about 1 ms.
const keysPerCommand = 1_000

/** `SET` of many keys with one time to live, which MSET can't, in one command instead of a thousand. */
const markScript = `for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1]) end`
const markSha = hash('sha1', markScript)

export function openClaims(options: ClaimsOptions): Claims {
  const redis = openRedis(options)
  const { prefix } = options
  const answers = options.metrics.counter('scanhook_claims_total', 'Claims by what Redis answered', {
    answer: ['won', 'duplicate', 'unchecked'],
  })
  const confirmations = options.metrics.counter(
    'scanhook_claims_confirmed_total',
    'Confirmed claims by whether Redis took the mark',
    { outcome: ['marked', 'not_marked'] },
  )

  const look = async (part: readonly Claim[]): Promise<ClaimAnswer[]> => {
    const keys = part.map(({ key }) => redisKey(prefix, key))
    const marks = await redis.attempt((client) => client.mget(keys))
    return part.map(({ coordinate }, index) => answerOf(marks?.[index], coordinate))
  }

  const mark = async (part: readonly Claim[]): Promise<void> => {
    const keys = part.map(({ key }) => redisKey(prefix, key))
    const values = [options.keptMs, ...part.map(({ coordinate }) => coordinate)]
    const marked = await redis.attempt(async (client) => {
      try {
        await client.evalsha(markSha, keys.length, ...keys, ...values)
      } catch (error) {
        // A restarted Redis has forgotten its scripts; EVAL teaches it again.
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
        await client.eval(markScript, keys.length, ...keys, ...values)
      }
      return true
    })
    confirmations.inc({ outcome: marked === null ? 'not_marked' : 'marked' }, part.length)
  }

  return {
    claim: async (claims) => {
      const found = (await Promise.all(partsOf(claims).map(look))).flat()
      for (const answer of ['won', 'duplicate', 'unchecked'] as const) {
        const count = found.reduce((sum, each) => (each === answer ? sum + 1 : sum), 0)
        if (count > 0) answers.inc({ answer }, count)
      }
      return found
    },
    confirm: async (claims) => {
      await Promise.all(partsOf(claims).map(mark))
    },
    close: () => redis.close(),
  }
}

function answerOf(mark: string | null | undefined, coordinate: string): ClaimAnswer {
  if (mark === undefined) return 'unchecked' // C4
  return mark === null || mark === coordinate ? 'won' : 'duplicate' // C1, C2, C3
}

/** 22 characters of base64url are 132 bits: two of 10^13 reads share a key with a chance below 10^-13. */
function redisKey(prefix: string, key: string): string {
  return prefix + hash('sha256', key, 'base64url').slice(0, 22)
}

function partsOf(claims: readonly Claim[]): (readonly Claim[])[] {
  const parts: (readonly Claim[])[] = []
  for (let start = 0; start < claims.length; start += keysPerCommand) {
    parts.push(claims.slice(start, start + keysPerCommand))
  }
  return parts
}
