/**
 * What the pools of a process say about themselves. Several services in one process have a pool each and share the metrics:
 * the gauges are sums over all pools that are open.
 */
import type { CounterInstrument, Metrics } from '@scanhook/observability/metrics'
import { type PostgresErrorCode, postgresErrorCodes } from './errors.ts'

/** The part of a pool that is looked at; `pg`'s own names. */
export interface MeteredPool {
  readonly totalCount: number
  readonly idleCount: number
  /** Who waits for a connection. */
  readonly waitingCount: number
}

interface PoolMeter {
  readonly failed: (code: PostgresErrorCode) => void
  /** The pool is closed: it counts no more. */
  readonly close: () => void
}

interface Meters {
  readonly pools: Map<MeteredPool, number>
  readonly failures: CounterInstrument
}

const metersOf = new WeakMap<Metrics, Meters>()

/** `max`: connections that the pool may have. */
export function meterPool(metrics: Metrics, pool: MeteredPool, max: number): PoolMeter {
  const { pools, failures } = metersOf.get(metrics) ?? openMeters(metrics)
  pools.set(pool, max)
  return { failed: (code) => failures.inc({ code }), close: () => void pools.delete(pool) }
}

function openMeters(metrics: Metrics): Meters {
  const failures = metrics.counter(
    'scanhook_postgres_failures_total',
    'Statements and connections that failed, by error code',
    { code: postgresErrorCodes },
  )
  const connections = metrics.gauge('scanhook_postgres_connections', 'Connections of the pool', {
    state: ['busy', 'idle'],
  })
  const limit = metrics.gauge('scanhook_postgres_connections_max', 'Connections that the pool may have')
  const waiting = metrics.gauge('scanhook_postgres_waiting', 'Who waits for a connection of the pool')
  const pools = new Map<MeteredPool, number>()
  const sum = (of: (pool: MeteredPool, max: number) => number): number =>
    [...pools].reduce((total, [pool, max]) => total + of(pool, max), 0)
  metrics.onCollect(() => {
    connections.set(
      { state: 'busy' },
      sum(({ totalCount, idleCount }) => totalCount - idleCount),
    )
    connections.set(
      { state: 'idle' },
      sum(({ idleCount }) => idleCount),
    )
    limit.set(sum((_pool, max) => max))
    waiting.set(sum(({ waitingCount }) => waitingCount))
  })
  const meters = { pools, failures }
  metersOf.set(metrics, meters)
  return meters
}
