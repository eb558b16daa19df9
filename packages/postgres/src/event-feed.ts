/**
 * Events in the order in which they were recorded, and where named readers have come to.
 *
 * Invariants
 *   N1. Whoever goes on from the position of a page meets every event that was recorded, whenever its transaction began or
 *       ended: a page ends before the oldest transaction that was still running and may commit, below which nothing is added
 *       any more. A rehearsal never commits (rehearse W1), so nobody waits for one (rehearse W3), and what runs in another database
 *       of the server records nothing here: neither holds a page back for longer than a moment.
 *   N2. Nothing comes twice to whoever goes on from there.
 *   N3. A position is moved forward only by its reader's word, and a cursor is of its organization alone.
 */
import { sql } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import type { StoredEvent } from './events.ts'
import type { Db, Postgres, Session } from './open.ts'
import { isRehearsalMark } from './rehearse.ts'
import { allOf, amongFilter } from './row-filters.ts'
import { isoOf } from './tables.ts'

/** In the log of events, or of attempts (attempt-feed.ts). */
export interface FeedPosition {
  /** A transaction's id in digits. Everything up to there is done with. */
  readonly xid: string
  /** The last event of that transaction that is done with, or the last delivery; null: all of it. */
  readonly rowId: string | null
}

export interface FeedQuery {
  readonly after: FeedPosition
  readonly types?: readonly string[] | undefined
  readonly limit: number
}

export interface FeedPage {
  readonly rows: readonly StoredEvent[]
  /** Where the next page begins. */
  readonly next: FeedPosition
  /** More is there already. */
  readonly hasMore: boolean
}

export interface EventCursor {
  readonly name: string
  readonly position: FeedPosition
  readonly createdAt: number
  readonly updatedAt: number
}

export interface EventFeed {
  read(orgId: number, query: FeedQuery): Promise<FeedPage>
  /** After everything that is recorded. */
  end(): Promise<FeedPosition>
  /** Before the first event that was received at `atMs` or later. */
  seek(orgId: number, atMs: number): Promise<FeedPosition>
  findCursor(orgId: number, name: string): Promise<EventCursor | null>
  listCursors(orgId: number): Promise<readonly EventCursor[]>
  /** Makes it, or sets it there. Null: the organization has `cursorsMax` already. */
  setCursor(
    by: Writer<EventCursor>,
    name: string,
    position: FeedPosition,
    cursorsMax: number,
  ): Promise<EventCursor | null>
  /** Moves it there, if that is forward. Null: there is no such cursor. */
  advanceCursor(orgId: number, name: string, position: FeedPosition): Promise<EventCursor | null>
  /** False when there is no such cursor. */
  removeCursor(by: Writer<EventCursor>, name: string): Promise<boolean>
}

export const uuidMax = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
/** Before everything: rows of before the feed have transaction 3. */
export const feedStart: FeedPosition = { xid: '0', rowId: null }

interface CursorRow {
  readonly name: string
  readonly recordedXid: string
  readonly eventId: string | null
  readonly createdAt: number
  readonly updatedAt: number
}

export function eventFeed(pg: Postgres): EventFeed {
  return {
    read: (orgId, query) => read(pg, orgId, query),
    end: () => feedEnd(pg),
    seek: async (orgId, atMs) => {
      const { rows } = await sql<{ xid: string | null }>`
        select min(recorded_xid::text::numeric)::text as xid from events
        where org_id = ${orgId} and received_at >= ${isoOf(atMs)}::timestamptz`.execute(pg.db)
      return { xid: before(rows[0]?.xid ?? (await horizonOf(pg))), rowId: null }
    },
    findCursor: async (orgId, name) => (await cursors(pg.db, orgId, name))[0] ?? null,
    listCursors: (orgId) => cursors(pg.db, orgId),
    setCursor: (by, name, { xid, rowId }, cursorsMax) =>
      pg.db.transaction().execute(async (db) => {
        const orgId = orgOf(by)
        const before = await lockCursor(db, orgId, name)
        const { numAffectedRows } = await sql`
          insert into event_cursors as c (org_id, name, recorded_xid, event_id)
          select ${orgId}, ${name}, ${xid}::xid8, ${rowId}::uuid
          where (select count(*) from event_cursors where org_id = ${orgId} and name <> ${name}) < ${cursorsMax}
          on conflict (org_id, name) do update
            set recorded_xid = excluded.recorded_xid, event_id = excluded.event_id, updated_at = now()`.execute(
          db,
        )
        if (numAffectedRows !== 1n) return null
        const after = (await cursors(db, orgId, name))[0] ?? null
        await record(db, by, { operation: 'event_cursor.set', id: null, name, before, after })
        return after
      }),
    advanceCursor: async (orgId, name, { xid, rowId }) => {
      await sql`
        update event_cursors set recorded_xid = ${xid}::xid8, event_id = ${rowId}::uuid, updated_at = now()
        where org_id = ${orgId} and name = ${name}
          and (recorded_xid, coalesce(event_id, ${uuidMax}::uuid)) < (${xid}::xid8, ${rowId ?? uuidMax}::uuid)`.execute(
        pg.db,
      )
      return (await cursors(pg.db, orgId, name))[0] ?? null
    },
    removeCursor: (by, name) =>
      pg.db.transaction().execute(async (db) => {
        const orgId = orgOf(by)
        const before = await lockCursor(db, orgId, name)
        if (before === null) return false
        await sql`delete from event_cursors where org_id = ${orgId} and name = ${name}`.execute(db)
        await record(db, by, { operation: 'event_cursor.deleted', id: null, name, before, after: null })
        return true
      }),
  }
}

async function lockCursor(db: Db, orgId: number, name: string): Promise<EventCursor | null> {
  await sql`select from event_cursors where org_id = ${orgId} and name = ${name} for update`.execute(db)
  return (await cursors(db, orgId, name))[0] ?? null
}

async function read(pg: Postgres, orgId: number, { after, types, limit }: FeedQuery): Promise<FeedPage> {
  // Asked first: whatever is below it has ended by now, so the look that follows sees all of it.
  const horizon = await horizonOf(pg)
  const where = allOf([
    sql<boolean>`org_id = ${orgId}`,
    sql<boolean>`(recorded_xid, event_id) > (${after.xid}::xid8, ${after.rowId ?? uuidMax}::uuid)`,
    sql<boolean>`recorded_xid < ${horizon}::xid8`,
    ...amongFilter('type', 'text', types),
  ])
  const { rows: found } = await sql<StoredEvent & { recordedXid: string }>`
    select event_id, org_id, type, occurred_at, received_at, subject, asset_id, sequence, previous_event_id,
      transition_id, data, recorded_xid::text as recorded_xid
    from events where ${where} order by recorded_xid, event_id limit ${limit + 1}`.execute(pg.db)
  const rows = found.slice(0, limit).map(({ recordedXid: _, ...row }) => row)
  const last = found[limit - 1]
  if (found.length > limit && last !== undefined)
    return { rows, next: { xid: last.recordedXid, rowId: last.eventId }, hasMore: true }
  // Nothing of interest is left below the horizon: it need not be looked at again.
  return { rows, next: feedCaughtUp(after, horizon), hasMore: false }
}

/** After everything that is recorded. */
export async function feedEnd(pg: Postgres): Promise<FeedPosition> {
  return { xid: before(await horizonOf(pg)), rowId: null }
}

/** Longer than what writes here takes; nobody is held up for longer than that by what records nothing here. */
const stuckMs = 250
/** Which transaction was the oldest when this process looked, and since when, by the database's clock. */
const oldestSeen = new WeakMap<Postgres, { readonly xid: string; readonly sinceMs: number }>()

/**
 * The id of the oldest transaction that still runs, in digits; where there is none, the next one's. Rehearsals and transactions of
 * other databases, which a snapshot has as well, do not count: looking for whose they are costs ten times as much as the snapshot
 * alone, so it is done where one transaction has been the oldest for a while.
 */
export async function horizonOf(pg: Postgres): Promise<string> {
  const { rows } = await sql<{ oldest: string; next: string; atMs: number }>`
    select pg_snapshot_xmin(snapshot)::text as oldest, pg_snapshot_xmax(snapshot)::text as next,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as at_ms
    from (select pg_current_snapshot() as snapshot) now`.execute(pg.db)
  const [now] = rows
  if (now === undefined) return '0'
  const { oldest, next, atMs } = now
  if (oldest === next) return oldest
  const seen = oldestSeen.get(pg)
  if (seen?.xid !== oldest) oldestSeen.set(pg, { xid: oldest, sinceMs: atMs })
  else if (atMs - seen.sinceMs >= stuckMs) return horizonOfWriters(pg)
  return oldest
}

/**
 * The snapshot is taken before the locks are looked at, and a rehearsal has its mark before its id: one that has ended meanwhile is
 * not known as one any more, and counts this once; so does a stranger's that has ended. A prepared transaction has no session, and
 * counts.
 */
async function horizonOfWriters(pg: Postgres): Promise<string> {
  const { rows } = await sql<{ horizon: string }>`
    with now as materialized (select pg_current_snapshot() as snapshot)
    select coalesce(
      (select running.xid from now, pg_snapshot_xip(now.snapshot) as running (xid)
       where running.xid::xid <> all (array(
         select own.transactionid from pg_locks own
         where own.locktype = 'transactionid' and own.granted and own.mode = 'ExclusiveLock'
           and (own.pid in (select mark.pid from pg_locks mark where ${isRehearsalMark('mark')})
             or own.pid in (select pid from pg_stat_activity
               where datid <> (select oid from pg_database where datname = current_database())))))
       order by running.xid limit 1),
      (select pg_snapshot_xmax(snapshot) from now))::text as horizon`.execute(pg.db)
  return rows[0]?.horizon ?? '0'
}

/** Above all that was ever given here as a place: unlike the horizon it never goes back, not even for a moment. In digits. */
export async function nextTransaction(pg: Postgres): Promise<string> {
  const { rows } = await sql<{ next: string }>`
    select pg_snapshot_xmax(pg_current_snapshot())::text as next`.execute(pg.db)
  return rows[0]?.next ?? '0'
}

/** Up to the last transaction below `horizon`; a position never goes back, even where a standby or another database is behind. */
export function feedCaughtUp(after: FeedPosition, horizon: string): FeedPosition {
  const reached = before(horizon)
  return BigInt(after.xid) > BigInt(reached) ? after : { xid: reached, rowId: null }
}

const before = (xid: string): string => (BigInt(xid) - 1n).toString()

async function cursors(db: Db, orgId: number, name: string | null = null): Promise<readonly EventCursor[]> {
  const { rows } = await sql<CursorRow>`
    select name, recorded_xid::text as recorded_xid, event_id, created_at, updated_at from event_cursors
    where org_id = ${orgId} and (${name}::text is null or name = ${name}) order by name`.execute(db)
  return rows.map((row) => ({
    name: row.name,
    position: { xid: row.recordedXid, rowId: row.eventId },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }))
}

/** What there is to hear of, as its channel is called. */
export const recordedLogs = ['events_recorded', 'attempts_recorded'] as const
export type RecordedLog = (typeof recordedLogs)[number]
/** Something was recorded in that log for that organization. */
export type RecordedSignal = `${RecordedLog} ${number}`

/** Tells whoever listens that rows of these organizations were recorded. After the commit: a wake that is lost costs a second. */
export async function tellRecorded(pg: Postgres, log: RecordedLog, orgIds: readonly number[]): Promise<void> {
  if (orgIds.length === 0) return
  await sql`select pg_notify(${log}, id::text) from unnest(${[...new Set(orgIds)]}::bigint[]) as id`.execute(
    pg.db,
  )
}

/** A connection that hears of what is recorded, until it ends. Rejects with POSTGRES_UNAVAILABLE. */
export async function listenRecorded(
  pg: Postgres,
  { onSignal, onEnd }: { readonly onSignal: (signal: RecordedSignal) => void; readonly onEnd: () => void },
): Promise<Pick<Session, 'close'>> {
  const session = await pg.openSession({
    onNotification: (channel, payload) => {
      const log = recordedLogs.find((each) => each === channel)
      if (log !== undefined) onSignal(`${log} ${Number(payload)}`)
    },
    onEnd,
  })
  for (const log of recordedLogs) await session.query(`listen ${log}`)
  return session
}
