/**
 * The way of a delivery, measured: business events on the upstream topic → producer → router → dispatcher → receiver, and
 * the log in PostgreSQL, separate processes on real infrastructure, everything on this machine. docs/benchmarks.md says
 * what each figure is.
 */
import { type DeliverWorld, type DeliverWorldOptions, openDeliverWorld } from './deliver-world.ts'
import { startForeignCount } from './foreign-cpu.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { type IsolationFigures, type IsolationSizes, measureIsolation } from './measure-isolation.ts'
import {
  type KnownEndpointsFigures,
  type KnownEndpointsSizes,
  measureKnownEndpoints,
} from './measure-known-endpoints.ts'
import { measureOutage, type OutageFigures, type OutageSizes } from './measure-outage.ts'
import { measureBareLoop, measureThroughput, type ThroughputFigures } from './measure-throughput.ts'
import type { BareLoopFigures } from './run-bare-loop.ts'
import { type Sink, startSink } from './start-sink.ts'
import { timeSteadily } from './steady-latency.ts'

const deliverParts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const
export type DeliverPart = (typeof deliverParts)[number]

/** All for null. Throws for one that does not exist. */
export function chooseParts(only: readonly string[] | null): ReadonlySet<DeliverPart> {
  const unknown = (only ?? []).filter((name) => !deliverParts.some((part) => part === name))
  if (unknown.length > 0) throw new RangeError(`deliver has the parts ${deliverParts}, not ${unknown}`)
  return new Set(deliverParts.filter((part) => only === null || only.includes(part)))
}

export interface DeliverSizes {
  readonly deliveries: number
  readonly isolation: IsolationSizes
  /** Partitions of the worlds in which part c is played. */
  readonly isolationPartitions: readonly number[]
  readonly latencySeconds: number
  readonly known: KnownEndpointsSizes
  readonly outage: OutageSizes
}

const defaultPartitions = 4
const halfHourSeconds = 1_800

function outageAt(timeScale: number, drainSecondsMax: number): OutageSizes {
  return {
    timeScale,
    outageSeconds: halfHourSeconds / timeScale,
    beforeSeconds: 10,
    busyPerSecond: 100,
    othersPerSecond: 100,
    drainSecondsMax,
  }
}

export const fullDeliver: DeliverSizes = {
  deliveries: 20_000,
  isolation: {
    steadyPairs: 3,
    burstPairs: 5,
    deliveriesPerSecond: 200,
    steadySeconds: 20,
    burstDeliveries: 20_000,
  },
  isolationPartitions: [defaultPartitions, 1],
  latencySeconds: 60,
  known: { known: 100_000, busy: 20_000, idleSeconds: 10 },
  // The longest pause of the schedule after a half-hour outage is about an hour: two minutes here.
  outage: outageAt(30, 180),
}

/** In under two minutes on a machine that does nothing else. */
export const quickDeliver: DeliverSizes = {
  deliveries: 10_000,
  isolation: {
    steadyPairs: 2,
    burstPairs: 2,
    deliveriesPerSecond: 200,
    steadySeconds: 3,
    burstDeliveries: 5_000,
  },
  isolationPartitions: [defaultPartitions],
  latencySeconds: 5,
  known: { known: 20_000, busy: 4_000, idleSeconds: 2 },
  outage: { ...outageAt(720, 15), beforeSeconds: 3 },
}

/** `foreignCpuShare`: how much of the machine's cores others used meanwhile, 0 to 1. */
export type Measured<T> = T & { readonly foreignCpuShare: number }

/** Parts that were not asked for are absent. */
export interface DeliverFigures {
  readonly a?: Measured<OneEndpointFigures>
  readonly b?: Measured<ThroughputFigures>
  readonly c?: readonly Measured<IsolationFigures>[]
  readonly d?: Measured<SteadyFigures>
  readonly e?: Measured<KnownEndpointsFigures>
  readonly f?: Measured<OutageFigures>
  readonly g?: Measured<ThroughputFigures>
}

export interface OneEndpointFigures extends ThroughputFigures {
  readonly bareLoop: BareLoopFigures
  readonly dispatcherToBareRatio: number
}

export interface SteadyFigures extends Latencies {
  readonly deliveriesPerSecond: number
  readonly endpoints: number
}

interface Options {
  readonly sizes: DeliverSizes
  readonly parts: ReadonlySet<DeliverPart>
  readonly say: (line: string) => void
}

/** Expects KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL and REDIS_URL in the environment. */
export async function measureDeliver({ sizes, parts, say }: Options): Promise<DeliverFigures> {
  const sink = await startSink()
  try {
    const { isolation, ...shared } = await measureShared(sink, { sizes, parts, say })
    return {
      ...shared,
      ...(parts.has('c') ? { c: [...isolation, ...(await measureIsolations(sink, sizes, say))] } : {}),
      ...(parts.has('e') ? { e: await measureKnown(sink, sizes, say) } : {}),
      ...(parts.has('f') ? { f: await measureRecovery(sink, sizes, say) } : {}),
    }
  } finally {
    sink.close()
  }
}

async function inWorld<T>(
  options: DeliverWorldOptions,
  measure: (scene: DeliverWorld) => Promise<T>,
): Promise<T> {
  const scene = await openDeliverWorld(options)
  try {
    return await measure(scene)
  } finally {
    await scene.close()
  }
}

async function measured<T>(measure: () => Promise<T>): Promise<Measured<T>> {
  const foreignShare = startForeignCount()
  const figures = await measure()
  return { ...figures, foreignCpuShare: foreignShare() }
}

/** What processes do for the first time they do slowly: 3,000 deliveries that nobody counts. */
const warmUpDeliveries = 3_000

function warmUp(scene: DeliverWorld): Promise<unknown> {
  return measureThroughput(scene, { group: 'warm-up', endpoints: 1, deliveries: warmUpDeliveries })
}

const batchOfHundred = { batch: { maxEvents: 100, maxWaitMs: 50, maxBytes: 262_144 } }

type SharedFigures = Pick<DeliverFigures, 'a' | 'b' | 'd' | 'g'> & {
  readonly isolation: readonly Measured<IsolationFigures>[]
}

/** Parts that need nothing special share a world, because opening one takes as long as they do. */
async function measureShared(sink: Sink, { sizes, parts, say }: Options): Promise<SharedFigures> {
  const { deliveries, latencySeconds, isolationPartitions } = sizes
  const hasIsolation = parts.has('c') && isolationPartitions.includes(defaultPartitions)
  if (!hasIsolation && !(['a', 'b', 'd', 'g'] as const).some((part) => parts.has(part)))
    return { isolation: [] }
  return inWorld({ sink, partitions: defaultPartitions }, async (scene) => {
    const throughput = (group: string, endpoints: number, change = {}): Promise<ThroughputFigures> =>
      measureThroughput(scene, { group, endpoints, deliveries, change })
    const take = async <T>(part: DeliverPart, what: string, measure: () => Promise<T>) => {
      if (!parts.has(part)) return {}
      say(`${part}: ${what}`)
      return { [part]: await measured(measure) }
    }
    await warmUp(scene)
    return {
      ...(await take('a', `${deliveries} events to one endpoint`, async () => {
        const one = await throughput('one', 1)
        return withBareLoop(one, await measureBareLoop(scene, deliveries))
      })),
      ...(await take('b', `${deliveries} deliveries to 100 endpoints`, () => throughput('hundred', 100))),
      ...(await take('g', `${deliveries} events to one endpoint in batches of 100`, () =>
        throughput('batch', 1, batchOfHundred),
      )),
      ...(await take('d', `200 deliveries/s over 10 endpoints for ${latencySeconds} s`, () =>
        measureSteady(scene, latencySeconds),
      )),
      isolation: hasIsolation ? [await measureIsolationIn(scene, defaultPartitions, { sizes, say })] : [],
    }
  })
}

function withBareLoop(figures: ThroughputFigures, bareLoop: BareLoopFigures): OneEndpointFigures {
  const dispatcher = figures.cpuMicrosPerDelivery['dispatcher'] ?? Number.NaN
  return { ...figures, bareLoop, dispatcherToBareRatio: dispatcher / bareLoop.cpuMicrosPerPost }
}

type Say = Options['say']

function measureIsolationIn(
  scene: DeliverWorld,
  partitions: number,
  { sizes, say }: Pick<Options, 'sizes' | 'say'>,
): Promise<Measured<IsolationFigures>> {
  say(`c: hanging endpoints, ${partitions} partition(s)`)
  return measured(() => measureIsolation(scene, sizes.isolation, { partitions, say }))
}

/** With other numbers of partitions than the default, each in a world of its own. */
async function measureIsolations(
  sink: Sink,
  sizes: DeliverSizes,
  say: Say,
): Promise<Measured<IsolationFigures>[]> {
  const figures: Measured<IsolationFigures>[] = []
  for (const partitions of sizes.isolationPartitions.filter((each) => each !== defaultPartitions)) {
    const measure = async (scene: DeliverWorld): Promise<Measured<IsolationFigures>> => {
      await warmUp(scene)
      return measureIsolationIn(scene, partitions, { sizes, say })
    }
    figures.push(await inWorld({ sink, partitions }, measure))
  }
  return figures
}

function measureKnown(
  sink: Sink,
  { known }: DeliverSizes,
  say: Say,
): Promise<Measured<KnownEndpointsFigures>> {
  say(`e: ${known.known} endpoints known`)
  return inWorld({ sink, services: [] }, (scene) => measured(() => measureKnownEndpoints(scene, known)))
}

function measureRecovery(sink: Sink, { outage }: DeliverSizes, say: Say): Promise<Measured<OutageFigures>> {
  const { timeScale } = outage
  say(`f: an outage of 30 minutes at scale ${timeScale}`)
  return inWorld({ sink, timeScale }, async (scene) => {
    await warmUp(scene)
    return measured(() => measureOutage(scene, outage))
  })
}

const steadyEndpoints = 10
const steadyPerSecond = 200

/** Each event goes to all ten, as in the spine bench. */
async function measureSteady(scene: DeliverWorld, seconds: number): Promise<SteadyFigures> {
  const group = 'steady'
  const orgs = scene.newOrgs(1)
  const specs = Array.from({ length: steadyEndpoints }, (_, index) => ({
    org: orgs[0] ?? 0,
    path: `/${group}/${index}`,
  }))
  await scene.announce(specs)
  await scene.known()
  await scene.warm(orgs, group, steadyEndpoints)
  const eventsPerSecond = steadyPerSecond / steadyEndpoints
  const expected = steadyPerSecond * seconds
  const arrivals = await timeSteadily(scene, {
    group,
    orgs,
    eventsPerSecond,
    events: eventsPerSecond * seconds,
    expected,
  })
  return {
    deliveriesPerSecond: steadyPerSecond,
    endpoints: steadyEndpoints,
    ...latenciesOf(arrivals.map(({ latencyMs }) => latencyMs)),
  }
}
