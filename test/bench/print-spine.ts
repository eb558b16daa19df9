/** The figures of the spine bench for a person to read. */
import type { SpineFigures } from './spine.ts'

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))
const micros = (cpu: Readonly<Record<string, number>>): string =>
  Object.entries(cpu)
    .map(([name, value]) => `${name} ${round(value)} µs`)
    .join(', ')

export function printSpine({ reads, deliveries, latency }: SpineFigures): string {
  return [
    `reads through producer and tracker: ${Math.round(reads.perSecond)}/s (${reads.count} reads, ${reads.events} events; CPU per read: ${micros(reads.cpuMicrosPerRead)})`,
    `deliveries end to end, one endpoint: ${Math.round(deliveries.perSecond)}/s (${deliveries.count}; CPU per delivery: ${micros(deliveries.cpuMicrosPerDelivery)})`,
    `bare signed-POST loop in the same run: ${Math.round(deliveries.bareLoop.perSecond)}/s, ${round(deliveries.bareLoop.cpuMicrosPerPost)} µs each`,
    `CPU per delivery ÷ bare loop: dispatcher ${round(deliveries.dispatcherToBareRatio, 2)}, all services ${round(deliveries.allToBareRatio, 2)}`,
    `latency, upstream ack → request received, ${latency.eventsPerSecond}/s over ${latency.endpoints} endpoints: p50 ${round(latency.p50Ms)} ms, p95 ${round(latency.p95Ms)} ms, p99 ${round(latency.p99Ms)} ms, max ${round(latency.maxMs)} ms (${latency.count})`,
    '',
  ].join('\n')
}
