/**
 * `npm run verify`: every check that needs no infrastructure, in about a minute. Formatting and lint, the plan and the
 * house rules, types, unit tests, unused code. Light checks run two at a time (the smallest machine we know has two
 * cores); the output of a check that passes is not shown.
 */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

interface Check {
  readonly name: string
  readonly command: readonly string[]
}

const root = resolve(import.meta.dirname, '../../..')

const checks: readonly Check[] = [
  { name: 'types', command: ['npx', 'turbo', 'run', 'types', '--output-logs=errors-only'] },
  { name: 'types of tests', command: ['npx', 'tsc', '--noEmit', '-p', 'tsconfig.tests.json'] },
  { name: 'format and lint', command: ['npx', 'biome', 'ci', '--max-diagnostics=50', '.'] },
  { name: 'plan and tidy', command: ['node', 'tools/tidy/src/main.ts'] },
  { name: 'unused code', command: ['npx', 'knip', '--no-progress'] },
  { name: 'unit tests', command: ['npx', 'vitest', 'run', '--project', 'unit'] },
]

interface Result {
  readonly check: Check
  readonly isOk: boolean
  readonly seconds: number
  readonly output: string
}

function run(check: Check): Promise<Result> {
  const startedAt = performance.now()
  const [command = '', ...rest] = check.command
  return new Promise((settle) => {
    const chunks: Buffer[] = []
    const child = spawn(command, rest, {
      cwd: root,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    const finish = (isOk: boolean): void => {
      settle({
        check,
        isOk,
        seconds: (performance.now() - startedAt) / 1000,
        output: Buffer.concat(chunks).toString('utf8'),
      })
    }
    child.on('error', () => finish(false))
    child.on('close', (code) => finish(code === 0))
  })
}

const waiting = [...checks]
let failedCount = 0
async function worker(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { isOk, seconds, output } = await run(check)
    process.stdout.write(`${isOk ? 'ok    ' : 'FAILED'} ${check.name} (${seconds.toFixed(1)} s)\n`)
    const summary = /^\s*Tests .*$/m.exec(output)?.[0]
    if (isOk && summary !== undefined) process.stdout.write(`       ${summary.trim()}\n`)
    if (!isOk) {
      failedCount += 1
      process.stdout.write(`${output}\n`)
    }
  }
}
await Promise.all([worker(), worker()])
process.exitCode = failedCount === 0 ? 0 : 1
