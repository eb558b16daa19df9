/** The words of the command line. */
export interface Asked {
  readonly cells: readonly string[]
  /** The last one; they are run from `firstSeed` on. */
  readonly seeds: number
  readonly firstSeed: number
  readonly seconds: number
  readonly isJson: boolean
  readonly isQuick: boolean
  readonly isReportOnly: boolean
  readonly breakage: string | null
  /** Folder of a kept run, CELL-seed-N. */
  readonly judged: string | null
  readonly isKeeping: boolean
}

export const usage = `npm run chaos -- [--cells B1,S1] [--seeds 3] [--first-seed 1] [--seconds 30] [--json] [--quick] [--report] [--break NAME] [--judge FOLDER] [--keep]

  --cells     by id; S6 names all of S6-…; all of them unless given
  --seeds     how many seeds of each, from 1 (default 3; 1 with --quick or --break)
  --first-seed  leaves out those before (a run that was interrupted)
  --seconds   of load per cell (default 30; cells whose fault takes longer say so themselves)
  --quick     the set that bin/test runs
  --report    runs nothing: writes docs/reliability.md from test/chaos/results.json
  --break     runs services from a copy of the sources in which one promise is broken (test/chaos/breakages.ts)
  --judge     runs nothing: judges a kept run (its folder) by the auditor as it is now
  --keep      keeps the logs and ledgers also of cells that held`

/** Throws with the usage on anything unknown. */
export function parseArguments(args: readonly string[]): Asked {
  const asked = {
    cells: [] as readonly string[],
    seeds: 0,
    firstSeed: 1,
    seconds: 30,
    isJson: false,
    isQuick: false,
    isReportOnly: false,
    breakage: null as string | null,
    judged: null as string | null,
    isKeeping: false,
  }
  const rest = [...args]
  const next = (name: string): string => {
    const value = rest.shift()
    if (value === undefined) throw new Error(`${name} needs a value\n\n${usage}`)
    return value
  }
  const count = (name: string): number => {
    const value = Number(next(name))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`${name} needs a whole number from 1\n\n${usage}`)
    return value
  }
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    switch (word) {
      case '--cells':
        asked.cells = next(word).split(',')
        break
      case '--seeds':
        asked.seeds = count(word)
        break
      case '--first-seed':
        asked.firstSeed = count(word)
        break
      case '--seconds':
        asked.seconds = count(word)
        break
      case '--break':
        asked.breakage = next(word)
        break
      case '--judge':
        asked.judged = next(word)
        break
      case '--json':
        asked.isJson = true
        break
      case '--quick':
        asked.isQuick = true
        break
      case '--report':
        asked.isReportOnly = true
        break
      case '--keep':
        asked.isKeeping = true
        break
      default:
        throw new Error(`unknown: ${word}\n\n${usage}`)
    }
  }
  const seeds = asked.seeds > 0 ? asked.seeds : asked.isQuick || asked.breakage !== null ? 1 : 3
  return { ...asked, seeds }
}
