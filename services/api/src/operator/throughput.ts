/**
 * How much went over each topic, out of offsets by time. Pure.
 *
 * Invariants
 *   H1. A stretch of time is never counted below zero: a topic that was made anew begins with lower offsets.
 *   H2. A partition that is not in both answers (the topic has grown) is counted from its beginning.
 */

/** Of one topic, by partition: the first offset of that instant or later. */
export type OffsetsAt = readonly number[]

export interface Bucket {
  /** Epoch ms. */
  readonly fromMs: number
  readonly toMs: number
  readonly records: number
}

/** Records between two answers about one topic: H1, H2. */
export function recordsBetween(from: OffsetsAt, to: OffsetsAt): number {
  return to.reduce((sum, end, partition) => sum + Math.max(0, end - (from[partition] ?? 0)), 0)
}

/** `count` + 1 instants `stepMs` apart, on whole steps, the newest at or before `nowMs`; oldest first. */
export function boundariesOf(nowMs: number, stepMs: number, count: number): readonly number[] {
  const newest = Math.floor(nowMs / stepMs) * stepMs
  return Array.from({ length: count + 1 }, (_, index) => newest - (count - index) * stepMs)
}

/** What lies between neighbours. */
export function bucketsOf(
  points: readonly { readonly atMs: number; readonly offsets: OffsetsAt }[],
): Bucket[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index]
    return from === undefined
      ? []
      : [{ fromMs: from.atMs, toMs: to.atMs, records: recordsBetween(from.offsets, to.offsets) }]
  })
}
