/**
 * `npm run -s bench -- NAME [--quick] [--json] [--only a,c]`. Prints figures and ratios; passes no judgement, because absolute times
 * belong to the machine. Infrastructure: what the environment names, else this checkout's stack.
 */
import { availableParallelism, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { provideInfrastructure } from '@scanhook/stack/provide-infrastructure'
import {
  fullAnnouncements,
  measureAnnouncements,
  printAnnouncements,
  quickAnnouncements,
} from './announcements.ts'
import { fullBreakers, measureBreakers, quickBreakers } from './breakers.ts'
import { fullCli, measureCli, printCli, quickCli } from './cli.ts'
import { chooseParts, fullDeliver, measureDeliver, quickDeliver } from './deliver.ts'
import { fullDispatchers, measureDispatchers, printDispatchers, quickDispatchers } from './dispatchers.ts'
import { fullImport, measureImport, printImport, quickImport } from './import-assets.ts'
import { chooseLogParts, fullLog, measureLog, quickLog } from './log.ts'
import { fullPolling, measurePolling, quickPolling } from './polling.ts'
import { printBreakers } from './print-breakers.ts'
import { printDeliver } from './print-deliver.ts'
import { printLog } from './print-log.ts'
import { printPolling } from './print-polling.ts'
import { printReads } from './print-reads.ts'
import { printSpine } from './print-spine.ts'
import { fullReads, measureReads, quickReads } from './reads.ts'
import { fullScrolling, measureScrolling, printScrolling, quickScrolling } from './scrolling.ts'
import { measureSpine } from './spine.ts'
import { fullTracing, measureTracing, printTracing, quickTracing } from './tracing.ts'

interface BenchOptions {
  readonly isQuick: boolean
  /** Of a bench that has parts, which ones; null: all. */
  readonly only: readonly string[] | null
  readonly say: (line: string) => void
}

/** What is to be printed: figures for a machine, lines for a person. */
interface Answer {
  readonly figures: object
  readonly text: string
}

type Bench = (options: BenchOptions) => Promise<Answer>

const benches: Readonly<Record<string, Bench>> = {
  async spine({ isQuick, say }) {
    const sizes = isQuick
      ? { reads: 100_000, assets: 100, deliveries: 10_000, latencySeconds: 10 }
      : { reads: 600_000, assets: 200, deliveries: 60_000, latencySeconds: 60 }
    const figures = await measureSpine(sizes, say)
    return { figures, text: printSpine(figures) }
  },
  async reads({ isQuick, say }) {
    const figures = await measureReads(isQuick ? quickReads : fullReads, say)
    return { figures, text: printReads(figures) }
  },
  async deliver({ isQuick, only, say }) {
    const parts = chooseParts(only)
    const figures = await measureDeliver({ sizes: isQuick ? quickDeliver : fullDeliver, parts, say })
    return { figures, text: printDeliver(figures) }
  },
  async dispatchers({ isQuick, say }) {
    const figures = await measureDispatchers(isQuick ? quickDispatchers : fullDispatchers, say)
    return { figures, text: printDispatchers(figures) }
  },
  async tracing({ isQuick, say }) {
    const figures = await measureTracing(isQuick ? quickTracing : fullTracing, say)
    return { figures, text: printTracing(figures) }
  },
  async log({ isQuick, only, say }) {
    const parts = chooseLogParts(only)
    const figures = await measureLog({ sizes: isQuick ? quickLog : fullLog, parts, say })
    return { figures, text: printLog(figures) }
  },
  async polling({ isQuick, say }) {
    const figures = await measurePolling(isQuick ? quickPolling : fullPolling, say)
    return { figures, text: printPolling(figures) }
  },
  async import({ isQuick, say }) {
    const figures = await measureImport(isQuick ? quickImport : fullImport, say)
    return { figures, text: printImport(figures) }
  },
  async announcements({ isQuick, say }) {
    const figures = await measureAnnouncements(isQuick ? quickAnnouncements : fullAnnouncements, say)
    return { figures, text: printAnnouncements(figures) }
  },
  async scrolling({ isQuick, say }) {
    const figures = await measureScrolling(isQuick ? quickScrolling : fullScrolling, say)
    return { figures, text: printScrolling(figures) }
  },
  async breakers({ isQuick, say }) {
    const figures = await measureBreakers(isQuick ? quickBreakers : fullBreakers, say)
    return { figures, text: printBreakers(figures) }
  },
  async cli({ isQuick, say }) {
    const figures = await measureCli(isQuick ? quickCli : fullCli, say)
    return { figures, text: printCli(figures) }
  },
}

/** Those that measure one package in this process' children. */
const alone: readonly string[] = ['breakers', 'cli']

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const { values: flags, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
  allowPositionals: true,
})

async function runBench(name: string, bench: Bench): Promise<void> {
  const isQuick = flags.quick
  const infrastructure = alone.includes(name)
    ? { addresses: {}, release: async () => undefined }
    : await provideInfrastructure(process.env, say)
  Object.assign(process.env, infrastructure.addresses)
  try {
    const { figures, text } = await bench({ isQuick, only: flags.only?.split(',') ?? null, say })
    const machine = {
      cores: availableParallelism(),
      memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
      node: process.version,
    }
    process.stdout.write(
      flags.json ? `${JSON.stringify({ bench: name, isQuick, machine, ...figures })}\n` : text,
    )
  } finally {
    await infrastructure.release()
  }
}

const [name = ''] = positionals
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
if (bench === undefined) {
  say(`usage: npm run -s bench -- ${Object.keys(benches).join('|')} [--quick] [--json] [--only PART,…]`)
  process.exitCode = 2
} else {
  await runBench(name, bench)
}
