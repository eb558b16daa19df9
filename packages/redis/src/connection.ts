/**
 * One connection to Redis that never makes anybody wait. The only door to ioredis. Owns: deadlines, reconnecting, and
 * knowing at once that Redis is away. Refuses to know what is stored.
 *
 * Invariants
 *   V1. `attempt` never throws and never takes longer than the command timeout; while Redis is known to be away it
 *       takes no time at all.
 *   V2. Nothing is queued for a Redis that is not there: no command survives the connection it was written to.
 *   V3. It comes back by itself, found out by reconnecting (connection lost) or by a PING that nobody waits for
 *       (connection stands but is silent).
 */
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import { Redis } from 'ioredis'
import { meterConnection } from './connection-metrics.ts'
import { type RedisError, redisErrorOf } from './errors.ts'

export interface RedisConnection {
  /** What `act` gave; null when Redis is away, silent or refuses. */
  attempt<T>(act: (client: Redis) => Promise<T>): Promise<T | null>
  close(): Promise<void>
}

export interface RedisConnectionOptions {
  readonly url: string
  readonly log: Logger
  readonly metrics: Metrics
  /** Default 250 ms: a batch of 1,000 takes 2 ms on the same machine; beyond 250 ms duplicates cost less than waiting. */
  readonly commandTimeoutMs?: number | undefined
}

// A silent Redis is asked again this often. Each question is one PING, and nobody waits for its answer.
const probeEveryMs = 500
// A server that did not say a word for this long is gone, and TCP would notice only after minutes.
const socketTimeoutMs = 5_000
const connectTimeoutMs = 2_000
// Quick at first, because most outages are a restart; then twice a second, which costs nobody anything.
const reconnectMaxMs = 500
// A Redis that refuses every command (out of memory) would otherwise fill the log with one line per batch.
const refusalLogEveryMs = 10_000

/** Begins to connect; never throws. */
export function openRedis(options: RedisConnectionOptions): RedisConnection {
  const { log } = options
  const meter = meterConnection(options.metrics)
  const client = new Redis(options.url, {
    enableOfflineQueue: false, // V2
    autoResendUnfulfilledCommands: false, // V2
    maxRetriesPerRequest: 0,
    connectTimeout: connectTimeoutMs,
    commandTimeout: options.commandTimeoutMs ?? 250,
    socketTimeout: socketTimeoutMs,
    retryStrategy: (times) => Math.min(reconnectMaxMs, 20 * 2 ** Math.min(times, 10)),
  })
  let isSilent = false
  let isProbing = false
  let probeAtMs = 0
  let refusalLogAtMs = 0

  // Without a listener ioredis prints errors itself; `close` and `ready` below say what matters.
  client.on('error', () => undefined)
  client.on('close', () => {
    meter.usable(false)
    log.warn('redis.lost')
  })
  client.on('ready', () => {
    isSilent = false
    meter.usable(true)
    log.info('redis.ready')
  })

  const probe = (): void => {
    if (isProbing || performance.now() < probeAtMs || client.status !== 'ready') return
    isProbing = true
    client.ping().then(
      () => {
        isSilent = false
        isProbing = false
        meter.usable(client.status === 'ready')
        log.info('redis.recovered')
      },
      () => {
        isProbing = false
        probeAtMs = performance.now() + probeEveryMs
      },
    )
  }

  const judge = (error: RedisError): void => {
    meter.failed(error.code)
    if (error.code === 'REDIS_REFUSED') {
      if (performance.now() < refusalLogAtMs) return
      refusalLogAtMs = performance.now() + refusalLogEveryMs
      log.error({ error }, 'redis.refused')
      return
    }
    if (!isSilent) log.warn({ error }, 'redis.silent')
    isSilent = true
    meter.usable(false)
    probeAtMs = performance.now() + probeEveryMs
  }

  const isUsable = (): boolean => client.status === 'ready' && !isSilent

  return {
    attempt: async (act) => {
      if (!isUsable()) {
        if (isSilent) probe()
        meter.skipped()
        return null
      }
      try {
        const startedMs = performance.now()
        const answer = await act(client)
        meter.answered((performance.now() - startedMs) / 1_000)
        return answer
      } catch (thrown) {
        judge(redisErrorOf(thrown))
        return null
      }
    },
    close: async () => {
      client.removeAllListeners('close')
      client.removeAllListeners('ready')
      meter.close()
      client.disconnect()
    },
  }
}
