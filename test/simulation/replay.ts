/** `node test/simulation/replay.ts SEED [BREAKAGE]`: what happens in the world of one seed, line by line, and what broke. */
import { type Breakage, breakages } from './breakages.ts'
import { runSeed } from './run-seed.ts'
import { startMs } from './scenario.ts'

const [seedText = '1', name] = process.argv.slice(2)
const breakage = name !== undefined && name in breakages ? (name as Breakage) : undefined
const print = (line: string): void => void process.stdout.write(`${line}\n`)
const { outcome, broken } = await runSeed(Number(seedText), { breakage, trace: print })
print(
  `${outcome.steps} steps, ${outcome.figures.requests} requests, ${outcome.virtualMs / 1_000} s of its time`,
)
if (broken !== null) {
  print(`BROKEN at ${((broken.atMs - startMs) / 1_000).toFixed(3)}: ${broken.promise}: ${broken.what}`)
  process.exitCode = 1
}
