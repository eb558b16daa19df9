/**
 * Which records of `poison` were put back on their topic. Knows no Kafka: how it is done is handed over.
 *
 * Invariants
 *   P1. Of two who put back the same record at once one does it, and the other is told that it is done.
 *   P2. What could not be put back is not marked: the mark and its audit entry commit after it. Who dies in between leaves a
 *       record that was put back and is not marked; what reads it tells copies apart (docs/operate/poison.md).
 *   P3. While it is put back nothing is written: a transaction that has an id holds up all who read what is recorded
 *       (event-feed N1), and Kafka may take seconds.
 */
import { sql } from 'kysely'
import { type Authorship, append } from './audit-log.ts'
import type { Postgres } from './open.ts'
import { isoOf } from './tables.ts'

export interface PoisonPlace {
  /** Of `poison`, with its prefix. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** When it was set aside, epoch ms. */
  readonly atMs: number
}

export interface PoisonReplay {
  readonly place: PoisonPlace
  /** Also when it was put back before. */
  readonly isAgain: boolean
  /** For the audit log: where to, and why it was set aside. */
  readonly origin: { readonly topic: string; readonly reason: string }
}

export interface ReplayedBefore extends PoisonPlace {
  /** The last time, epoch ms. */
  readonly replayedAtMs: number
  readonly times: number
}

export interface PoisonReplays {
  /** Those among them that were put back. */
  among(places: readonly PoisonPlace[]): Promise<readonly ReplayedBefore[]>
  /** Calls `act`, then marks it; rejects as `act` does, and then nothing is marked. */
  replay(by: Authorship, replay: PoisonReplay, act: () => Promise<void>): Promise<'replayed' | 'already'>
  /** Deletes at most `limit` of more than so many days ago, and gives their number. */
  forget(limit: number, keptDays: number): Promise<number>
}

export function poisonReplays(pg: Postgres): PoisonReplays {
  return {
    among: async (places) => {
      if (places.length === 0) return []
      const { rows } = await sql<ReplayedBefore>`
        select r.topic, r.partition, r.record_offset as "offset", r.set_aside_at as at_ms, r.replayed_at as replayed_at_ms,
          r.times
        from poison_replays r join unnest(${places.map(({ topic }) => topic)}::text[],
          ${places.map(({ partition }) => partition)}::integer[], ${places.map(({ offset }) => offset)}::bigint[],
          ${places.map(({ atMs }) => isoOf(atMs))}::timestamptz[]) as asked (topic, partition, record_offset, set_aside_at)
          using (topic, partition, record_offset, set_aside_at)`.execute(pg.db)
      return rows
    },
    replay: (by, { place, isAgain, origin }, act) =>
      pg.db.transaction().execute(async (db) => {
        const { topic, partition, offset, atMs } = place
        // Who comes second waits here for the first one's commit. A lock of this kind takes no transaction id (P3).
        await sql`select pg_advisory_xact_lock(hashtext('scanhook poison'), hashtext(${`${topic}:${partition}:${offset}`}))`.execute(
          db,
        )
        const { rows: before } = await sql`
          select from poison_replays where topic = ${topic} and partition = ${partition}
            and record_offset = ${offset} and set_aside_at = ${isoOf(atMs)}`.execute(db)
        if (before.length > 0 && !isAgain) return 'already'
        await act()
        const { rows } = await sql<{ times: number }>`
          insert into poison_replays as r (topic, partition, record_offset, set_aside_at)
          values (${topic}, ${partition}, ${offset}, ${isoOf(atMs)})
          on conflict (topic, partition, record_offset, set_aside_at)
            do update set times = r.times + 1, replayed_at = now()
          returning times`.execute(db)
        await append(db, by, {
          ...{ operation: 'poison_record.replayed', id: `${partition}:${offset}`, name: origin.topic },
          before: null,
          after: { poison_topic: topic, partition, offset, ...origin, times: rows[0]?.times ?? 1 },
        })
        return 'replayed'
      }),
    forget: async (limit, keptDays) => {
      const { numAffectedRows } = await sql`
        delete from poison_replays where (topic, partition, record_offset, set_aside_at) in (
          select topic, partition, record_offset, set_aside_at from poison_replays
          where replayed_at < now() - make_interval(days => ${keptDays}) order by replayed_at limit ${limit}
          for update skip locked)`.execute(pg.db)
      return Number(numAffectedRows ?? 0n)
    },
  }
}
