/**
 * Counts of requests by span of time and event type, added up to what a screen shows. Pure.
 *
 * Invariants
 *   Q1. Every request is in exactly one bucket, one class of status and one event type; the sums of each are the total.
 *   Q2. Quantiles are those of `latency-histogram`: within `latencyErrorShare` of the true ones (L1), however much was added up.
 */
import { type AttemptErrorClass, attemptErrorClasses } from '../attempt.ts'
import { latencyQuantileMs } from './latency-histogram.ts'
import { countOf, type RequestCounts } from './request-kinds.ts'

export interface Counted {
  readonly delivered: number
  readonly failed: number
}

export interface TimedCount extends Counted {
  /** Of requests that were answered or timed out, ms; null for none. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
}

export interface RequestSums {
  readonly total: TimedCount
  /** Those in which there was something, oldest first. */
  readonly buckets: readonly (TimedCount & { readonly startMs: number })[]
  /** By hundreds of the status, ascending; 0 where no answer came. Those in which there was something. */
  readonly statusClasses: readonly (Counted & { readonly hundreds: number })[]
  /** Requests without an answer, by why. Those in which there was something. */
  readonly errorClasses: readonly { readonly errorClass: AttemptErrorClass; readonly count: number }[]
  /** By name. */
  readonly eventTypes: readonly (Counted & { readonly eventType: string })[]
}

/** Requests of one event type within one bucket of time. */
export interface RequestSpan {
  /** Epoch ms. */
  readonly startMs: number
  readonly eventType: string
  readonly kinds: RequestCounts
  /** In the buckets of `latency-histogram`. */
  readonly latencies: readonly number[]
}

/** A status outside of 200 to 599 counts as none, as in the log. */
const hundreds = [
  [2, '2xx'],
  [3, '3xx'],
  [4, '4xx'],
  [5, '5xx'],
] as const

export function sumRequests(spans: readonly RequestSpan[]): RequestSums {
  const kinds = sumOf(spans.map((span) => span.kinds))
  const delivered = countOf(kinds, 'delivered')
  const errorClasses = attemptErrorClasses.map((errorClass) => ({
    errorClass,
    count: countOf(kinds, errorClass),
  }))
  const unanswered = errorClasses.reduce((sum, { count }) => sum + count, countOf(kinds, 'other_status'))
  const answered = hundreds.map(([value, kind]) => ({
    ...{ hundreds: value, delivered: value === 2 ? delivered : 0, failed: countOf(kinds, kind) },
  }))
  return {
    total: timedOf(spans),
    buckets: groupsOf(spans, ({ startMs }) => startMs)
      .map(([startMs, group]) => ({ startMs, ...timedOf(group) }))
      .toSorted((one, other) => one.startMs - other.startMs),
    statusClasses: [{ hundreds: 0, delivered: 0, failed: unanswered }, ...answered].filter(isThere),
    errorClasses: errorClasses.filter(({ count }) => count > 0),
    eventTypes: groupsOf(spans, ({ eventType }) => eventType)
      .map(([eventType, group]) => ({ eventType, ...countedOf(group) }))
      .filter(isThere)
      .toSorted((one, other) => (one.eventType < other.eventType ? -1 : 1)),
  }
}

/** R1: only a 2xx delivers (domain/retry), so that what was delivered is of that class. */
function countedOf(spans: readonly RequestSpan[]): Counted {
  const kinds = sumOf(spans.map((span) => span.kinds))
  const delivered = countOf(kinds, 'delivered')
  return { delivered, failed: kinds.reduce((sum, count) => sum + count, 0) - delivered }
}

function timedOf(spans: readonly RequestSpan[]): TimedCount {
  const latencies = sumOf(spans.map((span) => span.latencies))
  return {
    ...countedOf(spans),
    p50Ms: latencyQuantileMs(latencies, 0.5),
    p95Ms: latencyQuantileMs(latencies, 0.95),
    p99Ms: latencyQuantileMs(latencies, 0.99),
  }
}

function sumOf(all: readonly (readonly number[])[]): readonly number[] {
  const sum: number[] = []
  for (const counts of all)
    for (const [index, count] of counts.entries()) sum[index] = (sum[index] ?? 0) + count
  return sum
}

function groupsOf<Key>(
  spans: readonly RequestSpan[],
  keyOf: (span: RequestSpan) => Key,
): readonly (readonly [Key, readonly RequestSpan[]])[] {
  return [...Map.groupBy(spans, keyOf).entries()]
}

function isThere({ delivered, failed }: Counted): boolean {
  return delivered + failed > 0
}
