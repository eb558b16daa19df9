/** The yardstick of CPU per delivery (bare-loop.ts), run as a process of its own beside what it measures. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface BareLoopFigures {
  readonly perSecond: number
  readonly cpuMicrosPerPost: number
}

/** As many requests under way at once as the dispatcher has to one endpoint at most. */
const concurrency = 64

export async function runBareLoop(url: string, count: number): Promise<BareLoopFigures> {
  const script = join(import.meta.dirname, 'bare-loop.ts')
  const { stdout } = await run(process.execPath, [script, url, String(count), String(concurrency)])
  return JSON.parse(stdout) as BareLoopFigures
}
