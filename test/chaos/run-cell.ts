/**
 * One cell with one seed: services, load, baseline, fault, healing, waiting for the lag to go, audit. The order and the
 * waits are here and the same for all; what differs is in the cell.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '@scanhook/replay/seeded-random'
import { checkLog } from '../harness/check-log.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { audit, drainMaxMs } from './audit.ts'
import type { CellContext, RunnableCell } from './cell.ts'
import { type CellWorld, openCellWorld, ordinaryFaults } from './cell-world.ts'
import type { ChaosStack } from './chaos-stack.ts'
import { collectEvidence } from './collect.ts'
import type { Evidence, FaultWindow, InvariantId, Judgement } from './evidence.ts'
import { startObserver } from './observe.ts'
import type { BehaviourSpec } from './receivers.ts'

export interface CellRun {
  readonly seed: number
  readonly seconds: number
  readonly folder: string
  readonly say: (line: string) => void
  /** Sources to run instead of this checkout. */
  readonly from?: string | undefined
}

export interface CellResult {
  readonly judgements: readonly Judgement[]
  readonly figures: Readonly<Record<string, number | string>>
  readonly faults: readonly string[]
}

/** Caches, connections and concurrency limits find their level; then two windows of the same load are compared. */
const warmUpMs = 4_000
const baselineMs = 6_000
/**
 * A wait of 6 h takes 54 s, so that even a delivery that was unlucky for long is through within the 60 s of I8; the first
 * retries come within a tenth of a second.
 */
const defaultTimeScale = 400

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** Everything that a verdict needs; as it is kept with the logs. */
interface Kept {
  readonly evidence: Evidence
  readonly own: readonly OwnViolation[]
  readonly figures: Readonly<Record<string, number | string>>
}

interface OwnViolation {
  readonly invariant: InvariantId
  readonly what: string
}

function judge(cell: RunnableCell, { evidence, own, figures }: Kept): CellResult {
  const judgements = audit(evidence, { ...cell.expectations, invariants: cell.invariants })
  return { judgements: withOwn(judgements, own), figures, faults: evidence.faults.map(({ what }) => what) }
}

/** The same run in the eyes of the auditor as it is now. */
export function judgeAgain(cell: RunnableCell, folder: string): CellResult {
  return judge(cell, JSON.parse(readFileSync(join(folder, 'evidence.json'), 'utf8')) as Kept)
}

/** The violations that a cell found by itself, on top of what the auditor says. */
function withOwn(judgements: readonly Judgement[], own: readonly OwnViolation[]): readonly Judgement[] {
  return judgements.map((judgement) => {
    const added = own.filter(({ invariant }) => invariant === judgement.invariant).map(({ what }) => what)
    return added.length === 0
      ? judgement
      : {
          ...judgement,
          verdict: 'violated',
          violations: [...added, ...judgement.violations],
          violationCount: judgement.violationCount + added.length,
        }
  })
}

export async function runCell(cell: RunnableCell, stack: ChaosStack, run: CellRun): Promise<CellResult> {
  const { seed, folder } = run
  const setup = cell.setup ?? {}
  const seconds = setup.seconds ?? run.seconds
  const timeScale = setup.timeScale ?? defaultTimeScale
  const around = await cell.surround?.()
  const world = await openCellWorld(stack, {
    folder,
    seed,
    timeScale,
    endpointCount: setup.endpointCount ?? 40,
    faultyCount: setup.faultyCount ?? 10,
    assetCount: setup.assetCount ?? 60,
    eventsPerSecond: setup.eventsPerSecond ?? 20,
    env: { ...setup.env, ...around?.env },
    targets: around?.targets,
    services: setup.services,
    gated: setup.gated,
    from: run.from,
  }).catch(async (error: unknown) => {
    await around?.close()
    throw error
  })
  const say = (line: string): void => {
    appendFileSync(join(folder, 'cell.log'), `${new Date().toISOString()} ${line}\n`)
    run.say(line)
  }
  const faults: FaultWindow[] = []
  const own: OwnViolation[] = []
  const figures: Record<string, number | string> = {}
  const faulty = world.endpoints.filter(({ isHealthy }) => !isHealthy)
  const behave = (spec: (index: number) => BehaviourSpec): void =>
    world.receivers.tell({
      kind: 'behave',
      behaviours: Object.fromEntries(faulty.map(({ index }, nth) => [index, spec(nth)])),
    })
  const context: CellContext = {
    stack,
    world,
    seed,
    random: seededRandom(seed),
    timeScale,
    sleep: pause,
    behave,
    say,
    fault: async (what, act, { mayForgetAttempts = false, isKill = false } = {}) => {
      const fromMs = Date.now()
      say(`fault: ${what}`)
      try {
        await act()
      } finally {
        faults.push({ what, fromMs, untilMs: Date.now(), mayForgetAttempts, isKill })
      }
    },
    violated: (invariant, what) => own.push({ invariant, what }),
    figure: (name, value) => {
      figures[name] = value
    },
  }
  const observer = await startObserver({
    brokers: stack.innerBootstrap,
    prefix: world.prefix,
    watched: Object.values(world.services),
  })
  const load = world.startLoad(seconds)
  let isLoadOver = false
  const loadOver = load.ended.then(() => {
    isLoadOver = true
    return Date.now()
  })
  loadOver.catch(() => undefined)
  try {
    behave(setup.behaviour ?? ((nth) => ordinaryFaults[nth % ordinaryFaults.length] ?? { name: 'ok' }))
    await pause(warmUpMs)
    const baselineFromMs = Date.now()
    await pause(baselineMs)
    const faultFromMs = Date.now()
    await cell.run(context)
    const healedAtMs = Date.now()
    say(
      `healed after ${((healedAtMs - faultFromMs) / 1_000).toFixed(1)} s${isLoadOver ? ', the load was over before' : ''}`,
    )
    behave(() => ({ name: 'ok' }))
    const loadEndedAtMs = await loadOver
    const { drainedAtMs, lagging } = await untilDrained(
      () => observer.lagging(),
      Math.max(healedAtMs, loadEndedAtMs),
      say,
    )
    say(drainedAtMs === null ? `still lagging: ${lagging.join('; ')}` : 'the lag is gone')
    await cell.check?.(context)
    const reconciled = await reconcile(world)
    await settle(world, () => observer.lagging())
    await observer.stop()
    const evidence = await collectEvidence(world, {
      seed,
      seconds,
      timeScale,
      offsets: observer.offsets(),
      processes: observer.processes(),
      times: { baselineFromMs, faultFromMs, healedAtMs, loadEndedAtMs, drainedAtMs },
      faults,
      lagging,
      reconciled,
    })
    writeFileSync(join(folder, 'evidence.json'), JSON.stringify({ evidence, own, figures } satisfies Kept))
    return judge(cell, { evidence, own, figures })
  } finally {
    load.kill()
    await observer.stop().catch(() => undefined)
    await world.close()
    await around?.close()
  }
}

/**
 * What is due later (in line behind timeouts, for a minute) would go on being sent while the ledgers are read, and topics, log
 * and receivers would be of different moments: so nothing is sent any more, and what was is in the log.
 */
async function settle({ services }: CellWorld, look: () => Promise<readonly string[]>): Promise<void> {
  await services.dispatcher.terminate()
  await waitUntil('the recorder has everything', async () =>
    (await look()).every((line) => !line.startsWith('recorder ')),
  )
}

/** The look by hand that an operator has, from behind the proxies. */
async function reconcile({ innerEnv }: CellWorld): Promise<Evidence['reconciled']> {
  const { found } = await checkLog({ env: innerEnv })
  if (found.kind !== 'checked')
    return { behind: `${found.group} on ${found.topic}`, expected: 0, unsure: 0, missing: 0, overdue: 0 }
  const { expected, unsure, missing, overdue } = found
  return { behind: null, expected, unsure, missing, overdue }
}

/** Twice in a row without lag, because a record may be between two topics at the first look. */
async function untilDrained(
  look: () => Promise<readonly string[]>,
  fromMs: number,
  say: (line: string) => void,
): Promise<{ readonly drainedAtMs: number | null; readonly lagging: readonly string[] }> {
  let quietSinceMs: number | null = null
  let toldAtMs = fromMs
  for (;;) {
    const lagging = await look()
    const nowMs = Date.now()
    if (lagging.length > 0 && nowMs > toldAtMs + 10_000) {
      toldAtMs = nowMs
      say(`still behind: ${lagging.join('; ')}`)
    }
    if (lagging.length > 0) quietSinceMs = null
    else if (quietSinceMs !== null) return { drainedAtMs: quietSinceMs, lagging }
    else quietSinceMs = nowMs
    if (nowMs > fromMs + drainMaxMs) return { drainedAtMs: null, lagging }
    await pause(300)
  }
}
