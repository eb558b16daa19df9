/**
 * What has ended is forgotten, in rounds: secrets whose overlap is over, answers under old idempotency keys. Every replica
 * does it, and the statement that forgets decides who did, so no leader is needed.
 *
 * Invariants
 *   K1. One round is under way at a time; PostgreSQL's absence ends no watch.
 *   K2. After `stop` nothing is begun, and what is under way is waited for.
 */
import type { Logger } from '@scanhook/observability/log'
import type { Clock } from '@scanhook/runtime/clock'
import { every } from '@scanhook/runtime/every'

export interface Forgetting {
  /** Names it in the log: `secrets`. */
  readonly what: string
  /** Gives the number of those forgotten, at most `limit`. */
  readonly forget: (limit: number) => Promise<number>
  /** In one statement or transaction. */
  readonly limit: number
  readonly roundMs: number
}

export interface ForgettingPorts {
  readonly clock: Pick<Clock, 'after'>
  readonly log: Pick<Logger, 'info' | 'warn'>
}

export function forgetInRounds(
  { what, forget, limit, roundMs }: Forgetting,
  { clock, log }: ForgettingPorts,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  let isStopping = false

  async function round(): Promise<void> {
    try {
      for (let count = limit; count === limit && !isStopping; ) {
        count = await forget(limit)
        if (count > 0) log.info({ count }, `${what}.ended`)
      }
    } catch (error) {
      log.warn({ error }, `${what}.postponed`)
    }
  }

  const cancel = every(clock, roundMs, () => {
    running ??= round().finally(() => {
      running = null
    })
  })
  return {
    stop: async () => {
      isStopping = true
      cancel()
      await running
    },
  }
}
