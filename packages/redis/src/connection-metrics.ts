/** What connections to Redis count. Several of one process share the metrics; the gauge is their sum. */
import type { Metrics } from '@scanhook/observability/metrics'
import { type RedisErrorCode, redisErrorCodes } from './errors.ts'

export interface ConnectionMeter {
  /** May be told the same twice. */
  readonly usable: (isUsable: boolean) => void
  /** A batch of commands was answered. */
  readonly answered: (seconds: number) => void
  readonly failed: (code: RedisErrorCode) => void
  /** Not even tried, because Redis is known to be away. */
  readonly skipped: () => void
  readonly close: () => void
}

export function meterConnection(metrics: Metrics): ConnectionMeter {
  const connections = metrics.gauge('scanhook_redis_connections', 'Connections to Redis by their state', {
    state: ['usable', 'away'],
  })
  const duration = metrics.histogram(
    'scanhook_redis_duration_seconds',
    'From sending a batch of commands to its answer',
    {},
    // The deadline is 250 ms; a batch of a thousand keys takes 2 ms on the same machine.
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
  )
  const failures = metrics.counter(
    'scanhook_redis_failures_total',
    'Batches of commands that Redis did not answer or refused, by error code',
    { code: redisErrorCodes },
  )
  const skipped = metrics.counter(
    'scanhook_redis_skipped_total',
    'Batches of commands that were not sent, because Redis is away',
    {},
  )
  let state: 'usable' | 'away' | null = 'away'
  connections.add({ state }, 1)
  const become = (next: typeof state): void => {
    if (next === state) return
    if (state !== null) connections.add({ state }, -1)
    if (next !== null) connections.add({ state: next }, 1)
    state = next
  }
  return {
    usable: (isUsable) => become(isUsable ? 'usable' : 'away'),
    answered: (seconds) => duration.observe({}, seconds),
    failed: (code) => failures.inc({ code }),
    skipped: () => skipped.inc({}),
    close: () => become(null),
  }
}
