/**
 * What became of deliveries, in the order in which attempts were recorded: for those who follow them live.
 *
 * Invariants
 *   L1. Whoever goes on from the position of a page meets every attempt that was recorded, whenever its transaction began or
 *       ended, and every delivery that one of them changed: a page ends before the oldest transaction that still runs (as
 *       event-feed N1).
 *   L2. Attempts come once to whoever goes on from there. A delivery comes as it is now, at most once a page, and again when
 *       another attempt changed it.
 *   L3. A page never parts what one transaction recorded of one delivery.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import { type ListedAttempt, listedColumns, type RequestFilter, requestFilters } from './attempts.ts'
import {
  type DeliveryFilter,
  deliveryColumns,
  deliveryFilters,
  deliveryOf,
  type StoredDelivery,
} from './deliveries.ts'
import {
  type FeedPosition,
  feedCaughtUp,
  feedEnd,
  horizonOf,
  nextTransaction,
  uuidMax,
} from './event-feed.ts'
import type { Postgres } from './open.ts'
import { allOf, amongFilter } from './row-filters.ts'

export interface AttemptFeedPage<Row> {
  readonly rows: readonly Row[]
  /** Where the next page begins. */
  readonly next: FeedPosition
}

export interface ChangedDelivery {
  readonly delivery: StoredDelivery
  /** False: the filter does not mean it, or not any more. */
  readonly isMatch: boolean
}

export interface AttemptFeedQuery<Filter> {
  readonly after: FeedPosition
  readonly filter: Filter
  /** Deliveries of a page at most. */
  readonly limit: number
}

export interface AttemptFeed {
  /** After everything that is recorded. */
  end(): Promise<FeedPosition>
  /** Whether `after` was given here, and no more than `rowsMax` attempts lie behind it: else it is no place to go on from. */
  canGoOn(orgId: number, after: FeedPosition, rowsMax: number): Promise<boolean>
  /** Requests that were made; holds are none. */
  readAttempts(orgId: number, query: AttemptFeedQuery<RequestFilter>): Promise<AttemptFeedPage<ListedAttempt>>
  /** Deliveries of the filter's endpoints, event types and events that changed; the rest of the filter says `isMatch`. */
  readDeliveries(
    orgId: number,
    query: AttemptFeedQuery<DeliveryFilter>,
  ): Promise<AttemptFeedPage<ChangedDelivery>>
}

type Filters = readonly Expression<SqlBool>[]

export function attemptFeed(pg: Postgres): AttemptFeed {
  return {
    end: () => feedEnd(pg),
    canGoOn: async (orgId, after, rowsMax) => {
      if (BigInt(after.xid) >= BigInt(await nextTransaction(pg))) return false
      const { rows } = await sql<{ count: number }>`
        select count(*) from (select from attempts where ${allOf(isBehind(orgId, after))} limit ${rowsMax + 1}) behind`.execute(
        pg.db,
      )
      return (rows[0]?.count ?? 0) <= rowsMax
    },
    readAttempts: async (orgId, query) => {
      const filters = requestFilters(query.filter)
      const { ids, next } = await changedIn(pg, orgId, query, filters)
      if (ids.length === 0) return { rows: [], next }
      const rows = await pg.db
        .selectFrom('attempts')
        .select(listedColumns)
        .where(allOf([...isBehind(orgId, query.after), isUpTo(next), ...filters, ...isOf(ids)]))
        .orderBy(sql`recorded_xid, started_at, delivery_id, attempt_number`)
        .execute()
      return { rows, next }
    },
    readDeliveries: async (orgId, query) => {
      const { filter } = query
      const { ids, next } = await changedIn(pg, orgId, query, [
        ...amongFilter('endpoint_id', 'bigint', filter.endpointIds),
        ...amongFilter('event_type', 'text', filter.eventTypes),
        ...amongFilter('event_id', 'uuid', filter.eventIds),
      ])
      if (ids.length === 0) return { rows: [], next }
      const rows = await pg.db
        .selectFrom('deliveries')
        .select([
          ...deliveryColumns,
          sql<boolean | null>`(${allOf(deliveryFilters(orgId, filter))})`.as('isMatch'),
        ])
        .where(allOf([sql<boolean>`org_id = ${orgId}`, ...isOf(ids)]))
        .orderBy('createdAt')
        .orderBy('deliveryId')
        .execute()
      return {
        rows: rows.map(({ isMatch, ...row }) => ({ delivery: deliveryOf(row), isMatch: isMatch === true })),
        next,
      }
    },
  }
}

/** The deliveries of the next page. */
async function changedIn(
  pg: Postgres,
  orgId: number,
  { after, limit }: Pick<AttemptFeedQuery<unknown>, 'after' | 'limit'>,
  filters: Filters,
): Promise<{ readonly ids: readonly string[]; readonly next: FeedPosition }> {
  // Asked first: whatever is below it has ended by now, so the look that follows sees all of it.
  const horizon = await horizonOf(pg)
  const where = allOf([...isBehind(orgId, after), sql<boolean>`recorded_xid < ${horizon}::xid8`, ...filters])
  const { rows } = await sql<{ xid: string; deliveryId: string }>`
    select recorded_xid::text as xid, delivery_id from (
      select distinct recorded_xid, delivery_id from attempts
      where ${where} order by recorded_xid, delivery_id limit ${limit + 1}) changed
    order by recorded_xid, delivery_id`.execute(pg.db)
  const ids = [...new Set(rows.slice(0, limit).map(({ deliveryId }) => deliveryId))]
  const last = rows[limit - 1]
  // Nothing of interest is left below the horizon: it need not be looked at again.
  return rows.length > limit && last !== undefined
    ? { ids, next: { xid: last.xid, rowId: last.deliveryId } }
    : { ids, next: feedCaughtUp(after, horizon) }
}

function isBehind(orgId: number, { xid, rowId }: FeedPosition): Filters {
  return [
    sql<boolean>`org_id = ${orgId}`,
    sql<boolean>`(recorded_xid, delivery_id) > (${xid}::xid8, ${rowId ?? uuidMax}::uuid)`,
  ]
}

function isUpTo({ xid, rowId }: FeedPosition): Expression<SqlBool> {
  return sql<boolean>`(recorded_xid, delivery_id) <= (${xid}::xid8, ${rowId ?? uuidMax}::uuid)`
}

function isOf(ids: readonly string[]): Filters {
  return [sql<boolean>`delivery_id = any(${[...ids]}::uuid[])`]
}
