/**
 * The load of the reads bench: many assets, each a copy of one endless walk with another phase. Pure. The walk is the
 * recorded ones end to end where they are at hand, else a made-up one with gaps like theirs; so reads come in the
 * bursts in which a dozen gateways hear one beacon, with the silences between.
 */
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import { seededRandom } from '@scanhook/replay/seeded-random'
import type { Walks } from '../evaluate/load-walks.ts'
import { derivePurely } from '../evaluate/pure-path.ts'
import type { Walk, WalkRead } from '../evaluate/walk.ts'

export interface LoadGateway {
  readonly device: string
  readonly zone: number
}

export interface LoadStep {
  /** Within the loop; never falls. */
  readonly atMs: number
  readonly device: string
  readonly rssiDbm: number
}

export interface WalkLoad {
  readonly source: 'recorded' | 'synthetic'
  readonly gateways: readonly LoadGateway[]
  readonly loop: readonly LoadStep[]
  readonly loopMs: number
  /** Share of the walk's reads that the loop keeps, so that there are about `readsPerEvent` for each event. */
  readonly keptShare: number
  /** What the rules alone derive from it. */
  readonly readsPerEvent: number
}

/** Between the last read of one walk and the first of the next. */
const gapMs = 3_000
/** Thinner than the last, a walk is hardly followed any more. */
const shares = [1, 0.9, 0.8, 0.72, 0.65, 0.58, 0.52, 0.46, 0.4, 0.35, 0.3, 0.25, 0.2, 0.16, 0.12]

/** Thins the walk until there are about `readsPerEvent` reads for each event that the rules derive from it. */
export function walkLoad(walks: Walks | null, readsPerEvent: number): WalkLoad {
  const { steps, gateways, source } = walks === null ? syntheticWalk() : recordedWalk(walks)
  const distance = ({ readsPerEvent: found }: WalkLoad): number => Math.abs(Math.log(found / readsPerEvent))
  const loads = shares.map((share) => thinned(steps, { gateways, source, share }))
  return loads.reduce((best, load) => (distance(load) < distance(best) ? load : best))
}

interface Whole {
  readonly steps: readonly LoadStep[]
  readonly gateways: readonly LoadGateway[]
  readonly source: WalkLoad['source']
}

function recordedWalk({ walks, gateways }: Walks): Whole {
  const known = new Set(gateways.map(({ alias }) => alias))
  const steps: LoadStep[] = []
  let startsAtMs = 0
  for (const { reads, endsAtMs } of walks) {
    for (const { atMs, device, rssiDbm } of reads)
      if (known.has(device)) steps.push({ atMs: startsAtMs + atMs, device, rssiDbm })
    startsAtMs += endsAtMs + gapMs
  }
  return { source: 'recorded', steps, gateways: gateways.map(({ alias, zone }) => ({ device: alias, zone })) }
}

/**
 * Twelve gateways in four zones; a beacon goes round, some 40 s in each. Rounds of reads come every half second, some later,
 * one in a hundred after 5.5–41 s: the gaps measured on parked beacons (p99 5.5 s, longest 41 s).
 */
function syntheticWalk(): Whole {
  const random = seededRandom(1)
  const gateways = Array.from({ length: 12 }, (_, index) => {
    const zone = Math.floor(index / 3) + 1
    return { device: `sensor${zone}${index % 3}`, zone }
  })
  const steps: LoadStep[] = []
  for (let atMs = 0; atMs < 240_000; atMs += syntheticGapMs(random)) {
    const zone = (Math.floor(atMs / 40_000) % 4) + 1
    for (const gateway of gateways) {
      const isOwn = gateway.zone === zone
      if (random.uniform() > (isOwn ? 0.9 : 0.5)) continue
      const rssiDbm = Math.round(isOwn ? random.normal(-62, 4) : random.normal(-75, 4))
      steps.push({ atMs: Math.round(atMs + random.uniform() * 50), device: gateway.device, rssiDbm })
    }
  }
  return { source: 'synthetic', gateways, steps: steps.toSorted((one, other) => one.atMs - other.atMs) }
}

function syntheticGapMs(random: ReturnType<typeof seededRandom>): number {
  const draw = random.uniform()
  if (draw < 0.01) return 5_500 + random.uniform() * 35_500
  return draw < 0.1 ? 500 + random.exponential(1_500) : 500
}

function thinned(
  steps: readonly LoadStep[],
  { gateways, source, share }: Omit<Whole, 'steps'> & { readonly share: number },
): WalkLoad {
  const random = seededRandom(2)
  const loop = steps.filter(() => random.uniform() < share)
  const loopMs = (steps.at(-1)?.atMs ?? 0) + gapMs
  return {
    source,
    gateways,
    loop,
    loopMs,
    keptShare: share,
    readsPerEvent: readsPerEventOf(loop, loopMs, gateways),
  }
}

/** Over three rounds of the loop, so that the first sighting hardly counts. */
function readsPerEventOf(
  loop: readonly LoadStep[],
  loopMs: number,
  gateways: readonly LoadGateway[],
): number {
  const reads = [0, 1, 2].flatMap((round) =>
    loop.map((step): WalkRead => ({ ...step, atMs: step.atMs + round * loopMs, beacon: 'one' })),
  )
  const walk: Walk = {
    recording: 'loop',
    reads,
    truth: new Map([['one', []]]),
    endsAtMs: reads.at(-1)?.atMs ?? 0,
  }
  const named = gateways.map(({ device, zone }) => ({ mac: device, alias: device, zone }))
  const settings = defaultMovementSettings.zone
  const events = derivePurely(walk, { gateways: named, settings, tailMs: 0 }).get('one') ?? []
  return reads.length / Math.max(1, events.length)
}

/** Reads a second of one asset. */
export function loadRatePerAsset({ loop, loopMs }: WalkLoad): number {
  return (loop.length * 1_000) / loopMs
}

export interface WalkerRead {
  readonly asset: number
  readonly atMs: number
  readonly step: LoadStep
}

/**
 * All assets on their way, as they are `fromMs` after the first of them began; time counts from there. Each call of the returned function gives what is read from where the last one ended up to
 * `untilMs`; an asset's own reads are in order, those of different assets as they come.
 */
export function startWalkers(
  load: WalkLoad,
  { assets, fromMs }: { readonly assets: number; readonly fromMs: number },
): (untilMs: number) => readonly WalkerRead[] {
  const random = seededRandom(3)
  const walkers = Array.from({ length: assets }, () =>
    startWalker(load, (random.uniform() * load.loopMs + fromMs) % load.loopMs),
  )
  return (untilMs) => {
    const reads: WalkerRead[] = []
    for (const [asset, walker] of walkers.entries()) {
      for (
        let step = stepOf(load, walker);
        walker.roundMs + step.atMs < untilMs;
        step = stepOf(load, walker)
      ) {
        reads.push({ asset, atMs: walker.roundMs + step.atMs, step })
        goOn(load, walker)
      }
    }
    return reads
  }
}

interface Walker {
  nextStep: number
  /** When its present round of the loop began. */
  roundMs: number
}

function startWalker({ loop, loopMs }: WalkLoad, phaseMs: number): Walker {
  const nextStep = loop.findIndex(({ atMs }) => atMs >= phaseMs)
  return nextStep === -1 ? { nextStep: 0, roundMs: loopMs - phaseMs } : { nextStep, roundMs: -phaseMs }
}

function stepOf({ loop }: WalkLoad, { nextStep }: Walker): LoadStep {
  const step = loop[nextStep]
  if (step === undefined) throw new RangeError('a loop has at least one step')
  return step
}

function goOn({ loop, loopMs }: WalkLoad, walker: Walker): void {
  walker.nextStep += 1
  if (walker.nextStep < loop.length) return
  walker.nextStep = 0
  walker.roundMs += loopMs
}
