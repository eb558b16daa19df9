/**
 * What was sent, by endpoint and day (and hour: usage-hours.ts), and what came in, by day: counted in the statement that appends to the log, kept
 * longer than the log, read without looking at it.
 *
 * Invariants
 *   Y1. Usage is the count over the distinct attempts and events: what is appended again is not new, so it is not counted
 *       again, whoever appends it, in whatever batches, and also when a recorder dies between them.
 *   Y2. What the log has let go of is not counted again when it is read again: nothing that is older than what is kept
 *       counts. What is counted stays when its day is dropped.
 *   Y3. Writers that count for the same endpoint never deadlock: rows are locked in one order, days before hours and each by
 *       key, by the last statement of the transaction, which thus also holds them shortest.
 */

import { latencyBucketCount } from '@scanhook/domain/usage/latency-histogram'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Page, PageQuery } from './change.ts'
import { type HistoryKeep, keptFromMs } from './history-partitions.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, amongFilter } from './row-filters.ts'
import { isoOf } from './tables.ts'
import { countHoursSql, latencyBucketSql, requestKindSql } from './usage-hours.ts'

/** The clocks of two recorders, and the time that a transaction takes: both are seconds (Y2). */
const keepMarginMs = 3_600_000

/** Thirteen months: this month beside the same one of last year. A row has some 300 bytes. */
export const usageKeptDays = 400

const counters = ['events', 'attempts', 'delivered', 'dead', 'expired', 'superseded'] as const

export interface Usage {
  /** First requests for an event; what people have sent again is none. */
  readonly events: number
  /** Requests, once for each delivery that they carried. Tests are none. */
  readonly attempts: number
  /** Ends of deliveries and of what was sent again. */
  readonly delivered: number
  /** Without those that follow. */
  readonly dead: number
  readonly expired: number
  readonly superseded: number
  /** Requests that were answered or timed out, by their duration (domain/usage/latency-histogram). */
  readonly latencies: readonly number[]
}

export interface EndpointUsage extends Usage {
  /** UTC, `2026-11-26`. */
  readonly day: string
  readonly endpointId: number
}

export interface OrganizationUsage extends Usage {
  readonly day: string
  /** What came in or was derived, whether anybody wanted it or not. */
  readonly eventsRecorded: number
}

export const usageSortFields = ['day', 'webhook_id'] as const
export type UsageSortField = (typeof usageSortFields)[number]

/** UTC days (`2026-11-26`), both inclusive. */
export interface DaySpan {
  readonly fromDay: string
  readonly toDay: string
}

export interface UsageQuery extends DaySpan, PageQuery<UsageSortField> {
  readonly endpointIds?: readonly number[] | undefined
}

export interface UsageStore {
  /** Days on which nothing was sent have no row. */
  list(orgId: number, query: UsageQuery): Promise<Page<EndpointUsage>>
  /** All endpoints together, deleted ones too; the newest day first. Days on which nothing happened have no row. */
  totals(orgId: number, query: DaySpan & Omit<PageQuery<'day'>, 'sort'>): Promise<Page<OrganizationUsage>>
}

/** Y2. Epoch ms; what is older is not counted. */
export function countedFromMs(keep: HistoryKeep, nowMs: number): number {
  return keptFromMs('attempts', keep, nowMs) + keepMarginMs
}

const buckets: readonly number[] = Array.from({ length: latencyBucketCount }, (_, index) => index)

/** An array with what `each` says of every bucket. */
const perBucket = (each: (index: number) => string): RawBuilder<unknown> =>
  sql.raw(`array[${buckets.map(each).join(', ')}]`)

/**
 * Appends attempts (`insert into attempts … select …`) and counts those that were new, by hour (usage-hours.ts) and by day. By
 * bucket first: thirty conditions for each row would be two thirds of what counting costs (800 rows: 2.9 ms, else 1.1 to 2.5).
 */
export async function countAttempts(db: Db, inserted: RawBuilder<unknown>, fromMs: number): Promise<void> {
  await sql`
    with added as (${inserted} on conflict do nothing
      returning org_id, endpoint_id, event_type, started_at, attempt_number, trigger, disposition, reason, outcome, status,
        error_class, total_ms),
    counted as (
      select org_id, endpoint_id, event_type, date_trunc('hour', started_at, 'UTC') as hour,
        case when outcome is not null then ${requestKindSql} end as kind, ${latencyBucketSql} as bucket,
        count(*) filter (where attempt_number = 1 and trigger = 'event' and outcome is not null) as events,
        count(*) filter (where outcome is not null) as attempts,
        count(*) filter (where disposition = 'delivered') as delivered,
        count(*) filter (where disposition = 'dead' and coalesce(reason, '') not in ('expired', 'superseded')) as dead,
        count(*) filter (where disposition = 'dead' and reason = 'expired') as expired,
        count(*) filter (where disposition = 'dead' and reason = 'superseded') as superseded
      from added
      where ${since('started_at', fromMs)} and trigger <> 'test' and (outcome is not null or disposition = 'dead')
      group by org_id, endpoint_id, event_type, hour, kind, bucket),
    hours as (${countHoursSql})
    insert into usage_days (org_id, day, endpoint_id, ${sql.raw(counters.join(', '))}, latencies)
    select org_id, (hour at time zone 'UTC')::date as day, endpoint_id,
      ${sql.raw(counters.map((name) => `sum(${name})::bigint`).join(', '))},
      ${perBucket((index) => `coalesce(sum(attempts) filter (where bucket = ${index}), 0)::integer`)}
    from counted
    group by org_id, day, endpoint_id
    order by org_id, day, endpoint_id
    on conflict (org_id, day, endpoint_id) do update set
      ${sql.raw(counters.map((name) => `${name} = usage_days.${name} + excluded.${name}`).join(', '))},
      latencies = ${perBucket((index) => `usage_days.latencies[${index + 1}] + excluded.latencies[${index + 1}]`)}`.execute(
    db,
  )
}

/** The same for events. */
export async function countEvents(db: Db, inserted: RawBuilder<unknown>, fromMs: number): Promise<void> {
  await sql`
    with added as (${inserted} on conflict do nothing returning org_id, received_at)
    insert into usage_event_days (org_id, day, events)
    select org_id, (received_at at time zone 'UTC')::date as day, count(*)
    from added where ${since('received_at', fromMs)}
    group by org_id, day
    order by org_id, day
    on conflict (org_id, day) do update set events = usage_event_days.events + excluded.events`.execute(db)
}

function since(column: string, fromMs: number): Expression<SqlBool> {
  return sql<boolean>`${sql.ref(column)} >= ${isoOf(fromMs)}::timestamptz`
}

const dayText = sql.raw(`to_char(day, 'YYYY-MM-DD') as day`)
const sortedBy: Readonly<Record<UsageSortField, string>> = { day: 'day', webhook_id: 'endpoint_id' }

export function usage(pg: Postgres): UsageStore {
  return {
    list: async (orgId, query) => {
      const where = allOf([
        ...withinDays(orgId, query),
        ...amongFilter('endpoint_id', 'bigint', query.endpointIds),
      ])
      const order = sql.raw(
        [
          ...query.sort.map(({ by, direction }) => `${sortedBy[by]} ${direction}`),
          'day desc',
          'endpoint_id',
        ].join(', '),
      )
      const { rows } = await sql<EndpointUsage>`
        select ${dayText}, endpoint_id, ${sql.raw(counters.join(', '))}, latencies from usage_days where ${where}
        order by ${order} limit ${query.limit} offset ${query.offset}`.execute(pg.db)
      return { rows, totalCount: await countOf(pg, sql`select from usage_days where ${where}`) }
    },
    totals: async (orgId, query) => {
      const where = allOf(withinDays(orgId, query))
      // At most 92 days of the endpoints of one organization: some thousand short rows.
      const days = sql`
        (select day, ${sql.raw(counters.map((name) => `sum(${name})::bigint as ${name}`).join(', '))},
          ${perBucket((index) => `sum(latencies[${index + 1}])::double precision`)} as latencies
          from usage_days where ${where} group by day) sent
        full join (select day, events as events_recorded from usage_event_days where ${where}) recorded using (day)`
      const { rows } = await sql<OrganizationUsage>`
        select ${dayText}, coalesce(events_recorded, 0) as events_recorded,
          ${sql.raw(counters.map((name) => `coalesce(${name}, 0) as ${name}`).join(', '))},
          coalesce(latencies, ${perBucket(() => '0::double precision')}) as latencies
        from ${days} order by 1 desc limit ${query.limit} offset ${query.offset}`.execute(pg.db)
      return { rows, totalCount: await countOf(pg, sql`select from ${days}`) }
    },
  }
}

function withinDays(orgId: number, { fromDay, toDay }: DaySpan): readonly Expression<SqlBool>[] {
  return [sql<boolean>`org_id = ${orgId}`, sql<boolean>`day between ${fromDay}::date and ${toDay}::date`]
}

/** Bounded by the span of days and the number of endpoints, so it needs no bound of its own. */
async function countOf(pg: Postgres, selected: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from (${selected}) counted`.execute(pg.db)
  return rows[0]?.count ?? 0
}

/** Lets go of days that began before the instant (epoch ms). Gives the number of rows. */
export async function forgetUsage(pg: Postgres, beforeMs: number): Promise<number> {
  let deleted = 0
  for (const table of ['usage_days', 'usage_event_days']) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where day < (${isoOf(beforeMs)}::timestamptz at time zone 'UTC')::date`.execute(
      pg.db,
    )
    deleted += Number(numAffectedRows ?? 0n)
  }
  return deleted
}
