/** The log bench's figures for a person. */
import type { Latencies } from './latencies.ts'
import type { LogFigures } from './log.ts'
import type { LiveLatencies } from './measure-recovery.ts'

const round = (value: number, digits = 1): string => value.toFixed(digits)
const whole = (value: number): string => Math.round(value).toLocaleString('en-GB')

export function printLog({ a, b, d }: LogFigures): string {
  const lines: string[] = []
  if (a !== undefined) {
    const { recorder, postgres, broker } = a.cpuMicrosPerRow
    lines.push(
      `a: ${whole(a.attempts)} attempts of ${whole(a.deliveries)} deliveries: ${whole(a.rowsPerSecond)} rows/s (target ≥ 10,000: ${round(a.rowsPerSecond / 10_000, 2)})`,
      `   CPU a row: recorder ${round(recorder)}, PostgreSQL ${round(postgres)}, broker ${round(broker)} µs; ${whole(a.rowsPerTransaction)} rows a transaction; others had ${round(a.foreignCpuShare * 100, 0)} % of the machine`,
    )
  }
  if (b !== undefined) {
    lines.push(
      `b: ${whole(b.attempts)} attempts, ${whole(b.megabytes)} MB, filled in ${round(b.fillSeconds, 0)} s; others had ${round(b.foreignCpuShare * 100, 0)} % of the machine`,
      ...b.queries.map(
        ({ name, count, p50Ms, p99Ms, maxMs }) =>
          `   ${name}: p50 ${round(p50Ms)}, p99 ${round(p99Ms)}, max ${round(maxMs)} ms (${count})`,
      ),
    )
  }
  if (d !== undefined) {
    const ratio = d.during.neighbours.p99Ms / d.before.neighbours.p99Ms
    lines.push(
      `d: ${whole(d.dead)} dead deliveries recovered at ${round(d.perSecondReached)}/s (asked for ${d.perSecondAsked}/s), ${d.repeated} twice; others had ${round(d.foreignCpuShare * 100, 0)} % of the machine`,
      ...liveLines('before', d.before),
      ...liveLines('during', d.during),
      `   p99 of the neighbours during by before: ${round(ratio, 2)}`,
    )
  }
  return `${lines.join('\n')}\n`
}

function liveLines(when: string, { neighbours, recovered }: LiveLatencies): readonly string[] {
  const told = ({ count, p50Ms, p99Ms, maxMs }: Latencies): string =>
    `p50 ${round(p50Ms)}, p99 ${round(p99Ms)}, max ${round(maxMs)} ms (${count})`
  return [
    `   live ${when}, neighbours: ${told(neighbours)}`,
    `   live ${when}, the webhook itself: ${told(recovered)}`,
  ]
}
