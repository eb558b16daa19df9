/**
 * Runs checks as child processes and counts. A check is a command; one that runs vitest writes its JSON report, so
 * that its tests are counted one by one; any other counts as one.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root: string = resolve(import.meta.dirname, '../../..')

export interface Check {
  readonly name: string
  readonly command: readonly string[]
  /** The vitest project this check runs; its tests are counted one by one. */
  readonly project?: string
  /** Shown while it runs; for the long ones. */
  readonly isShown?: boolean
}

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface Result extends Tally {
  readonly name: string
  readonly isOk: boolean
}

export function vitest(name: string, project: string): Check {
  return { name, project, command: ['npx', 'vitest', 'run', '--project', project] }
}

const reportFile = (project: string): string => join(root, '.run', `vitest-${project}.json`)

function commandOf({ command, project }: Check): readonly string[] {
  if (project === undefined) return command
  return [...command, '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile(project)}`]
}

/** What vitest's JSON report says of a file, as far as it is read here. */
interface FileReport {
  readonly status: string
  readonly assertionResults: readonly { readonly status: string }[]
}

/** A run that ended without a report (a crash of the runner) counts as one failure. */
function tallyOf({ project }: Check, isOk: boolean): Tally {
  if (project === undefined) return { passed: isOk ? 1 : 0, failed: isOk ? 0 : 1, skipped: 0 }
  try {
    const report: Record<string, unknown> = JSON.parse(readFileSync(reportFile(project), 'utf8'))
    const count = (key: string): number => (typeof report[key] === 'number' ? report[key] : 0)
    // A file that could not be loaded has no tests that failed; one that ran fails with its tests and is not counted again.
    const files = Array.isArray(report['testResults']) ? (report['testResults'] as readonly FileReport[]) : []
    const unloaded = files.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    )
    const failed = count('numFailedTests') + unloaded.length
    return {
      passed: count('numPassedTests'),
      failed: isOk ? 0 : Math.max(failed, 1),
      skipped: count('numPendingTests'),
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/** Runs one check, prints its line, and its output when it failed. */
async function runCheck(check: Check, env: Readonly<Record<string, string | undefined>>): Promise<Result> {
  const startedAt = performance.now()
  const [command = '', ...rest] = commandOf(check)
  mkdirSync(join(root, '.run'), { recursive: true })
  if (check.project !== undefined) rmSync(reportFile(check.project), { force: true })
  const { isOk, output } = await new Promise<{ isOk: boolean; output: string }>((settle) => {
    const chunks: Buffer[] = []
    const take = (chunk: Buffer): void => {
      chunks.push(chunk)
      if (check.isShown === true) process.stdout.write(chunk)
    }
    const child = spawn(command, rest, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => settle({ isOk: false, output: error.message }))
    child.on('close', (code) => settle({ isOk: code === 0, output: Buffer.concat(chunks).toString('utf8') }))
  })
  const tally = tallyOf(check, isOk)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const counts =
    check.project === undefined
      ? ''
      : `: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`
  process.stdout.write(`${isOk ? 'ok    ' : 'FAILED'} ${check.name}${counts} (${seconds} s)\n`)
  if (!isOk && check.isShown !== true) process.stdout.write(`${output}\n`)
  return { name: check.name, isOk, ...tally }
}

/** What needs no infrastructure. */
export const checks: readonly Check[] = [
  { name: 'types', command: ['npx', 'turbo', 'run', 'types', '--output-logs=errors-only'] },
  { name: 'types of tests', command: ['npx', 'tsc', '--noEmit', '-p', 'tsconfig.tests.json'] },
  { name: 'format and lint', command: ['npx', 'biome', 'ci', '--max-diagnostics=50', '.'] },
  { name: 'plan and tidy', command: ['node', 'tools/tidy/src/main.ts'] },
  { name: 'unused code', command: ['npx', 'knip', '--no-progress'] },
  vitest('unit tests', 'unit'),
]

/** Two at a time: the smallest machine we know has two cores. */
export async function runChecks(
  list: readonly Check[],
  addresses: Readonly<Record<string, string>> = {},
): Promise<readonly Result[]> {
  const env = { ...process.env, ...addresses, TURBO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' }
  const waiting = [...list]
  const results: Result[] = []
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      results.push(await runCheck(check, env))
    }
  }
  await Promise.all([worker(), worker()])
  return results
}
