/**
 * What one more dispatcher adds: the same deliveries over many endpoints with one, two and three dispatchers, the other services
 * as they are. On a machine with few cores everything shares them, so that `cpuMicros` (CPU of all dispatchers for a delivery, which
 * says what more of them cost) tells more than `perSecond` does; how evenly they share is `shares`.
 */
import { serviceProcess } from '../harness/service-process.ts'
import { openDeliverWorld } from './deliver-world.ts'
import { measureThroughput } from './measure-throughput.ts'
import { figuresOfTree } from './process-figures.ts'
import { readMetric } from './read-metric.ts'
import { type Sink, startSink } from './start-sink.ts'

export interface DispatchersSizes {
  readonly deliveries: number
  readonly endpoints: number
  readonly counts: readonly number[]
}

export const fullDispatchers: DispatchersSizes = { deliveries: 60_000, endpoints: 60, counts: [1, 2, 3] }
export const quickDispatchers: DispatchersSizes = { deliveries: 6_000, endpoints: 60, counts: [1, 2, 3] }

/** Divides evenly by one, two and three. */
const partitions = 12

export interface DispatchersRound {
  readonly dispatchers: number
  readonly perSecond: number
  /** Of all dispatchers, per delivery. */
  readonly cpuMicros: number
  /** Each one's part of the deliveries, largest first. */
  readonly shares: readonly number[]
  readonly repeats: number
}

export interface DispatchersFigures {
  readonly rounds: readonly DispatchersRound[]
}

export async function measureDispatchers(
  sizes: DispatchersSizes,
  say: (line: string) => void,
): Promise<DispatchersFigures> {
  const sink = await startSink()
  const rounds: DispatchersRound[] = []
  try {
    for (const count of sizes.counts) {
      say(`${count} dispatchers`)
      rounds.push(await measureCount(count, sink, sizes))
    }
  } finally {
    sink.close()
  }
  return { rounds }
}

async function measureCount(
  count: number,
  sink: Sink,
  { deliveries, endpoints }: DispatchersSizes,
): Promise<DispatchersRound> {
  const scene = await openDeliverWorld({ sink, partitions })
  const { world } = scene
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () => serviceProcess('dispatcher', world.env, world.folder)),
  )
  try {
    await Promise.all(others.map((each) => each.start()))
    const all = [world.services.dispatcher, ...others]
    const attempts = () => Promise.all(all.map((each) => readMetric(each, 'scanhook_attempts_total')))
    const cpuMs = () => all.reduce((sum, each) => sum + figuresOfTree(each.pid() ?? 0).cpuMs, 0)
    const [attemptsBefore, cpuBefore] = [await attempts(), cpuMs()]
    const {
      perSecond,
      repeats,
      deliveries: made,
    } = await measureThroughput(scene, { group: 'd', endpoints, deliveries })
    const cpuMicros = ((cpuMs() - cpuBefore) * 1_000) / made
    const own = (await attempts()).map((now, index) => now - (attemptsBefore[index] ?? 0))
    const total = own.reduce((sum, each) => sum + each, 0)
    const shares = own.map((each) => each / total).toSorted((a, b) => b - a)
    return { dispatchers: count, perSecond, cpuMicros, shares, repeats }
  } finally {
    await Promise.all(others.map((each) => each.kill()))
    await sink.forget('d')
    await scene.close()
  }
}

export function printDispatchers({ rounds }: DispatchersFigures): string {
  const [first] = rounds
  return rounds
    .map(({ dispatchers, perSecond, cpuMicros, shares, repeats }) => {
      const ratio = perSecond / (first?.perSecond ?? Number.NaN)
      const parts = shares.map((share) => `${(share * 100).toFixed(0)} %`).join(' ')
      return `${dispatchers} dispatchers  ${perSecond.toFixed(0)}/s (×${ratio.toFixed(2)})  ${cpuMicros.toFixed(0)} µs of CPU a delivery  shares ${parts}  repeated ${repeats}\n`
    })
    .join('')
}
