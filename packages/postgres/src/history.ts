/** What the recorder writes, a batch at a time: all of a batch or nothing of it. */
import { type AttemptRow, appendAttempts } from './attempts.ts'
import { dayPartitions } from './day-partitions.ts'
import { type DeliveryRow, mergeDeliveries } from './deliveries.ts'
import { appendEvents, type EventRow } from './events.ts'
import type { Postgres } from './open.ts'

export interface History {
  /** Idempotent. Rejects with a retriable code, or POSTGRES_BAD_VALUE when a row can't be stored whoever asks. */
  recordEvents(rows: readonly EventRow[], nowMs: number): Promise<void>
  /** Idempotent. `deliveries` are folded from `attempts`, at most one row each. */
  recordAttempts(
    attempts: readonly AttemptRow[],
    deliveries: readonly DeliveryRow[],
    nowMs: number,
  ): Promise<void>
  /** Makes the partitions of the coming days. */
  prepare(nowMs: number): Promise<void>
}

export function history(pg: Postgres): History {
  const partitions = dayPartitions(pg)
  return {
    recordEvents: async (rows, nowMs) => {
      await partitions.ensure(
        'events',
        rows.map((row) => row.receivedAtMs),
        nowMs,
      )
      await appendEvents(pg.db, rows)
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
        await appendAttempts(db, attempts)
        await mergeDeliveries(db, deliveries)
      })
    },
    prepare: (nowMs) => partitions.ensureAhead(nowMs),
  }
}
