/**
 * What a service is: a name, a table of settings, and a start function. `runService` (one) and `runServices`
 * (several in one process) own signals, health, metrics, drain order and the deadline; no service writes its own.
 */
import type { Config, Settings } from '@scanhook/config/settings'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import type { Tracing } from '@scanhook/observability/tracing'
import type { Clock } from './clock.ts'

export interface ServiceContext<S extends Settings> {
  readonly config: Config<S>
  readonly log: Logger
  readonly metrics: Metrics
  /** Spans of this service; none where tracing is off. */
  readonly tracing: Tracing
  readonly clock: Clock
  /** Uniform in [0, 1). Chance is an argument: decisions get it from here, tests pass their own. */
  readonly random: () => number
  /**
   * Registers an act of shutdown. Acts run last-in-first-out, one after the other, within the drain deadline
   * (20 s): what was opened last is closed first.
   */
  readonly onStop: (name: string, stop: () => Promise<void> | void) => void
  /** A named readiness condition; `/readyz` is 200 when all are true. Starts false. */
  readonly readiness: (name: string) => (isReady: boolean) => void
  /** Something that can't be mended from inside: logs, drains what can be drained, exits with code 1. */
  readonly fail: (reason: string, error: unknown) => void
}

export interface ServiceDefinition<S extends Settings = Settings> {
  readonly name: string
  readonly settings: S
  /** Resolves when the service works; throws when it can't start. A method, so that definitions with different settings fit one list. */
  start(context: ServiceContext<S>): Promise<void>
}

/** Keeps the settings' types while the definition is written. */
export function defineService<S extends Settings>(definition: ServiceDefinition<S>): ServiceDefinition<S> {
  return definition
}
