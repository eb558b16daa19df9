/**
 * The log, measured: how fast the recorder writes it (a), how fast it is read when it is large (b), what `why` takes (c),
 * what a recovery of many dead deliveries does to live ones (d), and what the screens of 300 webhooks ask (e). docs/benchmarks.md says what each figure is.
 */
import { startForeignCount } from './foreign-cpu.ts'
import type { Latencies } from './latencies.ts'
import { measureLogQueries } from './measure-log-queries.ts'
import { measureRecorder, type RecorderFigures } from './measure-recorder.ts'
import { measureRecovery, type RecoveryFigures, type RecoverySizes } from './measure-recovery.ts'

const logParts = ['a', 'b', 'c', 'd', 'e'] as const
export type LogPart = (typeof logParts)[number]

/** All for null. Throws for one that does not exist. */
export function chooseLogParts(only: readonly string[] | null): ReadonlySet<LogPart> {
  const unknown = (only ?? []).filter((name) => !logParts.some((part) => part === name))
  if (unknown.length > 0) throw new RangeError(`log has the parts ${logParts}, not ${unknown}`)
  return new Set(logParts.filter((part) => only === null || only.includes(part)))
}

export interface LogSizes {
  /** On the topic before the recorder starts. */
  readonly recorded: number
  /** In the tables when they are queried. */
  readonly stored: number
  readonly queriesEach: number
  readonly recovery: RecoverySizes
}

export const fullLog: LogSizes = {
  recorded: 200_000,
  stored: 10_000_000,
  queriesEach: 200,
  recovery: { dead: 100_000, perSecond: 500, liveEventsPerSecond: 10, quietSeconds: 60 },
}
export const quickLog: LogSizes = {
  recorded: 50_000,
  stored: 200_000,
  queriesEach: 50,
  recovery: { dead: 10_000, perSecond: 500, liveEventsPerSecond: 10, quietSeconds: 20 },
}

export interface LogQueryFigures {
  readonly attempts: number
  readonly fillSeconds: number
  readonly megabytes: number
  readonly queries: readonly (Latencies & { readonly name: string })[]
}

type Shared = { readonly foreignCpuShare: number }

/** Parts that were not asked for are absent. */
export interface LogFigures {
  readonly a?: RecorderFigures & Shared
  /** And c and e. */
  readonly b?: LogQueryFigures & Shared
  readonly d?: RecoveryFigures & Shared
}

interface Options {
  readonly sizes: LogSizes
  readonly parts: ReadonlySet<LogPart>
  readonly say: (line: string) => void
}

async function measured<T>(measure: () => Promise<T>): Promise<T & Shared> {
  const foreignShare = startForeignCount()
  const figures = await measure()
  return { ...figures, foreignCpuShare: foreignShare() }
}

/** Expects KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL and REDIS_URL in the environment. */
export async function measureLog({ sizes, parts, say }: Options): Promise<LogFigures> {
  const figures: { a?: LogFigures['a']; b?: LogFigures['b']; d?: LogFigures['d'] } = {}
  if (parts.has('a')) {
    say(`a: ${sizes.recorded} attempts through the recorder`)
    figures.a = await measured(() => measureRecorder(sizes.recorded))
  }
  if (parts.has('b') || parts.has('c') || parts.has('e')) {
    say(`b, c, e: queries over ${sizes.stored} attempts`)
    figures.b = await measured(() => measureLogQueries(sizes, parts, say))
  }
  if (parts.has('d')) {
    say(
      `d: ${sizes.recovery.dead} dead deliveries, recovered at ${sizes.recovery.perSecond} a second beside live ones`,
    )
    figures.d = await measured(() => measureRecovery(sizes.recovery))
  }
  return figures as LogFigures
}
