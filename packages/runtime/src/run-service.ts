/**
 * A process of the house, from the environment to the exit code. The only file that reads the environment, takes
 * signals and ends the process.
 *
 * Invariants
 *   R1. The environment is read once. Every wrong setting of every service is named at once, and the exit code is 2.
 *   R2. SIGTERM and SIGINT drain; the exit code is 0, or 1 when the deadline passed first.
 *   R3. A second signal ends the process at once.
 *   R4. What no service can mend (`fail`, an unhandled rejection, an uncaught exception) drains, and the exit code is 1.
 */
import type { Settings } from '@scanhook/config/settings'
import { type Logger, openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { type OpenTracing, openTracing } from '@scanhook/observability/open-tracing'
import { systemClock } from './clock.ts'
import { type HealthServer, openHealthServer } from './health-server.ts'
import { type LifeCycle, openLifeCycle } from './life-cycle.ts'
import { parseSettings, renderProblems, type StandIns } from './parse-settings.ts'
import type { ServiceDefinition } from './service.ts'

/** Runs one service as this process. Resolves when it has started. */
export async function runService<S extends Settings>(definition: ServiceDefinition<S>): Promise<void> {
  await runServices(definition.name, [definition])
}

/**
 * Runs several services as one process, with one health port and one shutdown. Resolves when all have started.
 * `standIns`: where one process needs a setting once, the second one takes it from the first.
 */
export async function runServices(
  name: string,
  definitions: readonly ServiceDefinition[],
  standIns: StandIns = {},
): Promise<void> {
  const parsed = parseSettings(definitions, process.env, standIns)
  if (!parsed.ok) {
    process.stderr.write(renderProblems(name, parsed.problems))
    process.exit(2)
  }
  const { runtime } = parsed
  const log = openLog({ name, level: runtime.LOG_LEVEL })
  const metrics = openMetrics({ withProcess: true })
  const tracing = await openTracing(runtime, {
    name,
    log,
    metrics,
    random: Math.random,
    after: systemClock.after,
  })
  const life = openLifeCycle({
    definitions,
    configs: parsed.services,
    log,
    metrics,
    tracingOf: tracing.of,
    clock: systemClock,
    random: Math.random,
    drainTimeoutMs: runtime.DRAIN_TIMEOUT_MS,
    onFail: (reason) => {
      ending.exitCode = 1
      void ending.end(reason)
    },
  })
  const ending = endingOf(life, tracing, log)
  watchProcess(life, log, ending)

  try {
    ending.health = await openHealthServer({
      host: runtime.HOST,
      port: runtime.HEALTH_PORT,
      metrics,
      report: life.report,
    })
  } catch (error) {
    life.fail(`can't listen on ${runtime.HOST}:${runtime.HEALTH_PORT} (HOST, HEALTH_PORT)`, error)
    return
  }
  log.info({ healthUrl: ending.health.url, pid: process.pid, node: process.version }, 'service.starting')
  await life.start()
  const { hasStarted, isDraining } = life.report()
  if (hasStarted && !isDraining) log.info('service.started')
}

interface Ending {
  health: HealthServer | null
  /** 0, or 1 once something failed, also while draining. */
  exitCode: 0 | 1
  /** Drains and ends the process; a second call changes nothing. */
  readonly end: (reason: string) => Promise<void>
}

function endingOf(life: LifeCycle, tracing: OpenTracing, log: Logger): Ending {
  const startedMs = systemClock.monotonicMs()
  const ending: Ending = {
    health: null,
    exitCode: 0,
    end: async (reason) => {
      if (life.report().isDraining) return
      const drainStartedMs = systemClock.monotonicMs()
      log.info({ reason }, 'service.stopping')
      const isInTime = await life.drain()
      await tracing.close()
      const exitCode = isInTime ? ending.exitCode : 1
      const nowMs = systemClock.monotonicMs()
      log.info(
        {
          exitCode,
          isInTime,
          drainMs: Math.round(nowMs - drainStartedMs),
          uptimeMs: Math.round(nowMs - startedMs),
        },
        'service.stopped',
      )
      await ending.health?.close()
      process.exit(exitCode)
    },
  }
  return ending
}

function watchProcess(life: LifeCycle, log: Logger, ending: Ending): void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (life.report().isDraining) {
      log.warn({ signal }, 'service.killed')
      process.exit(1) // R3
    }
    void ending.end(signal)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('unhandledRejection', (error) => life.fail('unhandled rejection', error))
  process.on('uncaughtException', (error) => life.fail('uncaught exception', error))
  // Node's own listener prints warnings as text; a log of JSON lines takes them as lines.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log.warn({ err: warning }, 'process.warned'))
}
