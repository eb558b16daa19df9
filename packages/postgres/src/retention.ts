/**
 * Lets history go when it is old enough: whole partitions, and the few rows that stand in no partition of their own.
 *
 * Invariants
 *   D1. Nothing younger than `HistoryKeep` is dropped.
 *   D2. A delivery that still waits for an attempt, or with which something happened within what is kept, stays: it moves
 *       to the default partition when its day goes. Where they are too many to move, the day waits.
 *   D3. Nobody who reads or writes waits for longer than `lockTimeoutMs`; who can't have the lock by then tries again later.
 *   D4. Several may do this at once, and any of them may die at any moment: a partition goes wholly or not at all.
 *   D6. Of an organization that wants its log kept for a shorter time, what is older goes row by row; nobody else's does.
 *   D5. Of an endpoint's versions all are kept that were in force since the oldest event that is.
 */
import { sql } from 'kysely'
import { shownStateSql } from './deliveries.ts'
import { endpointVersions } from './endpoint-versions.ts'
import { isPostgresError, postgresErrorOf } from './errors.ts'
import { expiredOf, type Partition, partitionOf } from './expired-partitions.ts'
import { type HistoryKeep, type HistoryTable, historyTables, keptFromMs } from './history-partitions.ts'
import type { Db, Postgres } from './open.ts'
import { isoOf } from './tables.ts'
import { forgetUsage, usageKeptDays } from './usage.ts'
import { forgetUsageHours, usageHoursKeptDays } from './usage-hours.ts'

/**
 * A lock of the whole table lets nobody pass who comes after it, so this is how long lists and the recorder stand still at
 * the worst. The longest statement of ours is a page of a job, some tens of milliseconds.
 */
const lockTimeoutMs = 1_000
/** For the old day alone, whose writers are few; autovacuum, which works there after a busy day, gives way after one second. */
const dayLockTimeoutMs = 10_000
/** Moving that many rows takes a second or two, in which the table is locked. A webhook that was paused for a month may have more. */
const movedMax = 20_000
/** Rows of one statement; about 0.2 s. */
const deletedBatch = 5_000
/** Of one round and table; more waits for the next. Rows without a day of their own are few: late uploads, a clock that was wrong. */
const deletedMax = 200_000
/** A change of an endpoint counts from a minute earlier (domain/log-horizon), and clocks differ. */
const versionMarginMs = 3_600_000

export type ExpiringTable = HistoryTable | 'endpoint_versions' | 'jobs' | 'usage'
export const expiringTables: readonly ExpiringTable[] = [
  ...historyTables,
  'endpoint_versions',
  'jobs',
  'usage',
]

export type DropOutcome = 'dropped' | 'gone' | 'locked' | 'waits'

export interface RetentionEvents {
  readonly onPartition: (table: HistoryTable, name: string, outcome: DropOutcome) => void
  /** Rows of the default partition and of tables without any. */
  readonly onRows: (table: ExpiringTable, count: number) => void
  /** Begin of the oldest partition that is left, epoch ms. */
  readonly onOldest: (table: HistoryTable, fromMs: number) => void
}

/** For the pool of `retention`: looking through a day of tens of millions of rows takes that long, and nobody waits for it. */
export const retentionStatementTimeoutMs = 300_000

export interface Retention {
  /** Rejects with the error of what failed; what was dropped before stays dropped. `isStopped` ends it early. */
  round(nowMs: number, isStopped: () => boolean): Promise<void>
}

export function retention(pg: Postgres, keep: HistoryKeep, told: RetentionEvents): Retention {
  async function expire(table: HistoryTable, fromMs: number, isStopped: () => boolean): Promise<void> {
    const partitions = await partitionsOf(pg, table)
    const left = new Set(partitions)
    for (const partition of expiredOf(partitions, fromMs)) {
      if (isStopped()) return
      const outcome = await drop(pg, table, partition, fromMs)
      if (outcome === 'dropped' || outcome === 'gone') left.delete(partition)
      told.onPartition(table, partition.name, outcome)
    }
    if (left.size > 0) told.onOldest(table, Math.min(...[...left].map((one) => one.fromMs)))
    told.onRows(table, await deleteOld(pg, table, fromMs, isStopped))
  }

  /** D6 */
  async function expireOwn(
    { orgId, logDays }: ShorterLog,
    nowMs: number,
    isStopped: () => boolean,
  ): Promise<void> {
    const fromMs = nowMs - logDays * dayMs
    for (const table of logTables) {
      const begun = (await partitionsOf(pg, table)).filter((partition) => partition.fromMs < fromMs)
      for (const part of [...begun.map(({ name }) => name), `${table}_default`]) {
        if (isStopped()) return
        const count = await deleteRows(pg, { table, part, fromMs, orgId }, isStopped)
        if (count > 0) told.onRows(table, count)
      }
    }
  }

  return {
    round: async (nowMs, isStopped) => {
      for (const table of historyTables) await expire(table, keptFromMs(table, keep, nowMs), isStopped)
      for (const shorter of await shorterLogs(pg, keep.logDays)) await expireOwn(shorter, nowMs, isStopped)
      if (isStopped()) return
      const logFromMs = keptFromMs('events', keep, nowMs)
      const oldestMs = Math.floor(logFromMs / dayMs) * dayMs
      told.onRows('endpoint_versions', await endpointVersions(pg).forget(oldestMs - versionMarginMs)) // D5
      told.onRows('jobs', await deleteEndedJobs(pg, logFromMs))
      const days = await forgetUsage(pg, nowMs - usageKeptDays * dayMs)
      told.onRows('usage', days + (await forgetUsageHours(pg, nowMs - usageHoursKeptDays * dayMs)))
    },
  }
}

const dayMs = 86_400_000
const instants: Readonly<Record<HistoryTable, string>> = {
  events: 'received_at',
  deliveries: 'event_occurred_at',
  attempts: 'started_at',
  asset_scans: 'observed_at',
}

async function partitionsOf(pg: Postgres, table: HistoryTable): Promise<readonly Partition[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits join pg_class c on c.oid = inhrelid
    where inhparent = ${table}::regclass`.execute(pg.db)
  return rows.flatMap(({ name }) => partitionOf(table, name) ?? [])
}

/** D2: which rows of deliveries stay, although their event occurred before `fromMs`. */
const stays = (fromMs: number) => sql`
  (${shownStateSql} = 'pending' or greatest(created_at, last_attempt_at, completed_at, rank_at) >= ${isoOf(fromMs)}::timestamptz)`

class Waits extends Error {}

/** D4: one transaction. The lock is the one that making a partition takes (migration 0010). */
async function drop(
  pg: Postgres,
  table: HistoryTable,
  { name }: Partition,
  fromMs: number,
): Promise<DropOutcome> {
  try {
    return await pg.db.transaction().execute(async (db) => {
      await sql`set local lock_timeout = ${sql.lit(dayLockTimeoutMs)}`.execute(db)
      await sql`select pg_advisory_xact_lock(hashtext('scanhook partition'), hashtext(${table}))`.execute(db)
      if (!(await exists(db, name))) return 'gone'
      await sql`lock table ${sql.table(name)} in share mode`.execute(db)
      if (table === 'deliveries') await keepAside(db, name, fromMs)
      await sql`set local lock_timeout = ${sql.lit(lockTimeoutMs)}`.execute(db) // D3
      await sql`alter table ${sql.table(table)} detach partition ${sql.table(name)}`.execute(db)
      // Into the default partition: it has no other any more.
      if (table === 'deliveries') await sql`insert into deliveries select * from kept`.execute(db)
      await sql`drop table ${sql.table(name)}`.execute(db)
      return 'dropped'
    })
  } catch (thrown) {
    if (thrown instanceof Waits) return 'waits'
    const error = postgresErrorOf(thrown)
    if (isPostgresError(error, 'POSTGRES_CONTENDED') || isPostgresError(error, 'POSTGRES_TIMEOUT'))
      return 'locked'
    throw error
  }
}

async function exists(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select to_regclass(${name}) is not null as found`.execute(db)
  return rows[0]?.found === true
}

/** Only writers of that old day wait while it is looked through. */
async function keepAside(db: Db, name: string, fromMs: number): Promise<void> {
  await sql`
    create temporary table kept on commit drop as
      select * from ${sql.table(name)} where ${stays(fromMs)} limit ${sql.lit(movedMax + 1)}`.execute(db)
  const { rows } = await sql<{ count: number }>`select count(*) from kept`.execute(db)
  if ((rows[0]?.count ?? 0) > movedMax) throw new Waits()
}

async function deleteOld(
  pg: Postgres,
  table: HistoryTable,
  fromMs: number,
  isStopped: () => boolean,
): Promise<number> {
  return deleteRows(pg, { table, part: `${table}_default`, fromMs, orgId: null }, isStopped)
}

interface OldRows {
  readonly table: HistoryTable
  readonly part: string
  readonly fromMs: number
  /** Null: everybody's. */
  readonly orgId: number | null
}

async function deleteRows(
  pg: Postgres,
  { table, part: name, fromMs, orgId }: OldRows,
  isStopped: () => boolean,
): Promise<number> {
  const part = sql.table(name)
  const own = orgId === null ? sql`` : sql`org_id = ${orgId} and`
  const isOld = sql`${own} ${sql.ref(instants[table])} < ${isoOf(fromMs)}::timestamptz`
  const where = table === 'deliveries' ? sql`${isOld} and not ${stays(fromMs)}` : isOld
  let deleted = 0
  while (deleted < deletedMax && !isStopped()) {
    const { numAffectedRows } = await sql`
      delete from ${part} where ctid = any(array(
        select ctid from ${part} where ${where} limit ${sql.lit(deletedBatch)} for update skip locked))`.execute(
      pg.db,
    )
    const count = Number(numAffectedRows ?? 0n)
    deleted += count
    if (count < deletedBatch) break
  }
  return deleted
}

interface ShorterLog {
  readonly orgId: number
  readonly logDays: number
}

const logTables = ['events', 'deliveries', 'attempts'] as const

async function shorterLogs(pg: Postgres, logDays: number): Promise<readonly ShorterLog[]> {
  const { rows } = await sql<ShorterLog>`
    select id as org_id, log_days from organizations where log_days < ${logDays} order by id`.execute(pg.db)
  return rows
}

/** What they did stands in deliveries and attempts that are gone, too. */
async function deleteEndedJobs(pg: Postgres, beforeMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from jobs where finished_at < ${isoOf(beforeMs)}::timestamptz`.execute(pg.db)
  return Number(numAffectedRows ?? 0n)
}
