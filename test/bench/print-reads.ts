/** The figures of the reads bench for a person to read. */

import type { Latencies } from './latencies.ts'
import type { FlowFigures } from './measure-flow.ts'
import type { ReadsFigures } from './reads.ts'

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))
const list = (values: Readonly<Record<string, number>>, unit: string): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${round(value)} ${unit}`)
    .join(', ')

export function printReads({
  load,
  stateSize,
  restore,
  latency,
  flows,
  audits,
  claimsNotMarked,
}: ReadsFigures): string {
  return [
    `load: ${load.source} walks thinned to ${load.keptShare}, ${load.assets} assets; the rules alone derive an event of ${round(load.readsPerEventOfRules)} reads`,
    ...flowLines(`50:1 at the target rate`, flows.sustained),
    ...flowLines('50:1 as fast as it goes', flows.unbounded),
    ...flowLines('1:1, every read a new asset at a portal', flows.portal),
    ...audits.map(
      ({ run, sent, scans, missing, duplicates }) =>
        `on the scans topic, ${run}: ${scans} scans of ${sent} reads, ${missing} missing, ${duplicates} twice`,
    ),
    `claims that Redis did not take, in all runs: ${claimsNotMarked}`,
    `state of ${stateSize.assets} assets: ${round(stateSize.packedBytesPerAsset)} B each packed (index and timers included), ${round(stateSize.processBytesPerAsset)} B of process memory`,
    `restore of ${restore.assets} assets over ${restore.partitions} partitions: known ${round(restore.restoredSeconds, 2)} s after the start, a start without states takes ${round(restore.emptyReadySeconds, 2)} s (${round(restore.bytesPerState)} B a record; then ${round(restore.packedBytesPerAsset)} B packed each, ${round(restore.residentMiB)} MiB resident)`,
    latencyLine(`latency beside ${latency.backgroundPerSecond} reads/s, portal`, latency.portal),
    latencyLine(
      `latency above the ${latency.zoneMoveAboveConfirmation.confirmMs} ms of confirmation, zone move`,
      latency.zoneMoveAboveConfirmation,
    ),
    '',
  ].join('\n')
}

function flowLines(title: string, flow: FlowFigures): readonly string[] {
  const memory = Object.entries(flow.memoryMiB)
    .map(
      ([name, { firstThird, lastThird, max }]) =>
        `${name} ${round(firstThird)} → ${round(lastThird)} (max ${round(max)})`,
    )
    .join(', ')
  return [
    `${title}: ${Math.round(flow.sentPerSecond)} reads/s sent (generator at worst ${flow.generatorBehindMs} ms late), ${Math.round(flow.throughPerSecond)}/s applied from first to last; ${flow.backlogAtEnd} behind at the end, applied ${round(flow.drainSeconds, 2)} s later`,
    `  ${flow.applied} of ${flow.sent} reads applied, ${flow.events} events (${round(flow.readsPerEvent)} reads each)`,
    `  CPU per read: ${list(flow.cpuMicrosPerRead, 'µs')}`,
    `  resident MiB, median of the first → of the last third: ${memory}`,
  ]
}

function latencyLine(title: string, { count, p50Ms, p95Ms, p99Ms, maxMs }: Latencies): string {
  return `${title}: p50 ${round(p50Ms)} ms, p95 ${round(p95Ms)} ms, p99 ${round(p99Ms)} ms, max ${round(maxMs)} ms (${count})`
}
