/**
 * `npm run -s bench -- spine [--quick] [--json]`. Prints figures and ratios; passes no judgement, because absolute
 * times belong to the machine. Infrastructure: what the environment names, else this checkout's stack.
 */
import { availableParallelism, totalmem } from 'node:os'
import { provideInfrastructure } from '@scanhook/stack/provide-infrastructure'
import { measureSpine, type SpineFigures, type SpineSizes } from './spine.ts'

const words = process.argv.slice(2)
const isQuick = words.includes('--quick')
const isJson = words.includes('--json')
const [which] = words.filter((word) => !word.startsWith('--'))

const sizes: SpineSizes = isQuick
  ? { reads: 100_000, assets: 100, deliveries: 10_000, latencySeconds: 10 }
  : { reads: 600_000, assets: 200, deliveries: 60_000, latencySeconds: 60 }

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))
const micros = (cpu: Readonly<Record<string, number>>): string =>
  Object.entries(cpu)
    .map(([name, value]) => `${name} ${round(value)} µs`)
    .join(', ')

function print({ reads, deliveries, latency }: SpineFigures): void {
  process.stdout.write(
    [
      `reads through producer and tracker: ${Math.round(reads.perSecond)}/s (${reads.count} reads, ${reads.events} events; CPU per read: ${micros(reads.cpuMicrosPerRead)})`,
      `deliveries end to end, one endpoint: ${Math.round(deliveries.perSecond)}/s (${deliveries.count}; CPU per delivery: ${micros(deliveries.cpuMicrosPerDelivery)})`,
      `bare signed-POST loop in the same run: ${Math.round(deliveries.bareLoop.perSecond)}/s, ${round(deliveries.bareLoop.cpuMicrosPerPost)} µs each`,
      `CPU per delivery ÷ bare loop: dispatcher ${round(deliveries.dispatcherToBareRatio, 2)}, all services ${round(deliveries.allToBareRatio, 2)}`,
      `latency, upstream ack → request received, ${latency.eventsPerSecond}/s over ${latency.endpoints} endpoints: p50 ${round(latency.p50Ms)} ms, p95 ${round(latency.p95Ms)} ms, p99 ${round(latency.p99Ms)} ms, max ${round(latency.maxMs)} ms (${latency.count})`,
      '',
    ].join('\n'),
  )
}

if (which !== 'spine') {
  process.stderr.write('usage: npm run -s bench -- spine [--quick] [--json]\n')
  process.exitCode = 2
} else {
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`)
  }
  const infrastructure = await provideInfrastructure(process.env, say)
  Object.assign(process.env, infrastructure.addresses)
  try {
    const figures = await measureSpine(sizes, say)
    const machine = {
      cores: availableParallelism(),
      memoryGiB: round(totalmem() / 2 ** 30),
      node: process.version,
    }
    if (isJson) process.stdout.write(`${JSON.stringify({ bench: 'spine', isQuick, machine, ...figures })}\n`)
    else print(figures)
  } finally {
    await infrastructure.release()
  }
}
