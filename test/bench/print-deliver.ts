/** The figures of the deliver bench for a person to read: what was measured, the target beside it, and their ratio. */
import type { DeliverFigures, Measured, OneEndpointFigures } from './deliver.ts'
import type { Latencies } from './latencies.ts'
import type { Comparison, IsolationFigures } from './measure-isolation.ts'
import type { KnownEndpointsFigures } from './measure-known-endpoints.ts'
import type { OutageFigures } from './measure-outage.ts'
import type { ThroughputFigures } from './measure-throughput.ts'

interface Line {
  readonly what: string
  readonly measured: string
  /** Absent where nothing was promised. */
  readonly target?: { readonly bound: '≥' | '≤'; readonly value: number; readonly measured: number }
}

const round = (value: number, digits = 1): string => value.toFixed(digits)
const whole = (value: number): string => Math.round(value).toLocaleString('en-GB')
const p50And99 = ({ p50Ms, p99Ms, maxMs }: Latencies): string =>
  `p50 ${round(p50Ms)}, p99 ${round(p99Ms)}, max ${round(maxMs)} ms`
const micros = (cpu: Readonly<Record<string, number>>): string =>
  Object.entries(cpu)
    .map(([name, value]) => `${name} ${round(value)}`)
    .join(', ')

export function printDeliver(figures: DeliverFigures): string {
  const { a, b, c, d, e, f, g } = figures
  const lines: Line[] = [
    ...(a === undefined ? [] : [...throughputLines('a', a), ...bareLines(a)]),
    ...(b === undefined ? [] : throughputLines('b', b)),
    ...(c ?? []).flatMap(isolationLines),
    ...(d === undefined
      ? []
      : [
          {
            what: `d: ${d.deliveriesPerSecond}/s over ${d.endpoints} endpoints, upstream ack → received: p50`,
            measured: `${round(d.p50Ms)} ms`,
            target: { bound: '≤', value: 8, measured: d.p50Ms } as const,
          },
          {
            what: 'd: p99',
            measured: `${round(d.p99Ms)} ms (p95 ${round(d.p95Ms)}, max ${round(d.maxMs)} ms)`,
            target: { bound: '≤', value: 25, measured: d.p99Ms } as const,
          },
        ]),
    ...(e === undefined ? [] : knownLines(e)),
    ...(f === undefined ? [] : outageLines(f)),
    ...(g === undefined ? [] : throughputLines('g', g, false)),
  ]
  return `${table(lines)}others used of the machine meanwhile: ${foreign(figures)}\n`
}

function foreign(figures: DeliverFigures): string {
  const share = (name: string, { foreignCpuShare }: Measured<object>): string =>
    `${name} ${round(foreignCpuShare * 100, 0)} %`
  return Object.entries(figures)
    .flatMap(([part, measured]: [string, Measured<object> | readonly Measured<object>[]]) =>
      [measured].flat().map((each) => share(part, each)),
    )
    .join(', ')
}

function throughputLines(part: string, figures: ThroughputFigures, hasTarget = true): Line[] {
  const { endpoints, events, perSecond, rowsPerSecond } = figures
  const target = { bound: '≥', value: 6_000, measured: perSecond } as const
  return [
    {
      what: `${part}: ${whole(events)} events, ${endpoints} endpoint${endpoints === 1 ? '' : 's'}: deliveries/s`,
      measured: `${whole(perSecond)} (${round(figures.deliveriesPerRequest)} a request, ${figures.repeats} repeated)`,
      ...(hasTarget ? { target } : {}),
    },
    {
      what: `${part}: rows of the log/s`,
      measured: `${whole(rowsPerSecond)}; the last row ${whole(figures.logLagMs)} ms after the last delivery`,
      ...(hasTarget ? { target: { bound: '≥', value: 6_000, measured: rowsPerSecond } as const } : {}),
    },
    { what: `${part}: CPU per delivery, µs`, measured: micros(figures.cpuMicrosPerDelivery) },
    { what: `${part}: peak memory of the dispatcher`, measured: `${whole(figures.dispatcherPeakMiB)} MiB` },
  ]
}

function bareLines({ bareLoop, dispatcherToBareRatio }: OneEndpointFigures): Line[] {
  return [
    {
      what: 'a: CPU of the dispatcher ÷ bare signed-POST loop',
      measured: `${round(dispatcherToBareRatio, 2)} (bare: ${round(bareLoop.cpuMicrosPerPost)} µs, ${whole(bareLoop.perSecond)}/s)`,
      target: { bound: '≤', value: 2.5, measured: dispatcherToBareRatio },
    },
  ]
}

function isolationLines({ partitions, endpoints, hanging, steady, burst }: IsolationFigures): Line[] {
  const line = (name: string, { without, with: hangs, p99Ratio, noise }: Comparison): Line => {
    const p99s = (rounds: readonly Latencies[]): string => rounds.map(({ p99Ms }) => round(p99Ms)).join(', ')
    return {
      what: `c: ${hanging} of ${endpoints} hang, ${partitions} partition${partitions === 1 ? '' : 's'}, ${name}: p99 of the others ÷ without`,
      measured: `${round(p99Ratio, 2)} (with ${p99s(hangs)}; without ${p99s(without)} ms, which differ by ${round(noise, 2)})`,
      target: { bound: '≤', value: 1.2, measured: p99Ratio },
    }
  }
  return [line('steady', steady), line('burst', burst)]
}

function knownLines({ known, busy, startSeconds, memoryMiB, idleCpuShare }: KnownEndpointsFigures): Line[] {
  const target = (measured: number): Required<Line>['target'] => ({ bound: '≤', value: 400, measured })
  return [
    {
      what: `e: ${whole(known)} endpoints known: memory of the dispatcher, MB`,
      measured: `${whole(memoryMiB.known * mbPerMiB)} (peak ${whole(memoryMiB.peakWhileRead * mbPerMiB)}; without endpoints ${whole(memoryMiB.withoutEndpoints * mbPerMiB)}; ready after ${round(startSeconds)} s)`,
      target: target(memoryMiB.known * mbPerMiB),
    },
    {
      what: `e: and ${whole(busy)} of them have had traffic, MB`,
      measured: `${whole(memoryMiB.afterTraffic * mbPerMiB)} (peak ${whole(memoryMiB.peakInTraffic * mbPerMiB)}, at rest ${whole(memoryMiB.idle * mbPerMiB)})`,
      target: target(memoryMiB.peakInTraffic * mbPerMiB),
    },
    {
      what: 'e: CPU at rest afterwards, % of a core',
      measured: round(idleCpuShare * 100, 2),
      target: { bound: '≤', value: 1, measured: idleCpuShare * 100 },
    },
  ]
}

const mbPerMiB = 2 ** 20 / 1e6

function outageLines({
  timeScale,
  outageSeconds,
  drainSecondsMax,
  others,
  othersP99Ratio,
  busy,
}: OutageFigures): Line[] {
  const left =
    busy.backlogLeft === 0 ? '' : `; ${whole(busy.backlogLeft)} still waited after ${drainSecondsMax} s`
  const freshLeft = busy.freshLeft === 0 ? '' : `; ${whole(busy.freshLeft)} had not arrived`
  return [
    {
      what: `f: outage of ${round(outageSeconds)} s (30 min ÷ ${timeScale}), then: drain of ${whole(busy.backlog)} deliveries`,
      measured: `${round(busy.drainSeconds)} s${left} (first one after ${round(busy.noticedSeconds)} s; ${whole(busy.refused)} requests refused in the outage, ${whole(busy.repeats)} repeated)`,
    },
    {
      what: 'f: fresh events of the recovered endpoint meanwhile',
      measured: `${p50And99(busy.fresh)}${freshLeft}`,
    },
    { what: 'f: the others before', measured: p50And99(others.before) },
    {
      what: 'f: the others in the outage',
      measured: `${p50And99(others.outage)}; p99 ÷ before ${round(othersP99Ratio.outage, 2)}`,
    },
    {
      what: 'f: the others in the drain',
      measured: `${p50And99(others.drain)}; p99 ÷ before ${round(othersP99Ratio.drain, 2)}`,
    },
  ]
}

function table(lines: readonly Line[]): string {
  const rows = lines.map(({ what, measured, target }) => [
    what,
    target === undefined ? '–' : `${target.bound} ${Number(target.value.toFixed(1)).toLocaleString('en-GB')}`,
    target === undefined ? '–' : round(target.measured / target.value, 2),
    measured,
  ])
  const all = [['what', 'target', 'ratio', 'measured'], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return `${all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')}\n`
}
