/** What 20,000 idle breakers cost, beside opossum's own defaults and beside nothing, one after the other in one run. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const breakerKinds = ['none', 'ours', 'opossum'] as const
export type BreakerKind = (typeof breakerKinds)[number]

export interface BreakerCost {
  readonly kind: BreakerKind
  readonly count: number
  readonly bytesEach: number
  readonly microsToMake: number
  /** CPU of the process while nothing is delivered but ten requests a second to one endpoint, in percent of one core. */
  readonly idlePercent: number
  /** The longest that the event loop was held up meanwhile. */
  readonly idleLongestMs: number
  /** CPU per request that succeeds: judged, begun, ended; `fire` of opossum. */
  readonly microsPerCall: number
}

interface BreakerSizes {
  readonly count: number
  readonly idleSeconds: number
}

/** The windows turn every 10 s, so 40 s are four turns; after a minute ours would be gone. */
export const fullBreakers: BreakerSizes = { count: 20_000, idleSeconds: 40 }
export const quickBreakers: BreakerSizes = { count: 20_000, idleSeconds: 12 }

export interface BreakerFigures {
  readonly sizes: BreakerSizes
  readonly costs: readonly BreakerCost[]
}

export async function measureBreakers(
  sizes: BreakerSizes,
  say: (line: string) => void,
): Promise<BreakerFigures> {
  const costs: BreakerCost[] = []
  for (const kind of breakerKinds) {
    say(`breakers: ${kind}, ${sizes.count}, idle for ${sizes.idleSeconds} s`)
    costs.push(await measureCost(kind, sizes))
  }
  return { sizes, costs }
}

async function measureCost(kind: BreakerKind, { count, idleSeconds }: BreakerSizes): Promise<BreakerCost> {
  const script = join(import.meta.dirname, 'breaker-cost.ts')
  const { stdout } = await run(process.execPath, ['--expose-gc', script, kind, `${count}`, `${idleSeconds}`])
  return JSON.parse(stdout) as BreakerCost
}
