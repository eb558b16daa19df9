/** The polling API's figures for a person: a line per question, and below it what PostgreSQL did for it. */
import type { PlanFigures, PollingCase, PollingFigures } from './polling.ts'

const round = (value: number, digits = 1): string => value.toFixed(digits)

export function printPolling({ sizes, cases, sightings }: PollingFigures): string {
  const megabytes = Object.entries(sizes.megabytes).map(([name, size]) => `${name} ${size} MB`)
  return [
    `${sizes.assets} assets, ${sizes.scans} scans over a year: ${megabytes.join(', ')}`,
    ...cases.flatMap(printCase),
    `sightings, rounds of ${sightings.rowsPerRound} back to back: ${round(sightings.rowsPerSecond, 0)} rows/s, a round p50 ${round(sightings.p50Ms, 0)} p99 ${round(sightings.p99Ms, 0)} ms, ${round(sightings.walBytesPerRow, 0)} bytes of WAL a row, asset_locations ${round(sightings.tableMegabytesBefore)} → ${round(sightings.tableMegabytesAfter)} MB`,
    `newest 50 meanwhile: p50 ${round(sightings.pollP50Ms)} ms, max ${round(sightings.pollMaxMs)} ms`,
    '',
  ].join('\n')
}

function printCase({ name, times, p50Ms, p99Ms, maxMs, rows, totalCount, plans }: PollingCase): string[] {
  return [
    `${name}: p50 ${round(p50Ms)}, p99 ${round(p99Ms)}, max ${round(maxMs)} ms (${times}), ${rows} rows of ${totalCount}`,
    ...plans.map(printPlan),
  ]
}

function printPlan({ statement, planningMs, ms, buffers, sortedRows, access }: PlanFigures): string {
  return `  ${statement}: planned in ${round(planningMs)} ms, ${round(ms)} ms, ${buffers} buffers, ${sortedRows} rows sorted; ${access.join(' · ')}`
}
