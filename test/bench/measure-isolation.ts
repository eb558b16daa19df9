/**
 * Part c of the deliver bench: what endpoints that hang cost the others. Rounds without and with hanging ones take turns,
 * each on new endpoints; what is compared is the 95 that are good in both.
 */
import { waitUntil } from '../harness/wait-until.ts'
import { appendInBatches } from './append-in-batches.ts'
import type { DeliverWorld } from './deliver-world.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { quantile } from './quantile.ts'
import { shipment } from './shipment.ts'
import { type TimedArrival, timeSteadily } from './steady-latency.ts'
import { wallMs } from './wall-clock.ts'

export interface IsolationSizes {
  /** Of one round without and one with hanging endpoints; bursts are short, so there can be more of them. */
  readonly steadyPairs: number
  readonly burstPairs: number
  readonly deliveriesPerSecond: number
  readonly steadySeconds: number
  readonly burstDeliveries: number
}

export interface IsolationFigures {
  readonly partitions: number
  readonly endpoints: number
  readonly hanging: number
  readonly organizations: number
  readonly steady: Comparison
  readonly burst: Comparison
}

export interface Comparison {
  readonly without: readonly Latencies[]
  readonly with: readonly Latencies[]
  /** Median p99 with hanging endpoints by median p99 without; of an even number the lower of the two in the middle. */
  readonly p99Ratio: number
  /** Largest by smallest p99 of the rounds without: what the machine does by itself. */
  readonly noise: number
}

const organizations = 20
const endpointsPerOrg = 5
const endpoints = organizations * endpointsPerOrg
/** One in each of five organizations, so four others of its organization are beside it. */
const hanging = 5

interface Round {
  readonly group: string
  readonly orgs: readonly number[]
  readonly hangs: boolean
}

const isHangingPath = (path: string): boolean => Number(path.slice(path.lastIndexOf('/') + 1)) < hanging

export async function measureIsolation(
  scene: DeliverWorld,
  sizes: IsolationSizes,
  { partitions, say }: { readonly partitions: number; readonly say: (line: string) => void },
): Promise<IsolationFigures> {
  const eventsPerSecond = sizes.deliveriesPerSecond / endpointsPerOrg
  const steady = await compare(
    scene,
    { name: `steady${partitions}`, pairs: sizes.steadyPairs, say },
    (round) => {
      const events = eventsPerSecond * sizes.steadySeconds
      return timeSteadily(scene, {
        group: round.group,
        orgs: round.orgs,
        eventsPerSecond,
        events,
        expected: arrivalsOf(round, events),
      })
    },
  )
  const burst = await compare(scene, { name: `burst${partitions}`, pairs: sizes.burstPairs, say }, (round) =>
    timeBurst(scene, round, Math.ceil(sizes.burstDeliveries / endpointsPerOrg)),
  )
  return { partitions, endpoints, hanging, organizations, steady, burst }
}

/** Events go round the organizations, so `events` must be a multiple of them for this to be exact. */
function arrivalsOf({ hangs }: Round, events: number): number {
  return events * endpointsPerOrg - (hangs ? (events / organizations) * hanging : 0)
}

/** From the burst's first acknowledgement to each arrival. */
async function timeBurst(
  { prefix, producer, sink }: DeliverWorld,
  round: Round,
  events: number,
): Promise<readonly TimedArrival[]> {
  const make = (index: number) =>
    shipment(prefix, round.orgs[index % organizations] ?? 0, `${round.group}-${index}`).record
  await producer.append(make(0))
  const ackedAtMs = wallMs()
  await appendInBatches(producer, events - 1, (index) => make(index + 1))
  const expected = arrivalsOf(round, events)
  await waitUntil(
    'the good ones have theirs',
    async () => (await sink.counts(round.group)).count >= expected,
    { deadlineMs: 600_000 },
  )
  const { paths, atMs } = await sink.arrivals(round.group)
  return paths.map((path, index) => ({ path, latencyMs: (atMs[index] ?? Number.NaN) - ackedAtMs }))
}

interface CompareOptions {
  readonly name: string
  readonly pairs: number
  readonly say: (line: string) => void
}

async function compare(
  scene: DeliverWorld,
  { name, pairs, say }: CompareOptions,
  time: (round: Round) => Promise<readonly TimedArrival[]>,
): Promise<Comparison> {
  const without: Latencies[] = []
  const withHanging: Latencies[] = []
  for (let pair = 1; pair <= pairs; pair += 1) {
    // Whichever comes first is no better off over all pairs.
    for (const hangs of pair % 2 === 1 ? [false, true] : [true, false]) {
      const group = `${name}-${pair}-${hangs ? 'hang' : 'good'}`
      const latencies = await playRound(scene, { group, hangs }, time)
      ;(hangs ? withHanging : without).push(latencies)
      say(`${group}: p99 of the good ones ${latencies.p99Ms.toFixed(1)} ms`)
    }
  }
  const p99s = (rounds: readonly Latencies[]): number[] => rounds.map(({ p99Ms }) => p99Ms)
  return {
    without,
    with: withHanging,
    p99Ratio: quantile(p99s(withHanging), 0.5) / quantile(p99s(without), 0.5),
    noise: Math.max(...p99s(without)) / Math.min(...p99s(without)),
  }
}

/** New endpoints that all answer at first; then five hang, or none; afterwards nothing of it is left under way. */
async function playRound(
  scene: DeliverWorld,
  { group, hangs }: Pick<Round, 'group' | 'hangs'>,
  time: (round: Round) => Promise<readonly TimedArrival[]>,
): Promise<Latencies> {
  const { sink } = scene
  const orgs = scene.newOrgs(organizations)
  const paths = Array.from({ length: endpoints }, (_, index) => `/${group}/${index}`)
  const announced = await scene.announce(
    paths.map((path, index) => ({ org: orgs[index % organizations] ?? 0, path })),
  )
  await scene.known()
  await scene.warm(orgs, group, endpoints)
  const hangingPaths = hangs ? paths.filter(isHangingPath) : []
  for (const path of hangingPaths) await sink.answer(path, 'hang')
  const arrivals = await time({ group, orgs, hangs })
  for (const path of hangingPaths) await sink.answer(path, 'ok')
  await scene.withdraw(announced)
  await scene.known()
  await waitUntil('nothing of the round is under way', async () => (await scene.unsettled()) === 0)
  await sink.forget(group)
  return latenciesOf(arrivals.filter(({ path }) => !isHangingPath(path)).map(({ latencyMs }) => latencyMs))
}
