/**
 * How long `scanhook` takes to start, as the file that people install: its help, which needs nothing but itself, beside a Node that
 * does nothing. The two take turns, so that what else the machine does falls on both.
 */
import { execFile, execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../harness/service-process.ts'
import { quantile } from './quantile.ts'

export interface CliSizes {
  readonly starts: number
}

export interface CliFigures extends CliSizes {
  readonly bundleBytes: number
  /** Medians, from the start of a process to its end. */
  readonly nodeMs: number
  readonly cliMs: number
  readonly ratio: number
}

export const fullCli: CliSizes = { starts: 100 }
export const quickCli: CliSizes = { starts: 20 }

const run = promisify(execFile)
const bundle = join(root, 'packages/cli/dist/scanhook.mjs')

export async function measureCli({ starts }: CliSizes, say: (line: string) => void): Promise<CliFigures> {
  execFileSync(process.execPath, ['build-main.ts'], { cwd: join(root, 'packages/cli') })
  say(`${starts} starts of each, after five that do not count`)
  const [node, cli]: [number[], number[]] = [[], []]
  for (let nth = -5; nth < starts; nth += 1) {
    const [nodeMs, cliMs] = [await tookMs(['-e', '0']), await tookMs([bundle, '--help'])]
    if (nth < 0) continue
    node.push(nodeMs)
    cli.push(cliMs)
  }
  const [nodeMs, cliMs] = [quantile(node, 0.5), quantile(cli, 0.5)]
  return { starts, bundleBytes: statSync(bundle).size, nodeMs, cliMs, ratio: cliMs / nodeMs }
}

async function tookMs(args: readonly string[]): Promise<number> {
  const beganAtMs = performance.now()
  await run(process.execPath, args)
  return performance.now() - beganAtMs
}

export function printCli({ starts, bundleBytes, nodeMs, cliMs, ratio }: CliFigures): string {
  return `scanhook --help ${cliMs.toFixed(0)} ms, node -e 0 ${nodeMs.toFixed(0)} ms, ratio ${ratio.toFixed(2)}; medians of ${starts}, one file of ${(bundleBytes / 1_000).toFixed(0)} kB\n`
}
