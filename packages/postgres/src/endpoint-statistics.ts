/**
 * How requests to endpoints went lately, out of the log: by time, by class of status, by event type, and what failed since an
 * endpoint last took anything. Tests count nowhere, as in usage; what lies further back than the log is usage's (usage.ts).
 *
 * Invariants
 *   T1. What is looked at is bounded and the newest; where there was more, that is said.
 *   T2. Every request that is looked at is in exactly one bucket, one class and one type.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Postgres } from './open.ts'
import { isoOf } from './tables.ts'

export interface StatisticsQuery {
  readonly endpointId: number
  /** Epoch ms, by the request's start. */
  readonly fromMs: number
  /** Epoch ms, exclusive. */
  readonly toMs: number
  readonly bucketMs: number
}

export interface Counted {
  readonly delivered: number
  readonly failed: number
}

export interface TimedCount extends Counted {
  /** Of requests that were answered or timed out, ms; null for none. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

export interface EndpointStatistics {
  /** T1. False: there were more than `lookedMax`, and these are the newest. */
  readonly isComplete: boolean
  /** Start of the oldest request that was looked at, epoch ms; null for none. */
  readonly lookedFromMs: number | null
  readonly total: TimedCount
  /** Those in which there was something, oldest first. */
  readonly buckets: readonly (TimedCount & { readonly startMs: number })[]
  /** By hundreds of the status; 0 where no answer came. */
  readonly statusClasses: readonly (Counted & { readonly hundreds: number })[]
  readonly eventTypes: readonly (Counted & { readonly eventType: string })[]
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

/** How the newest requests of a day went, for a row of a list. */
export interface RecentRequests extends Counted {
  readonly endpointId: number
  /** T1. */
  readonly isComplete: boolean
  readonly p95Ms: number | null
  /** Requests that delivered, and others, by hour, the oldest first: 24. */
  readonly hours: readonly Counted[]
}

export interface EndpointStatisticsStore {
  find(orgId: number, query: StatisticsQuery): Promise<EndpointStatistics>
  /** Of one endpoint, from an instant (epoch ms) on. */
  failures(orgId: number, endpointId: number, fromMs: number): Promise<Failures>
  /** Of the living endpoints among these, the 24 hours before `nowMs`. */
  recent(orgId: number, endpointIds: readonly number[], nowMs: number): Promise<readonly RecentRequests[]>
}

/** A screen's worth: PostgreSQL reads and sorts so many in half a second. 50,000 are an hour at 14 a second. */
const lookedMax = 50_000
/** A page of a list has 200 endpoints at most, which makes 100,000 rows. */
const recentMax = 500
const hourMs = 3_600_000
const hourCount = 24

const delivered = sql`(count(*) filter (where disposition = 'delivered'))::double precision`
const failed = sql`(count(*) filter (where disposition <> 'delivered'))::double precision`
/** Refused connections and the like are over at once, and would make a receiver look quick. */
const quantiles = sql`percentile_disc(array[0.5, 0.95]) within group (order by total_ms)
  filter (where outcome = 'responded' or error_class = 'timeout')`

interface GroupRow extends Counted {
  readonly bucket: number | null
  readonly hundreds: number | null
  readonly eventType: string | null
  readonly kind: number
  readonly quantiles: readonly number[] | null
  readonly oldest: number | null
}

/** Which columns a row does not group by, as PostgreSQL's grouping() counts: bucket 4, hundreds 2, event_type 1. */
const groupings = { bucket: 3, hundreds: 5, eventType: 6, total: 7 } as const

export function endpointStatistics(pg: Postgres): EndpointStatisticsStore {
  return {
    find: async (orgId, query) => {
      const { bucketMs, fromMs } = query
      const { rows } = await sql<GroupRow>`
        with seen as materialized (
          select floor((extract(epoch from started_at) * 1000 - ${fromMs}) / ${bucketMs})::double precision as bucket,
            coalesce(status / 100, 0)::double precision as hundreds, event_type, disposition, outcome, error_class,
            total_ms, started_at
          from attempts where ${requestsOf(orgId, query)} order by started_at desc limit ${lookedMax + 1})
        select bucket, hundreds, event_type, grouping(bucket, hundreds, event_type)::double precision as kind,
          ${delivered} as delivered, ${failed} as failed, ${quantiles} as quantiles, min(started_at) as oldest
        from seen group by grouping sets ((bucket), (hundreds), (event_type), ())
        order by bucket, hundreds, event_type`.execute(pg.db)
      const of = (kind: number): readonly GroupRow[] => rows.filter((row) => row.kind === kind)
      const [all] = of(groupings.total)
      return {
        isComplete: (all?.delivered ?? 0) + (all?.failed ?? 0) <= lookedMax,
        lookedFromMs: all?.oldest ?? null,
        total: timed(all),
        buckets: of(groupings.bucket).map((row) => ({
          ...timed(row),
          startMs: fromMs + (row.bucket ?? 0) * bucketMs,
        })),
        statusClasses: of(groupings.hundreds).map((row) => ({
          ...counted(row),
          hundreds: row.hundreds ?? 0,
        })),
        eventTypes: of(groupings.eventType).map((row) => ({
          ...counted(row),
          eventType: row.eventType ?? '',
        })),
      }
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
      const fromMs = nowMs - hourCount * hourMs
      const { rows } = await sql<
        Counted & { endpointId: number; hour: number | null; quantiles: readonly number[] | null }
      >`
        select asked.id as endpoint_id, seen.hour, ${delivered} as delivered, ${failed} as failed,
          ${quantiles} as quantiles
        from endpoints asked
        cross join lateral (
          select least(${hourCount - 1}, floor((extract(epoch from started_at) * 1000 - ${fromMs}) / ${hourMs}))
              ::double precision as hour,
            disposition, outcome, error_class, total_ms
          from attempts where org_id = ${orgId} and endpoint_id = asked.id and outcome is not null
            and trigger <> 'test' and started_at >= ${isoOf(fromMs)}::timestamptz
          order by started_at desc limit ${recentMax + 1}) seen
        where asked.org_id = ${orgId} and asked.deleted_at is null and asked.id = any(${[...endpointIds]}::bigint[])
        group by grouping sets ((asked.id, seen.hour), (asked.id))`.execute(pg.db)
      return endpointIds.flatMap((endpointId) => {
        const own = rows.filter((row) => row.endpointId === endpointId)
        const all = own.find(({ hour }) => hour === null)
        if (all === undefined) return []
        const hours = Array.from({ length: hourCount }, (_, index) =>
          counted(own.find(({ hour }) => hour === index)),
        )
        const isComplete = all.delivered + all.failed <= recentMax
        return [{ endpointId, isComplete, ...counted(all), p95Ms: all.quantiles?.[1] ?? null, hours }]
      })
    },
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
  const [p50Ms = null, p95Ms = null] = row?.quantiles ?? []
  return { ...counted(row), p50Ms, p95Ms }
}
