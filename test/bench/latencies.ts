/** A list of durations as the figures that are printed of it. */
import { quantile } from './quantile.ts'

export interface Latencies {
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export function latenciesOf(values: readonly number[]): Latencies {
  return {
    count: values.length,
    p50Ms: quantile(values, 0.5),
    p95Ms: quantile(values, 0.95),
    p99Ms: quantile(values, 0.99),
    maxMs: quantile(values, 1),
  }
}
