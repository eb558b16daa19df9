/**
 * The way of a read, measured: JSON on the upstream topic → producer → tracker → `events`, separate processes on real
 * infrastructure, everything on this machine. docs/benchmarks.md says what each figure is. Figures only: what is
 * enough is not decided here.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { loadWalks, type Walks } from '../evaluate/load-walks.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { auditScans } from './audit-scans.ts'
import {
  type BenchWorld,
  countRecords,
  furnish,
  openBenchWorld,
  portalDevices,
  readApplied,
  readClaimsNotMarked,
} from './bench-world.ts'
import type { LoadSpec } from './load-spec.ts'
import { type FlowFigures, measureFlow } from './measure-flow.ts'
import { type LatencyFigures, measureLatency } from './measure-latency.ts'
import { measureRestore, type RestoreFigures } from './measure-restore.ts'
import type { Audit } from './scan-tally.ts'
import type { StateSize } from './state-size.ts'
import { loadRatePerAsset, type WalkLoad, walkLoad } from './walk-load.ts'

const run = promisify(execFile)

export interface ReadsSizes {
  readonly targetPerSecond: number
  readonly sustainedSeconds: number
  /** Reads that may be on their way at the target rate; beyond it the generator waits, and its rate says so. */
  readonly backlogMax: number
  readonly unboundedSeconds: number
  readonly portalReads: number
  /** In the tracker's memory while everything else is measured, and what a restart restores. */
  readonly stateAssets: number
  readonly latencySeconds: number
  readonly latencyBackgroundPerSecond: number
  readonly sampleEveryMs: number
}

export const fullReads: ReadsSizes = {
  targetPerSecond: 30_000,
  sustainedSeconds: 600,
  // Ten seconds of the target rate: whoever is further behind does not keep up, and the run must end.
  backlogMax: 300_000,
  unboundedSeconds: 60,
  portalReads: 600_000,
  stateAssets: 1_000_000,
  latencySeconds: 60,
  latencyBackgroundPerSecond: 2_000,
  sampleEveryMs: 5_000,
}

export const quickReads: ReadsSizes = {
  ...fullReads,
  sustainedSeconds: 20,
  backlogMax: 100_000,
  unboundedSeconds: 5,
  portalReads: 20_000,
  stateAssets: 50_000,
  latencySeconds: 12,
  sampleEveryMs: 1_000,
}

export interface ReadsFigures {
  readonly load: {
    readonly source: WalkLoad['source']
    readonly keptShare: number
    readonly readsPerEventOfRules: number
    readonly assets: number
  }
  readonly stateSize: StateSize
  readonly restore: RestoreFigures
  readonly latency: LatencyFigures & { readonly backgroundPerSecond: number }
  /** 50:1 at the target rate; 50:1 as fast as it goes; a portal where every read is a new asset. */
  readonly flows: {
    readonly sustained: FlowFigures
    readonly unbounded: FlowFigures
    readonly portal: FlowFigures
  }
  readonly audits: readonly Audit[]
  /** Reads for which Redis took no mark, in all runs: for these duplicates would have passed. */
  readonly claimsNotMarked: number
}

const walksFolder = resolve(import.meta.dirname, '../../../shared/data/ble-12-gateways')

/** The recorded walks where they are at hand. */
function findWalks(): Walks | null {
  const devices = join(walksFolder, 'tetam.dev')
  if (!existsSync(devices)) return null
  const files = readdirSync(walksFolder).filter((file) => file.endsWith('.mbd.gz'))
  return loadWalks(
    devices,
    files.map((file) => join(walksFolder, file)),
    1,
  )
}

/** Reads on their way at the same time where the generator knows no pace: two seconds of the target rate. */
const aheadMax = 60_000
/** Without one more scan applied for so long the rest counts as lost: twice the longest rebalance. */
const stallMs = 30_000
const passersPerSecond = 40
const movers = 60
/** The first reads that processes ever see find nothing compiled and nothing connected; that is no latency. */
const warmUpSeconds = 4

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/** Expects KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL and REDIS_URL in the environment. */
export async function measureReads(sizes: ReadsSizes, say: (line: string) => void): Promise<ReadsFigures> {
  const load = walkLoad(findWalks(), 50)
  const assetsFor = (perSecond: number): number => Math.round(perSecond / loadRatePerAsset(load))
  say(`load: ${load.source} walks, ${load.loop.length} reads in ${Math.round(load.loopMs / 1_000)} s`)
  say(`state: ${sizes.stateAssets} assets weighed`)
  const stateSize = await measureStateSize(sizes.stateAssets)
  const scene = await openBenchWorld()
  try {
    const assets = assetsFor(sizes.targetPerSecond)
    const latencyAssets = assetsFor(sizes.latencyBackgroundPerSecond)
    await furnish(scene, load.gateways, {
      walker: Math.max(assets, latencyAssets),
      portal: sizes.portalReads,
      passer: sizes.latencySeconds * passersPerSecond,
      mover: movers,
    })
    say(`restore: ${sizes.stateAssets} states written, then read by a new tracker`)
    const restore = await measureRestore(scene, sizes.stateAssets)
    const latency = await withBackground(scene, { load, assets: latencyAssets, sizes, say })
    const flows = await measureFlows(scene, { load, assets, sizes, say })
    const claimsNotMarked = await readClaimsNotMarked(scene.world)
    say('every read is looked for on the scans topic')
    const audits = await auditScans(scene.world, Object.values(flows))
    return {
      load: {
        source: load.source,
        keptShare: load.keptShare,
        readsPerEventOfRules: load.readsPerEvent,
        assets,
      },
      stateSize,
      restore,
      latency: { ...latency, backgroundPerSecond: sizes.latencyBackgroundPerSecond },
      flows,
      audits,
      claimsNotMarked,
    }
  } finally {
    await scene.close()
  }
}

async function measureStateSize(assets: number): Promise<StateSize> {
  const script = join(import.meta.dirname, 'state-size.ts')
  const { stdout } = await run(process.execPath, ['--expose-gc', script, String(assets)])
  return JSON.parse(stdout) as StateSize
}

interface FlowPlan {
  readonly load: WalkLoad
  readonly assets: number
  readonly sizes: ReadsSizes
  readonly say: (line: string) => void
}

/** The reads that flow beside the probes are a run like any other, only that nobody looks at its figures. */
async function withBackground(
  scene: BenchWorld,
  { load, assets, sizes, say }: FlowPlan,
): Promise<LatencyFigures> {
  const seconds = sizes.latencySeconds
  say(`latency: probes beside ${sizes.latencyBackgroundPerSecond} reads/s for ${seconds} s`)
  const spec: LoadSpec = {
    ...specBase(scene, 'background'),
    source: { kind: 'walks', load, assets, fromMs: 0, seconds: warmUpSeconds + seconds + 1 },
    pace: { kind: 'real' },
    aheadMax: null,
  }
  const appliedBefore = await readApplied(scene.world)
  const [latency, background] = await Promise.all([
    sleep(warmUpSeconds * 1_000).then(() =>
      measureLatency(scene, { seconds, passers: seconds * passersPerSecond, movers }),
    ),
    measureFlow(scene, { spec, sampleEveryMs: sizes.sampleEveryMs, stallMs: 5_000 }),
  ])
  const all = background.sent + latency.probeReads
  // What is still on its way would count as the next run's.
  await waitUntil(
    'all of them are applied',
    async () => (await readApplied(scene.world)) - appliedBefore >= all,
  )
  return latency
}

async function measureFlows(scene: BenchWorld, plan: FlowPlan): Promise<ReadsFigures['flows']> {
  const { load, assets, sizes, say } = plan
  const measure = (spec: LoadSpec): Promise<FlowFigures> =>
    measureFlow(scene, { spec, sampleEveryMs: sizes.sampleEveryMs, stallMs })
  say(`50:1 at ${sizes.targetPerSecond} reads/s for ${sizes.sustainedSeconds} s, ${assets} assets`)
  const sustained = await measure({
    ...specBase(scene, 'sustained'),
    source: { kind: 'walks', load, assets, fromMs: 0, seconds: sizes.sustainedSeconds },
    pace: { kind: 'real' },
    aheadMax: sizes.backlogMax,
  })
  say(`50:1 as fast as it goes for ${sizes.unboundedSeconds} s`)
  const unbounded = await measure({
    ...specBase(scene, 'unbounded'),
    source: {
      kind: 'walks',
      load,
      assets,
      fromMs: sizes.sustainedSeconds * 1_000,
      seconds: sizes.unboundedSeconds,
    },
    pace: { kind: 'unbounded', startsAtMs: Date.now() },
    aheadMax,
  })
  say(
    `1:1 as fast as it goes: ${sizes.portalReads} reads, each of a new asset, through ${portalDevices.length} portals`,
  )
  const portal = await measure({
    ...specBase(scene, 'portal'),
    source: { kind: 'portal', devices: portalDevices, assets: sizes.portalReads },
    pace: { kind: 'unbounded', startsAtMs: Math.max(Date.now(), unbounded.endsAtMs) },
    aheadMax,
  })
  say(`${await countRecords(scene, 'poison')} records on poison`)
  return { sustained, unbounded, portal }
}

function specBase(
  { world }: BenchWorld,
  name: string,
): Pick<LoadSpec, 'brokers' | 'topic' | 'orgId' | 'run'> {
  return {
    brokers: world.env['KAFKA_BROKERS'] ?? '',
    topic: `${world.prefix}reads`,
    orgId: world.orgId,
    run: name,
  }
}
