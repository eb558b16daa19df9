/** What the recorder writes, a batch at a time: all of a batch or nothing of it. */
import { type AssetLocationRow, mergeAssetLocations, moveLastSeen, type Sighting } from './asset-locations.ts'
import { type AssetScanRow, appendAssetScans } from './asset-scans.ts'
import { type AttemptRow, appendAttempts } from './attempts.ts'
import { type DeliveryRow, mergeDeliveries } from './deliveries.ts'
import { tellRecorded } from './event-feed.ts'
import { appendCountedEvents, type EventRow } from './events.ts'
import { type HistoryKeep, historyPartitions, plainKeep } from './history-partitions.ts'
import type { Postgres } from './open.ts'
import { countedFromMs } from './usage.ts'

/** What a batch of events says about assets. */
export interface AssetRows {
  readonly scans: readonly AssetScanRow[]
  /** Folded, at most one row each. */
  readonly locations: readonly AssetLocationRow[]
}

export interface History {
  /** Idempotent. Rejects with a retriable code, or POSTGRES_BAD_VALUE when a row can't be stored whoever asks. */
  recordEvents(rows: readonly EventRow[], assets: AssetRows, nowMs: number): Promise<void>
  /** Idempotent. `deliveries` are folded from `attempts`, at most one row each. */
  recordAttempts(
    attempts: readonly AttemptRow[],
    deliveries: readonly DeliveryRow[],
    nowMs: number,
  ): Promise<void>
  /** Brings `last_seen_at` of known, present assets up to date. Gives the number of rows that moved. */
  recordSightings(sightings: readonly Sighting[]): Promise<number>
  /** Makes the partitions of the coming days. */
  prepare(nowMs: number): Promise<void>
}

export function history(pg: Postgres, keep: HistoryKeep = plainKeep): History {
  const partitions = historyPartitions(pg, keep)
  return {
    recordEvents: async (rows, { scans, locations }, nowMs) => {
      await partitions.ensure(
        'events',
        rows.map((row) => row.receivedAtMs),
        nowMs,
      )
      const orgIds = rows.map(({ orgId }) => orgId)
      if (scans.length === 0 && locations.length === 0) {
        await appendCountedEvents(pg.db, rows, countedFromMs(keep, nowMs))
        await tellRecorded(pg, 'events_recorded', orgIds)
        return
      }
      await partitions.ensure(
        'asset_scans',
        scans.map((row) => row.observedAtMs),
        nowMs,
      )
      await pg.db.transaction().execute(async (db) => {
        await appendAssetScans(db, scans)
        await mergeAssetLocations(db, locations)
        await appendCountedEvents(db, rows, countedFromMs(keep, nowMs)) // last: see there
      })
      await tellRecorded(pg, 'events_recorded', orgIds)
    },
    recordAttempts: async (attempts, deliveries, nowMs) => {
      await partitions.ensure(
        'attempts',
        attempts.map((row) => row.startedAtMs),
        nowMs,
      )
      await partitions.ensure(
        'deliveries',
        deliveries.map((row) => row.eventOccurredAtMs),
        nowMs,
      )
      await pg.db.transaction().execute(async (db) => {
        await mergeDeliveries(db, deliveries)
        await appendAttempts(db, attempts, countedFromMs(keep, nowMs)) // last: see there
      })
      await tellRecorded(
        pg,
        'attempts_recorded',
        attempts.map(({ orgId }) => orgId),
      )
    },
    recordSightings: (sightings) => moveLastSeen(pg.db, sightings),
    prepare: (nowMs) => partitions.ensureAhead(nowMs),
  }
}
