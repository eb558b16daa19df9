/**
 * Which recorded scans an asset had since its last event: those that led to the next one, beside the scan that brings it. Only
 * asked where tracing is on; a loss costs links of a span and nothing else, so it is bounded hard and never restored.
 *
 * Invariants
 *   M1. Of at most `assetsMax` assets, and of each the last `scansMax`; whoever was heard longest ago is forgotten first.
 *   M2. Taken is forgotten: a scan is a cause of one event.
 */

import type { Headers } from '@scanhook/kafka/record'
import { traceParentOf } from '@scanhook/observability/trace'

export interface AssetTraces {
  /** Keeps nothing of headers without a recorded trace. */
  note(key: string, headers: Headers): void
  take(key: string): readonly Headers[]
}

/** At one percent of 10,000 scans a second, what came in the last 100 s; some 300 bytes each. */
const assetsMaxDefault = 10_000
/** A move is confirmed by a handful of scans. */
const scansMax = 8

export function assetTraces(assetsMax: number = assetsMaxDefault): AssetTraces {
  /** In the order in which the assets were heard. */
  const known = new Map<string, Headers[]>()
  return {
    note: (key, headers) => {
      if (traceParentOf(headers)?.isSampled !== true) return
      const { traceparent = '' } = headers
      const scans = known.get(key) ?? []
      known.delete(key)
      if (scans.length === scansMax) scans.shift()
      scans.push({ traceparent })
      known.set(key, scans)
      const oldest = known.size > assetsMax ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
    },
    take: (key) => {
      const scans = known.get(key)
      if (scans === undefined) return []
      known.delete(key)
      return scans
    },
  }
}

/** Where tracing is off there is nothing to link. */
export const noAssetTraces: AssetTraces = { note: () => undefined, take: () => [] }
