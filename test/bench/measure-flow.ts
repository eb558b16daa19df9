/** One run of load through producer and tracker: rates, what got lost on the way, CPU by stage, memory over time. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type BenchWorld, countRecords, readApplied } from './bench-world.ts'
import type { LoadReport, LoadSpec } from './load-spec.ts'
import { quantile } from './quantile.ts'
import { type StageName, type Stages, stageNames, stageReader } from './stages.ts'

export interface FlowFigures {
  readonly run: string
  /** Reads acknowledged by the broker, and how many a second. */
  readonly sent: number
  readonly sentPerSecond: number
  /** How late the generator was at worst; 0 where it had no pace to keep. */
  readonly generatorBehindMs: number
  /** Reads applied, over the time from the first one sent to the last one applied. */
  readonly throughPerSecond: number
  /** Reads sent and not yet applied when the last one was sent, and how long they took. */
  readonly backlogAtEnd: number
  readonly drainSeconds: number
  readonly applied: number
  readonly events: number
  readonly readsPerEvent: number
  readonly cpuMicrosPerRead: Readonly<Record<string, number>>
  readonly memoryMiB: Readonly<Record<string, MemoryOverTime>>
  /** Receive time of the last read: the next run must not begin before. */
  readonly endsAtMs: number
}

export interface MemoryOverTime {
  /** Median of the first and of the last third of the run. */
  readonly firstThird: number
  readonly lastThird: number
  readonly max: number
}

export interface FlowOptions {
  readonly spec: LoadSpec
  readonly sampleEveryMs: number
  /** Without one more scan applied for so long the rest counts as lost. */
  readonly stallMs: number
}

/** How often the generator hears how far the tracker is. */
const tellEveryMs = 250

export async function measureFlow(
  scene: BenchWorld,
  { spec, sampleEveryMs, stallMs }: FlowOptions,
): Promise<FlowFigures> {
  const { world } = scene
  const readStages = stageReader(world)
  const before = readStages()
  const harnessBefore = process.cpuUsage()
  const appliedBefore = await readApplied(world)
  const eventsBefore = await countRecords(scene, 'events')
  const appliedNow = async (): Promise<number> => (await readApplied(world)) - appliedBefore
  const samples: Stages[] = [before]
  const generator = startGenerator(spec, world.folder)
  const sampling = setInterval(() => samples.push(readStages()), sampleEveryMs)
  let report: LoadReport
  try {
    report = await withProgress(generator, appliedNow)
  } finally {
    clearInterval(sampling)
    generator.child.kill('SIGKILL')
  }
  const appliedAtEnd = await appliedNow()
  const drainBeganMs = performance.now()
  const applied = await drained(appliedNow, report.sent, stallMs)
  const drainSeconds = (performance.now() - drainBeganMs) / 1_000
  const after = readStages()
  samples.push(after)
  const events = (await countRecords(scene, 'events')) - eventsBefore
  const harness = process.cpuUsage(harnessBefore)
  return {
    run: spec.run,
    sent: report.sent,
    sentPerSecond: report.sent / report.seconds,
    generatorBehindMs: report.behindMaxMs,
    throughPerSecond: applied / (report.seconds + drainSeconds),
    backlogAtEnd: report.sent - appliedAtEnd,
    drainSeconds,
    applied,
    events,
    readsPerEvent: report.sent / Math.max(1, events),
    cpuMicrosPerRead: {
      ...cpuMicrosPer(before, after, report.sent),
      generator: report.cpuMicros / report.sent,
      harness: (harness.user + harness.system) / report.sent,
    },
    memoryMiB: memoryOverTime(samples),
    endsAtMs: report.endsAtMs,
  }
}

interface Generator {
  readonly child: ChildProcess
  readonly report: Promise<LoadReport>
}

function startGenerator(spec: LoadSpec, folder: string): Generator {
  const file = join(folder, `load-${spec.run}.json`)
  writeFileSync(file, JSON.stringify(spec))
  const child = spawn(process.execPath, [join(import.meta.dirname, 'generate-reads.ts'), file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // It may end while it is being told something.
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })
  const report = Promise.race([
    once(lines, 'line').then(([line]) => JSON.parse(line as string) as LoadReport),
    once(child, 'exit').then(async ([code]) => {
      // What it said last may still be on its way.
      await new Promise((resolve) => void setTimeout(resolve, 1_000))
      throw new Error(`the load generator ended with exit code ${code}`)
    }),
  ])
  report.catch(() => undefined)
  return { child, report }
}

async function withProgress(
  { child, report }: Generator,
  appliedNow: () => Promise<number>,
): Promise<LoadReport> {
  let isTelling = false
  const telling = setInterval(() => {
    if (isTelling) return
    isTelling = true
    appliedNow()
      .then(
        (applied) => child.stdin?.write(`${JSON.stringify({ applied })}\n`),
        // The tracker is busy; the next round asks again.
        () => undefined,
      )
      .finally(() => {
        isTelling = false
      })
  }, tellEveryMs)
  try {
    return await report
  } finally {
    clearInterval(telling)
  }
}

/** Resolves when all are applied, or when nothing more comes; with how many were. */
async function drained(appliedNow: () => Promise<number>, sent: number, stallMs: number): Promise<number> {
  let applied = await appliedNow()
  let movedAtMs = performance.now()
  while (applied < sent && performance.now() - movedAtMs < stallMs) {
    await new Promise((resolve) => void setTimeout(resolve, 100))
    const now = await appliedNow()
    if (now > applied) movedAtMs = performance.now()
    applied = now
  }
  return applied
}

function cpuMicrosPer(before: Stages, after: Stages, count: number): Record<string, number> {
  return Object.fromEntries(
    Array.from(after, ([name, { cpuMs }]) => [
      name,
      ((cpuMs - (before.get(name)?.cpuMs ?? 0)) * 1_000) / count,
    ]),
  )
}

function memoryOverTime(samples: readonly Stages[]): Record<string, MemoryOverTime> {
  const third = Math.ceil(samples.length / 3)
  const seriesOf = (name: StageName): readonly number[] =>
    samples.flatMap((stages) => stages.get(name)?.rssBytes ?? []).map((bytes) => bytes / 2 ** 20)
  return Object.fromEntries(
    stageNames
      .map((name) => [name, seriesOf(name)] as const)
      .filter(([, series]) => series.length > 0)
      .map(([name, series]) => [
        name,
        {
          firstThird: quantile(series.slice(0, third), 0.5),
          lastThird: quantile(series.slice(-third), 0.5),
          max: Math.max(...series),
        },
      ]),
  )
}
