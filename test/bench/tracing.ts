/**
 * What tracing costs on the way of a delivery (test/bench/deliver.ts, part a): the same load with it off, at one percent and at
 * every record, each in a world of its own, in rounds in turn, so that what the machine does meanwhile meets all three. The
 * collector is in the bench's process: the services' CPU does not count it.
 */
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { openDeliverWorld } from './deliver-world.ts'
import { measureThroughput, type ThroughputFigures } from './measure-throughput.ts'
import { type Sink, startSink } from './start-sink.ts'

export interface TracingSizes {
  readonly deliveries: number
  readonly rounds: number
}

export const fullTracing: TracingSizes = { deliveries: 20_000, rounds: 3 }
export const quickTracing: TracingSizes = { deliveries: 3_000, rounds: 1 }

const modes = ['off', '1 %', '100 %'] as const
export type TracingMode = (typeof modes)[number]

export interface TracingRound {
  readonly mode: TracingMode
  readonly throughput: ThroughputFigures
  /** Of all services on the way. */
  readonly cpuMicros: number
  readonly spansPerDelivery: number
}

export interface TracingFigures {
  readonly rounds: readonly TracingRound[]
  /** Median CPU of the services ÷ median with it off. */
  readonly cpuRatio: Readonly<Record<TracingMode, number>>
}

export async function measureTracing(
  sizes: TracingSizes,
  say: (line: string) => void,
): Promise<TracingFigures> {
  const sink = await startSink()
  const rounds: TracingRound[] = []
  try {
    for (let round = 0; round < sizes.rounds; round += 1) {
      for (const mode of modes) {
        say(`tracing ${mode}, round ${round + 1} of ${sizes.rounds}`)
        rounds.push(await measureMode(mode, sink, sizes.deliveries))
      }
    }
  } finally {
    sink.close()
  }
  const medianOf = (mode: TracingMode): number => {
    const values = rounds.filter((each) => each.mode === mode).map(({ cpuMicros }) => cpuMicros)
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  }
  const ratio = (mode: TracingMode): number => medianOf(mode) / medianOf('off')
  return { rounds, cpuRatio: { off: 1, '1 %': ratio('1 %'), '100 %': ratio('100 %') } }
}

async function measureMode(mode: TracingMode, sink: Sink, deliveries: number): Promise<TracingRound> {
  const collector = await startOtlpCollector()
  const env =
    mode === 'off'
      ? {}
      : { TRACING_OTLP_URL: collector.url, TRACING_SAMPLE_RATIO: mode === '1 %' ? '0.01' : '1' }
  try {
    const scene = await openDeliverWorld({ sink, env })
    try {
      const throughput = await measureThroughput(scene, { group: 'a', endpoints: 1, deliveries })
      const cpuMicros = Object.values(throughput.cpuMicrosPerDelivery).reduce((sum, each) => sum + each, 0)
      const spansPerDelivery = collector.spans().length / throughput.deliveries
      return { mode, throughput, cpuMicros, spansPerDelivery }
    } finally {
      await sink.forget('a')
      await scene.close()
    }
  } finally {
    await collector.close()
  }
}

export function printTracing({ rounds, cpuRatio }: TracingFigures): string {
  const lines = rounds.map(
    ({ mode, throughput: { perSecond, cpuMicrosPerDelivery }, cpuMicros, spansPerDelivery }) => {
      const each = Object.entries(cpuMicrosPerDelivery).map(
        ([name, micros]) => `${name} ${micros.toFixed(0)}`,
      )
      return `${mode.padStart(5)}  ${perSecond.toFixed(0).padStart(6)}/s  ${cpuMicros.toFixed(0)} µs a delivery (${each.join(', ')}), ${spansPerDelivery.toFixed(2)} spans`
    },
  )
  const ratios = Object.entries(cpuRatio).map(([mode, ratio]) => `${mode}: ${ratio.toFixed(2)}`)
  return `${lines.join('\n')}\nCPU of the services ÷ with tracing off: ${ratios.join(', ')}\n`
}
