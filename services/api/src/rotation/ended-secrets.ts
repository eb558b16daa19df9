/**
 * Watches what ends by itself. A secret whose overlap is over is deleted and its endpoint announced without it; a chain of
 * refresh tokens that has expired is deleted.
 * Every replica does it; who deletes it announces it (packages/postgres/endpoints, E5), so no leader is needed.
 *
 * Invariants
 *   K1. One round is under way at a time; PostgreSQL's absence ends no watch.
 *   K2. After `stop` nothing is begun, and what is under way is waited for.
 */
import type { Logger } from '@scanhook/observability/log'
import type { Clock } from '@scanhook/runtime/clock'
import { every } from '@scanhook/runtime/every'

export interface EndedSecretsPorts {
  /** Gives the number of endpoints announced, at most `limit`. */
  readonly forget: (limit: number) => Promise<number>
  /** Gives the number of chains deleted, at most `limit`. */
  readonly forgetChains: (limit: number) => Promise<number>
  readonly clock: Pick<Clock, 'after'>
  readonly log: Pick<Logger, 'info' | 'warn'>
}

/** Overlaps last hours; some seconds more of an old secret hurt nobody, and the look costs one small index. */
const roundMs = 5_000
/** In one transaction: a hundred documents of some KiB. */
const endpointsAtOnce = 100
/** Small rows that nobody waits for. */
const chainsAtOnce = 1000

export function watchEndedSecrets(ports: EndedSecretsPorts): { stop(): Promise<void> } {
  const { forget, forgetChains, clock, log } = ports
  let running: Promise<void> | null = null
  let isStopping = false

  async function round(): Promise<void> {
    try {
      for (let count = endpointsAtOnce; count === endpointsAtOnce && !isStopping; ) {
        count = await forget(endpointsAtOnce)
        if (count > 0) log.info({ endpoints: count }, 'secrets.ended')
      }
      for (let count = chainsAtOnce; count === chainsAtOnce && !isStopping; ) {
        count = await forgetChains(chainsAtOnce)
        if (count > 0) log.info({ chains: count }, 'chains.expired')
      }
    } catch (error) {
      log.warn({ error }, 'secrets.postponed')
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
