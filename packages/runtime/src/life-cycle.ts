/**
 * The life of one process: started, ready, drained. Owns the order and the deadline of the acts of shutdown; knows
 * no signal, no environment and no exit code (that is `run-service.ts`).
 *
 * Invariants
 *   L1. Ready means: every service has started, every readiness condition holds, and draining has not begun.
 *   L2. A service's acts of shutdown run last-in-first-out, one after the other; several services drain side by
 *       side. An act that fails is logged and keeps no other from running.
 *   L3. Draining ends at the deadline at the latest, and happens once.
 *   L4. An act that is registered after draining began runs at once: a start that is still going on leaks nothing.
 */
import type { Config, Settings } from '@scanhook/config/settings'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import type { Tracing } from '@scanhook/observability/tracing'
import type { Clock } from './clock.ts'
import type { HealthReport } from './health-server.ts'
import type { ServiceContext, ServiceDefinition } from './service.ts'

export interface LifeCycleOptions {
  readonly definitions: readonly ServiceDefinition[]
  /** In the order of the definitions. */
  readonly configs: readonly Config<Settings>[]
  readonly log: Logger
  readonly metrics: Metrics
  /** Spans of the service of this name. */
  readonly tracingOf: (service: string) => Tracing
  readonly clock: Clock
  readonly random: () => number
  readonly drainTimeoutMs: number
  /** A service said that it can't go on, or could not start. Called once. */
  readonly onFail: (reason: string, error: unknown) => void
}

export interface LifeCycle {
  /** Starts all services side by side. Resolves when all have started or one has failed. */
  start(): Promise<void>
  /** Resolves to true when every act ended before the deadline. A second call waits for the first. */
  drain(): Promise<boolean>
  report(): HealthReport
  fail(reason: string, error: unknown): void
}

interface StopAct {
  readonly name: string
  readonly stop: () => Promise<void> | void
}

/** A start that is under way when draining begins may register one more act; longer than this it is not waited for. */
const startGraceMs = 1000

export function openLifeCycle(options: LifeCycleOptions): LifeCycle {
  const { definitions, log, clock } = options
  const conditions = new Map<string, boolean>()
  const acts = definitions.map((): StopAct[] => [])
  const lateActs: Promise<void>[] = []
  let hasStarted = false
  let hasFailed = false
  let starting: Promise<unknown> = Promise.resolve()
  let draining: Promise<boolean> | null = null

  function fail(reason: string, error: unknown): void {
    log.error({ err: error, reason }, 'service.failed')
    if (hasFailed) return
    hasFailed = true
    options.onFail(reason, error)
  }

  async function run({ name, stop }: StopAct): Promise<void> {
    const startedMs = clock.monotonicMs()
    try {
      await stop()
      log.debug({ act: name, durationMs: Math.round(clock.monotonicMs() - startedMs) }, 'act.stopped')
    } catch (error) {
      log.error({ err: error, act: name }, 'act.failed')
    }
  }

  async function runAll(stack: StopAct[]): Promise<void> {
    for (let act = stack.pop(); act !== undefined; act = stack.pop()) await run(act)
  }

  function contextOf(definition: ServiceDefinition, index: number): ServiceContext<Settings> {
    const isAlone = definitions.length === 1
    return {
      config: options.configs[index] ?? {},
      log: isAlone ? log : log.child({ component: definition.name }),
      metrics: options.metrics,
      tracing: options.tracingOf(definition.name),
      clock,
      random: options.random,
      onStop: (name, stop) => {
        if (draining === null) acts[index]?.push({ name, stop })
        else lateActs.push(run({ name, stop })) // L4
      },
      readiness: (name) => {
        const fullName = isAlone ? name : `${definition.name}.${name}`
        conditions.set(fullName, false)
        return (isReady) => conditions.set(fullName, isReady)
      },
      fail,
    }
  }

  async function startOne(definition: ServiceDefinition, index: number): Promise<boolean> {
    try {
      await definition.start(contextOf(definition, index))
      return true
    } catch (error) {
      if (draining === null) fail(`${definition.name} could not start`, error)
      return false
    }
  }

  async function drainAll(): Promise<void> {
    await Promise.all(acts.map(runAll))
    await within(clock, startGraceMs, starting)
    await Promise.all(lateActs)
  }

  return {
    start: async () => {
      const started = Promise.all(definitions.map(startOne))
      starting = started
      hasStarted = (await started).every(Boolean)
    },
    drain: () => {
      draining ??= within(clock, options.drainTimeoutMs, drainAll())
      return draining
    },
    report: () => ({ hasStarted, isDraining: draining !== null, conditions: Object.fromEntries(conditions) }),
    fail,
  }
}

/** True when `work` ended within `timeoutMs`. */
async function within(clock: Clock, timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs, () => resolve(false))
    void work.finally(() => {
      cancel()
      resolve(true)
    })
  })
}
