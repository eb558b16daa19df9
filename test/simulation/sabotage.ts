/**
 * `node test/simulation/sabotage.ts [NAME…]`: breaks one promise after the other and says which seed is the first that
 * notices. Ends with code 1 when none does.
 */
import { type Breakage, breakages } from './breakages.ts'
import { runSeed } from './run-seed.ts'

/** As many as in CI: what they don't find is not found. */
const seedsMax = 1_000

const asked = process.argv.slice(2)
const names = (Object.keys(breakages) as Breakage[]).filter(
  (name) => asked.length === 0 || asked.includes(name),
)
for (const breakage of names) {
  const found = await firstThatNotices(breakage)
  if (found === null) process.exitCode = 1
  const verdict =
    found === null ? `NOT FOUND in ${seedsMax} seeds` : `found at seed ${found.seed}: ${found.what}`
  process.stdout.write(`${breakage} (${breakages[breakage]})\n    ${verdict}\n`)
}

async function firstThatNotices(
  breakage: Breakage,
): Promise<{ readonly seed: number; readonly what: string } | null> {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { broken } = await runSeed(seed, { breakage })
    if (broken !== null) return { seed, what: `${broken.promise}: ${broken.what}` }
  }
  return null
}
