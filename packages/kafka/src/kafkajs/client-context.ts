/** What every part of one client shares. */
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import type { KafkaConnection } from './connection-settings.ts'

export interface ClientContext {
  readonly connection: KafkaConnection
  readonly log: Logger
  readonly metrics: Metrics
  /** How long a consumer may be silent before its partitions go to others. */
  readonly sessionTimeoutMs: number
  /** Epoch ms: for times that mean something to others (pauses, record times). */
  readonly nowMs: () => number
  /** Never goes back: for durations. */
  readonly monotonicMs: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
}
