/**
 * The setup step as a process: run it before the services start, and after every new version. Exit code 0 when all
 * of it exists, 1 when a part failed, 2 when settings are wrong.
 */
import { parseEnv } from '@scanhook/config/settings'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { observabilitySettings } from '@scanhook/observability/settings'
import { renderProblems } from '@scanhook/runtime/parse-settings'
import { setUp, setupService } from './service.ts'

const parsed = parseEnv({ ...observabilitySettings, ...setupService.settings }, process.env)
if (parsed.ok) {
  const log = openLog({ name: 'setup', level: parsed.config.LOG_LEVEL })
  try {
    await setUp({ config: parsed.config, log, metrics: openMetrics() })
    log.info('setup.completed')
  } catch (error) {
    const failures: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
    for (const failure of failures) log.error({ err: failure }, 'setup.failed')
    process.exitCode = 1
  }
} else {
  process.stderr.write(
    renderProblems(
      'setup',
      parsed.problems.map(({ message }) => message),
    ),
  )
  process.exitCode = 2
}
