/**
 * Requests by hour, endpoint and event type: counted by the statement that appends to the log (usage.ts, whose invariants Y1
 * to Y3 hold here, too), read for statistics, forgotten after a bound of its own. Tests and holds count nowhere.
 */

import { attemptErrorClasses } from '@scanhook/domain/attempt'
import { latencyBoundsMs, latencyBucketCount } from '@scanhook/domain/usage/latency-histogram'
import { requestKinds } from '@scanhook/domain/usage/request-kinds'
import type { RequestSpan } from '@scanhook/domain/usage/sum-requests'
import { type RawBuilder, sql } from 'kysely'
import type { Postgres } from './open.ts'
import { isoOf } from './tables.ts'

/**
 * The longest span that is asked for is 30 days up to the end of today; the rest is for clocks that differ. The same for every
 * organization, also where the log is kept for a shorter time: counts say nothing about anybody.
 */
export const usageHoursKeptDays = 32
/** Rows of one statement; about 0.1 s. An hour of ten thousand busy endpoints has some six such. */
const deletedBatch = 5_000
/** Of one round; more waits for the next, an hour later. */
const deletedMax = 200_000

const kindIndexes: readonly number[] = requestKinds.map((_, index) => index)
const bucketIndexes: readonly number[] = Array.from({ length: latencyBucketCount }, (_, index) => index)

/** An array with what `each` says of every index. */
function arrayOf(indexes: readonly number[], each: (index: number) => string): string {
  return `array[${indexes.map(each).join(', ')}]`
}

const ordinalOf = (kind: (typeof requestKinds)[number]): number => requestKinds.indexOf(kind) + 1

/** Of a row of attempts that was a request: 1 for the first of `requestKinds`, and so on. */
export const requestKindSql: RawBuilder<number> = sql.raw(`case
  when disposition = 'delivered' then ${ordinalOf('delivered')}
  when outcome = 'responded' then case status / 100 when 2 then ${ordinalOf('2xx')} when 3 then ${ordinalOf('3xx')}
    when 4 then ${ordinalOf('4xx')} when 5 then ${ordinalOf('5xx')} else ${ordinalOf('other_status')} end
  else case error_class ${attemptErrorClasses.map((kind) => `when '${kind}' then ${ordinalOf(kind)}`).join(' ')}
    else ${ordinalOf('internal')} end end`)

/** Of the same: index of the bucket of latency-histogram; null where nothing answered or timed out. */
export const latencyBucketSql: RawBuilder<number> = sql.raw(`case
  when outcome = 'responded' or error_class = 'timeout'
  then width_bucket(total_ms, array[${latencyBoundsMs.join(', ')}]::double precision[]) end`)

/**
 * Adds up `counted`, whose rows have org_id, endpoint_id, hour, event_type, kind (null: no request), bucket and how many
 * `attempts`. Last in its statement but for usage_days, and in the order of the key (Y3).
 */
export const countHoursSql: RawBuilder<unknown> = sql.raw(`
  insert into usage_hours (org_id, endpoint_id, hour, event_type, kinds, latencies)
  select org_id, endpoint_id, hour, event_type,
    ${arrayOf(kindIndexes, (index) => `coalesce(sum(attempts) filter (where kind = ${index + 1}), 0)::integer`)},
    ${arrayOf(bucketIndexes, (index) => `coalesce(sum(attempts) filter (where bucket = ${index}), 0)::integer`)}
  from counted where kind is not null
  group by org_id, endpoint_id, hour, event_type
  order by org_id, endpoint_id, hour, event_type
  on conflict (org_id, endpoint_id, hour, event_type) do update set
    kinds = ${arrayOf(kindIndexes, (index) => `usage_hours.kinds[${index + 1}] + excluded.kinds[${index + 1}]`)},
    latencies = ${arrayOf(bucketIndexes, (index) => `usage_hours.latencies[${index + 1}] + excluded.latencies[${index + 1}]`)}`)

/** Epoch ms; what began before was not counted wholly. */
export async function hoursCountedFromMs(pg: Postgres): Promise<number> {
  const { rows } = await sql<{ hour: number }>`select hour from usage_hours_begin`.execute(pg.db)
  return rows[0]?.hour ?? 0
}

export interface SpanQuery {
  readonly endpointId: number
  /** Epoch ms, full hours; `toMs` is exclusive. */
  readonly fromMs: number
  readonly toMs: number
  /** Full hours. */
  readonly bucketMs: number
}

const sumsSql = sql.raw(`
  ${arrayOf(kindIndexes, (index) => `sum(kinds[${index + 1}])::double precision`)} as kinds,
  ${arrayOf(bucketIndexes, (index) => `sum(latencies[${index + 1}])::double precision`)} as latencies`)

/** At most a row for each bucket and event type: 30 times as many as the endpoint has types. */
export async function listRequestSpans(
  pg: Postgres,
  orgId: number,
  { endpointId, fromMs, toMs, bucketMs }: SpanQuery,
): Promise<readonly RequestSpan[]> {
  const { rows } = await sql<Omit<RequestSpan, 'startMs'> & { readonly bucket: number }>`
    select floor((extract(epoch from hour) * 1000 - ${fromMs}) / ${bucketMs})::double precision as bucket, event_type, ${sumsSql}
    from usage_hours where org_id = ${orgId} and endpoint_id = ${endpointId}
      and hour >= ${isoOf(fromMs)}::timestamptz and hour < ${isoOf(toMs)}::timestamptz
    group by 1, 2`.execute(pg.db)
  return rows.map(({ bucket, ...span }) => ({ startMs: fromMs + bucket * bucketMs, ...span }))
}

export interface EndpointHour {
  readonly endpointId: number
  /** 0 for the first that was asked for; null: all of them together. */
  readonly hourIndex: number | null
  readonly requests: number
  readonly delivered: number
  /** Of all together; null for a single hour. */
  readonly latencies: readonly number[] | null
}

export interface HoursQuery {
  readonly endpointIds: readonly number[]
  readonly fromMs: number
  readonly toMs: number
}

const requestsSql = sql.raw(
  `sum(${kindIndexes.map((index) => `kinds[${index + 1}]`).join(' + ')})::double precision`,
)

/** Of the living among these endpoints: a row for each hour in which there was something, and one for all of them. */
export async function listEndpointHours(
  pg: Postgres,
  orgId: number,
  { endpointIds, fromMs, toMs }: HoursQuery,
): Promise<readonly EndpointHour[]> {
  const { rows } = await sql<EndpointHour>`
    with seen as materialized (
      select endpoint_id, ((extract(epoch from hour) * 1000 - ${fromMs}) / 3600000)::double precision as hour_index, kinds, latencies
      from usage_hours where org_id = ${orgId} and hour >= ${isoOf(fromMs)}::timestamptz and hour < ${isoOf(toMs)}::timestamptz
        and endpoint_id = any(array(select id from endpoints
          where org_id = ${orgId} and deleted_at is null and id = any(${[...endpointIds]}::bigint[]))))
    select endpoint_id, hour_index, ${requestsSql} as requests, sum(kinds[1])::double precision as delivered,
      null::double precision[] as latencies
    from seen group by endpoint_id, hour_index
    union all
    select endpoint_id, null, ${requestsSql}, sum(kinds[1])::double precision,
      ${sql.raw(arrayOf(bucketIndexes, (index) => `sum(latencies[${index + 1}])::double precision`))}
    from seen group by endpoint_id`.execute(pg.db)
  return rows
}

/** Lets go of hours that began before the instant (epoch ms). Gives the number of rows. Waits for nobody who counts in them. */
export async function forgetUsageHours(pg: Postgres, beforeMs: number): Promise<number> {
  let deleted = 0
  while (deleted < deletedMax) {
    const { numAffectedRows } = await sql`
      delete from usage_hours where ctid = any(array(
        select ctid from usage_hours where hour < ${isoOf(beforeMs)}::timestamptz
        limit ${sql.lit(deletedBatch)} for update skip locked))`.execute(pg.db)
    const count = Number(numAffectedRows ?? 0n)
    deleted += count
    if (count < deletedBatch) break
  }
  return deleted
}
