/**
 * Tells the recorder who was seen, although most reads lead to no event: notes every read that counts, and writes what
 * it noted about once a second. Best effort: an asset's next sighting or event makes up for whatever is lost here.
 *
 * Invariants
 *   Q1. An asset is in a flush once, with its latest sighting; whatever the rate of reads, a flush costs by assets.
 *   Q2. An asset's sightings always go to the same partition, so that one recorder has them all.
 *   Q3. A flush writes at most one record per partition with at most `perRecordMax` assets, those first that were noted
 *       first; the others wait for the next. At most `notedMax` wait per partition; beyond that new ones are dropped and
 *       counted.
 *   Q4. One flush is under way at a time, and none rejects: what could not be written is counted and forgotten.
 */
import { type AssetSeen, type SeenAsset, seenPerRecordMax } from '@scanhook/domain/asset-seen'
import type { AssetId, OrgId } from '@scanhook/domain/ids'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'

export interface SeenPorts {
  readonly encodeSeen: (record: AssetSeen) => Buffer
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  readonly nowMs: () => number
  readonly topic: string
  /** Of that topic. */
  readonly partitionCount: number
  /** Sightings that will never be written, with the error where there was one. */
  readonly onLost: (count: number, error: unknown) => void
  /** Default `seenPerRecordMax`. */
  readonly perRecordMax?: number | undefined
  readonly notedMax?: number | undefined
}

export interface SeenWriter {
  /** A read that was not late. Cheap enough for every one: a look-up, and an entry at the asset's first in a flush. */
  note(orgId: OrgId, assetId: AssetId, lastSeenMs: number): void
  flush(): Promise<void>
}

/** An `onLost` that counts, and says why. */
export function lossCounter(metrics: Metrics, log: Logger): SeenPorts['onLost'] {
  const lost = metrics.counter(
    'scanhook_sightings_lost_total',
    'Sightings between two events that were not passed on to the recorder',
  )
  return (count, error) => {
    lost.inc({}, count)
    log.warn({ count, ...(error === null ? {} : { error }) }, 'sightings.lost')
  }
}

/** Ten flushes' worth: a flood or a slow broker for that long is ridden out; then the next reads are as good. */
const notedMaxDefault = 10 * seenPerRecordMax

interface Noted {
  readonly orgId: OrgId
  readonly assetId: AssetId
  lastSeenMs: number
}

export function seenWriter(ports: SeenPorts): SeenWriter {
  const { partitionCount, perRecordMax = seenPerRecordMax, notedMax = notedMaxDefault } = ports
  const noted = Array.from({ length: partitionCount }, () => new Map<AssetId, Noted>())
  let overflow = 0
  let isFlushing = false

  /** In the order in which they were noted first. */
  function take(waiting: Map<AssetId, Noted>): SeenAsset[] {
    const taken: SeenAsset[] = []
    for (const [assetId, seen] of waiting) {
      if (taken.length >= perRecordMax) break
      taken.push(seen)
      waiting.delete(assetId)
    }
    return taken
  }

  function report(): void {
    if (overflow > 0) ports.onLost(overflow, null)
    overflow = 0
  }

  async function write(): Promise<void> {
    const taken = noted.map(take)
    const atMs = ports.nowMs()
    try {
      await ports.appendAll(
        taken.flatMap((seen, partition) =>
          seen.length === 0
            ? []
            : [{ topic: ports.topic, key: null, value: ports.encodeSeen({ atMs, seen }), partition }],
        ),
      )
    } catch (error) {
      ports.onLost(
        taken.reduce((sum, seen) => sum + seen.length, 0),
        error,
      )
    }
  }

  return {
    note(orgId, assetId, lastSeenMs) {
      // Ids are scrambled, so the remainder spreads them evenly.
      const waiting = noted[assetId % partitionCount]
      if (waiting === undefined) return
      const seen = waiting.get(assetId)
      if (seen !== undefined) {
        if (seen.lastSeenMs < lastSeenMs) seen.lastSeenMs = lastSeenMs
      } else if (waiting.size < notedMax) waiting.set(assetId, { orgId, assetId, lastSeenMs })
      else overflow++
    },
    async flush() {
      report()
      if (isFlushing || noted.every((waiting) => waiting.size === 0)) return
      isFlushing = true
      try {
        await write()
      } finally {
        isFlushing = false
      }
    },
  }
}
