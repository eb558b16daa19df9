/**
 * How requests to endpoints went lately: by time, by class of status, by event type, and what failed since an endpoint last took
 * anything. Spans of hours come from what was counted while the log was written (usage-hours.ts), all of it; shorter ones, and
 * those that began before anything was counted by hours, from the log. Tests count nowhere, as in usage.
 *
 * Invariants
 *   T1. What is looked at in the log is bounded and the newest; where there was more, or not all was counted, that is said.
 *   T2. Every request that is looked at is in exactly one bucket, one class and one type.
 *   T3. Durations are those of the requests, or within `latencyErrorShare` of them, and it is said which.
 */

import type { AttemptErrorClass } from '@scanhook/domain/attempt'
import { latencyErrorShare, latencyQuantileMs } from '@scanhook/domain/usage/latency-histogram'
import {
  type Counted,
  type RequestSums,
  sumRequests,
  type TimedCount,
} from '@scanhook/domain/usage/sum-requests'
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Postgres } from './open.ts'
import { isoOf } from './tables.ts'
import { hoursCountedFromMs, listEndpointHours, listRequestSpans } from './usage-hours.ts'

export interface StatisticsQuery {
  readonly endpointId: number
  /** Epoch ms, by the request's start. */
  readonly fromMs: number
  /** Epoch ms, exclusive. */
  readonly toMs: number
  readonly bucketMs: number
}

export interface EndpointStatistics extends RequestSums {
  /** T1. False: there were more than `lookedMax`, and these are the newest. */
  readonly isComplete: boolean
  /** Epoch ms: all requests from then on were looked at. */
  readonly lookedFromMs: number
  /** T3. How far durations may be from the true ones; 0: they are exact. */
  readonly latencyErrorShare: number
}

/** One way to fail. */
export interface FailureKind {
  readonly status: number | null
  readonly errorClass: string | null
  readonly count: number
}

export interface Failures {
  readonly isComplete: boolean
  /** The most frequent first. */
  readonly kinds: readonly FailureKind[]
}

/** How the requests of a day went, for a row of a list. */
export interface RecentRequests extends Counted {
  readonly endpointId: number
  /** T3. */
  readonly p95Ms: number | null
  /** Requests that delivered, and others, by hour, the oldest first: 24, of which the last is under way. */
  readonly hours: readonly Counted[]
}

export interface RecentPage {
  /** Those to which something was sent. */
  readonly endpoints: readonly RecentRequests[]
  /** T1. Epoch ms: begin of the day, or of the hour from which on all requests are counted. */
  readonly countedFromMs: number
  readonly isComplete: boolean
}

export interface EndpointStatisticsStore {
  find(orgId: number, query: StatisticsQuery): Promise<EndpointStatistics>
  /** Of one endpoint, from an instant (epoch ms) on. */
  failures(orgId: number, endpointId: number, fromMs: number): Promise<Failures>
  /** Of the living endpoints among these (200 at most), the hour of `nowMs` and the 23 before it. */
  recent(orgId: number, endpointIds: readonly number[], nowMs: number): Promise<RecentPage>
}

/** A screen's worth: PostgreSQL reads and sorts so many in half a second. 50,000 are an hour at 14 a second. */
const lookedMax = 50_000
const hourMs = 3_600_000
const hourCount = 24

const delivered = sql`(count(*) filter (where disposition = 'delivered'))::double precision`
const failed = sql`(count(*) filter (where disposition <> 'delivered'))::double precision`
/** Refused connections and the like are over at once, and would make a receiver look quick. */
const quantiles = sql`percentile_disc(array[0.5, 0.95, 0.99]) within group (order by total_ms)
  filter (where outcome = 'responded' or error_class = 'timeout')`

interface GroupRow extends Counted {
  readonly bucket: number | null
  readonly hundreds: number | null
  readonly eventType: string | null
  readonly errorClass: AttemptErrorClass | null
  readonly kind: number
  readonly quantiles: readonly number[] | null
  readonly oldest: number | null
}

/** Which columns a row does not group by, as PostgreSQL's grouping() counts: bucket 8, hundreds 4, event_type 2, error_class 1. */
const groupings = { bucket: 7, hundreds: 11, eventType: 13, errorClass: 14, total: 15 } as const

export function endpointStatistics(pg: Postgres): EndpointStatisticsStore {
  return {
    find: async (orgId, query) => {
      const isOfHours = query.bucketMs % hourMs === 0 && (await hoursCountedFromMs(pg)) <= query.fromMs
      return isOfHours ? await findCounted(pg, orgId, query) : await findLogged(pg, orgId, query)
    },
    failures: async (orgId, endpointId, fromMs) => {
      const { rows } = await sql<FailureKind>`
        with seen as (
          select status, error_class, disposition from attempts
          where ${requestsOf(orgId, { endpointId, fromMs, toMs: null })}
          order by started_at desc limit ${lookedMax + 1})
        select status, error_class, count(*)::double precision as count from seen where disposition <> 'delivered'
        group by status, error_class order by count(*) desc, status, error_class`.execute(pg.db)
      const count = rows.reduce((sum, row) => sum + row.count, 0)
      return { isComplete: count <= lookedMax, kinds: rows }
    },
    recent: async (orgId, endpointIds, nowMs) => {
      const toMs = (Math.floor(nowMs / hourMs) + 1) * hourMs
      const dayFromMs = toMs - hourCount * hourMs
      const countedFromMs = Math.max(dayFromMs, await hoursCountedFromMs(pg))
      const asked = { endpointIds, fromMs: countedFromMs, toMs }
      const rows = await listEndpointHours(pg, orgId, asked)
      const skipped = (countedFromMs - dayFromMs) / hourMs
      const endpoints = [...Map.groupBy(rows, (row) => row.endpointId).entries()].flatMap(
        ([endpointId, own]) => {
          const all = own.find(({ hourIndex }) => hourIndex === null)
          if (all === undefined || all.requests === 0) return []
          const hours = Array.from({ length: hourCount }, (_, index) =>
            splitOf(own.find(({ hourIndex }) => hourIndex === index - skipped)),
          )
          return [{ endpointId, ...splitOf(all), p95Ms: latencyQuantileMs(all.latencies ?? [], 0.95), hours }]
        },
      )
      return { endpoints, countedFromMs, isComplete: countedFromMs === dayFromMs }
    },
  }
}

async function findCounted(pg: Postgres, orgId: number, query: StatisticsQuery): Promise<EndpointStatistics> {
  const sums = sumRequests(await listRequestSpans(pg, orgId, query))
  return { isComplete: true, lookedFromMs: query.fromMs, latencyErrorShare, ...sums }
}

async function findLogged(pg: Postgres, orgId: number, query: StatisticsQuery): Promise<EndpointStatistics> {
  const { bucketMs, fromMs } = query
  const { rows } = await sql<GroupRow>`
    with seen as materialized (
      select floor((extract(epoch from started_at) * 1000 - ${fromMs}) / ${bucketMs})::double precision as bucket,
        coalesce(status / 100, 0)::double precision as hundreds, event_type, disposition, outcome, error_class,
        total_ms, started_at
      from attempts where ${requestsOf(orgId, query)} order by started_at desc limit ${lookedMax + 1})
    select bucket, hundreds, event_type, error_class,
      grouping(bucket, hundreds, event_type, error_class)::double precision as kind,
      ${delivered} as delivered, ${failed} as failed, ${quantiles} as quantiles, min(started_at) as oldest
    from seen group by grouping sets ((bucket), (hundreds), (event_type), (error_class), ())
    order by bucket, hundreds, event_type, error_class`.execute(pg.db)
  const of = (kind: number): readonly GroupRow[] => rows.filter((row) => row.kind === kind)
  const [all] = of(groupings.total)
  const isComplete = (all?.delivered ?? 0) + (all?.failed ?? 0) <= lookedMax
  return {
    isComplete,
    lookedFromMs: isComplete ? fromMs : (all?.oldest ?? fromMs),
    latencyErrorShare: 0,
    total: timed(all),
    buckets: of(groupings.bucket).map((row) => ({
      ...timed(row),
      startMs: fromMs + (row.bucket ?? 0) * bucketMs,
    })),
    statusClasses: of(groupings.hundreds).map((row) => ({
      ...counted(row),
      hundreds: row.hundreds ?? 0,
    })),
    errorClasses: of(groupings.errorClass).flatMap((row) =>
      row.errorClass === null ? [] : [{ errorClass: row.errorClass, count: row.failed }],
    ),
    eventTypes: of(groupings.eventType).map((row) => ({
      ...counted(row),
      eventType: row.eventType ?? '',
    })),
  }
}

function requestsOf(
  orgId: number,
  {
    endpointId,
    fromMs,
    toMs,
  }: Pick<StatisticsQuery, 'endpointId' | 'fromMs'> & { readonly toMs: number | null },
): Expression<SqlBool> {
  const until = toMs === null ? sql`` : sql`and started_at < ${isoOf(toMs)}::timestamptz`
  return sql<boolean>`org_id = ${orgId} and endpoint_id = ${endpointId} and outcome is not null and trigger <> 'test'
    and started_at >= ${isoOf(fromMs)}::timestamptz ${until}`
}

function counted(row: Counted | undefined): Counted {
  return { delivered: row?.delivered ?? 0, failed: row?.failed ?? 0 }
}

function timed(row: (Counted & Pick<GroupRow, 'quantiles'>) | undefined): TimedCount {
  const [p50Ms = null, p95Ms = null, p99Ms = null] = row?.quantiles ?? []
  return { ...counted(row), p50Ms, p95Ms, p99Ms }
}

function splitOf(row: { readonly requests: number; readonly delivered: number } | undefined): Counted {
  return { delivered: row?.delivered ?? 0, failed: (row?.requests ?? 0) - (row?.delivered ?? 0) }
}
