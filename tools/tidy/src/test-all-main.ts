/**
 * `bin/test`: all that CI runs. Starts the infrastructure of this checkout unless its addresses are in the environment
 * or it is up already, ends what it started, and closes with one line that counts.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { checks, type Result, root, runChecks, vitest } from './checks.ts'

const stack = join(root, 'bin/stack')
const text = (...words: string[]): string =>
  execFileSync(stack, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

function isUp(): boolean {
  try {
    execFileSync(stack, ['status'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** `bin/stack env` prints lines for a shell: `export NAME='value'` or `NAME=value`. */
function addresses(): Record<string, string> {
  const pairs = [...text('env').matchAll(/^(?:export )?([A-Z_]+)=(?:'([^']*)'|"([^"]*)"|(.*))$/gm)]
  return Object.fromEntries(pairs.map((match) => [match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '']))
}

const startedAt = performance.now()
// The chart's tests beside the unit tests: a fresh machine gets their programs while the other core works.
const results: Result[] = [...(await runChecks([...checks, vitest('chart tests', 'chart')]))]
const wasUp = isUp()
try {
  process.stdout.write(text('up'))
  const infrastructure = addresses()
  // Each has a database and topics of its own. The longest first. Two at a time use 71 % of two cores; three use 94 %, and each of them
  // takes 1.2 to 1.6 times as long.
  const flows = [
    vitest('end-to-end tests', 'e2e'),
    vitest('integration tests', 'integration'),
    vitest('console in a browser', 'console'),
    vitest('tests around the flow', 'around'),
  ]
  results.push(...(await runChecks(flows, infrastructure)))
  // Alone: it compares how late things are with how late they were before a fault.
  results.push(...(await runChecks([vitest('fault matrix, quick set', 'chaos')], infrastructure)))
} catch (error) {
  process.stderr.write(
    `the infrastructure could not be started: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  results.push({ name: 'infrastructure', isOk: false, passed: 0, failed: 1, skipped: 0 })
} finally {
  if (!wasUp) process.stdout.write(text('down'))
}

const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
  results.reduce((total, result) => total + result[key], 0)
process.stdout.write(`took ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes\n`)
const skipped = sum('skipped')
process.stdout.write(
  `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
)
process.exitCode = sum('failed') === 0 && results.every(({ isOk }) => isOk) ? 0 : 1
