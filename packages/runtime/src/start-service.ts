/** A service inside a test or a tool: everything of `runService` except the environment, the signals and the exit. */
import type { Settings } from '@scanhook/config/settings'
import { type Logger, silentLog } from '@scanhook/observability/log'
import { type Metrics, openMetrics } from '@scanhook/observability/metrics'
import { openTracing } from '@scanhook/observability/open-tracing'
import { type Clock, systemClock } from './clock.ts'
import { openHealthServer } from './health-server.ts'
import { openLifeCycle } from './life-cycle.ts'
import { type Env, parseSettings, renderProblems } from './parse-settings.ts'
import type { ServiceDefinition } from './service.ts'

export interface StartOverrides {
  readonly log?: Logger | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
  readonly metrics?: Metrics | undefined
  /** The service called `fail` after it had started; it has not been stopped. Default: an error line in the log. */
  readonly onFail?: ((reason: string, error: unknown) => void) | undefined
}

export interface StartedService {
  /** Drains; rejects when the deadline passed. A second call does nothing more. */
  readonly stop: () => Promise<void>
  /** `http://127.0.0.1:<port>`; HEALTH_PORT is a free port unless `env` says otherwise. */
  readonly healthUrl: string
  readonly metrics: Metrics
}

/** Resolves when the service has started. Rejects with all problems of `env`, or with what kept it from starting. */
export async function startService<S extends Settings>(
  definition: ServiceDefinition<S>,
  env: Env,
  overrides: StartOverrides = {},
): Promise<StartedService> {
  const definitions = [definition]
  const parsed = parseSettings(definitions, { HEALTH_PORT: '0', ...env })
  if (!parsed.ok) throw new Error(renderProblems(definition.name, parsed.problems))
  const { clock = systemClock, log = silentLog, metrics = openMetrics() } = overrides
  let failure: { readonly reason: string; readonly error: unknown } | null = null
  const tracing = await openTracing(parsed.runtime, {
    name: definition.name,
    log,
    metrics,
    random: overrides.random ?? Math.random,
    after: systemClock.after,
  })
  const life = openLifeCycle({
    definitions,
    configs: parsed.services,
    log,
    metrics,
    tracingOf: tracing.of,
    clock,
    random: overrides.random ?? Math.random,
    drainTimeoutMs: parsed.runtime.DRAIN_TIMEOUT_MS,
    onFail: (reason, error) => {
      failure = { reason, error }
      overrides.onFail?.(reason, error)
    },
  })
  const health = await openHealthServer({
    host: parsed.runtime.HOST,
    port: parsed.runtime.HEALTH_PORT,
    metrics,
    report: life.report,
  })
  const stop = async (): Promise<void> => {
    const isInTime = await life.drain()
    await tracing.close()
    await health.close()
    if (!isInTime)
      throw new Error(`${definition.name} did not stop within ${parsed.runtime.DRAIN_TIMEOUT_MS} ms`)
  }
  await life.start()
  if (!life.report().hasStarted) {
    await stop()
    throw new Error(`${definition.name} could not start`, { cause: causeOf(failure) })
  }
  return { stop, healthUrl: health.url, metrics }
}

function causeOf(failure: { readonly error: unknown } | null): unknown {
  return failure?.error
}
