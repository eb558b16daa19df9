/**
 * What a job looks at in the log, a page at a time, each organization's and endpoint's own. Decides nothing.
 *
 * Invariant
 *   K1. Pages are keyset pages over what does not change any more: when a delivery died or was made, when an event came in. So a job
 *       that goes on from a stored position neither skips nor repeats one.
 */
import { erasedJson } from '@scanhook/domain/erased'
import { type Expression, type SqlBool, sql } from 'kysely'
import { type DeliveryFilter, type DeliveryState, deliveryFilters } from './deliveries.ts'
import type { EventRow } from './events.ts'
import type { JobFilter, Keyset } from './jobs.ts'
import type { Postgres } from './open.ts'
import { allOf } from './row-filters.ts'
import { isoOf } from './tables.ts'

export interface JobScope {
  readonly orgId: number
  readonly endpointId: number
  /** Both inclusive. */
  readonly sinceMs: number
  readonly untilMs: number
  /** Null: all. */
  readonly eventTypes: readonly string[] | null
}

/** A delivery whose automatic attempts ended without success. */
export interface DeadDelivery {
  readonly deliveryId: string
  readonly eventId: string
  readonly diedAtMs: number
  /** With what people have sent again since. */
  readonly state: DeliveryState
  readonly manualChainCount: number
}

/** Whatever became of it. */
export interface ChosenDelivery {
  readonly deliveryId: string
  readonly endpointId: number
  readonly eventId: string
  readonly createdAtMs: number
  readonly manualChainCount: number
}

/** By creation, both ends inclusive. */
export interface ChosenSpan {
  readonly orgId: number
  readonly filter: JobFilter
  readonly sinceMs: number
  readonly untilMs: number
}

export interface Counted {
  readonly count: number
  readonly isEstimated: boolean
}

export interface JobPages {
  countDead(scope: JobScope): Promise<Counted>
  /** By death. */
  listDead(scope: JobScope, after: Keyset | null, limit: number): Promise<readonly DeadDelivery[]>
  countChosen(span: ChosenSpan): Promise<Counted>
  /** By creation. */
  listChosen(span: ChosenSpan, after: Keyset | null, limit: number): Promise<readonly ChosenDelivery[]>
  countReceived(scope: Omit<JobScope, 'endpointId'>): Promise<Counted>
  /** By receipt. */
  listReceived(
    scope: Omit<JobScope, 'endpointId'>,
    after: Keyset | null,
    limit: number,
  ): Promise<readonly EventRow[]>
  /** When the `count`-th newest of them was received, epoch ms; null where there are fewer. */
  findNewest(scope: Omit<JobScope, 'endpointId'>, count: number): Promise<number | null>
  /** Those of them that are kept, as they were recorded. */
  findRows(orgId: number, eventIds: readonly string[]): Promise<readonly EventRow[]>
}

/** Counted out of an index in some tenths of a second; beyond it the rest is taken to be as dense. */
const countMax = 1_000_000

const diedAt = sql.raw('coalesce(completed_at, created_at)')
const eventColumns =
  sql.raw(`event_id, org_id, type, occurred_at as occurred_at_ms, received_at as received_at_ms, subject, asset_id,
  sequence, previous_event_id, transition_id, data::text as data_json,
  location_paths::text as location_paths_json`)

const manualChainCount = sql.raw(
  `(select count(*) from jsonb_object_keys(coalesce(manual_chains, '{}'))) as manual_chain_count`,
)

/** What was erased can not be sent again. */
const isWhole = sql<boolean>`data::text <> ${erasedJson}`

export function jobPages(pg: Postgres): JobPages {
  return {
    countDead: (scope) =>
      count(pg, scope, sql`select ${diedAt} as at from deliveries where ${isDead(scope)} order by ${diedAt}`),
    listDead: async (scope, after, limit) => {
      const { rows } = await sql<DeadDelivery>`
        select delivery_id, event_id, ${diedAt} as died_at_ms,
          case when manual_chains is null then state else shown_delivery_state(state, manual_chains) end as state,
          ${manualChainCount}
        from deliveries where ${isDead(scope)} ${afterKey(after, sql`${diedAt}, delivery_id`)}
        order by ${diedAt}, delivery_id limit ${limit}`.execute(pg.db)
      return rows
    },
    countChosen: (span) =>
      count(
        pg,
        span,
        sql`select created_at as at from deliveries where ${isChosen(span)} order by created_at`,
      ),
    listChosen: async (span, after, limit) => {
      const { rows } = await sql<ChosenDelivery>`
        select delivery_id, endpoint_id, event_id, created_at as created_at_ms, ${manualChainCount}
        from deliveries where ${isChosen(span)} ${afterKey(after, sql`created_at, delivery_id`)}
        order by created_at, delivery_id limit ${limit}`.execute(pg.db)
      return rows
    },
    countReceived: (scope) =>
      count(
        pg,
        scope,
        sql`select received_at as at from events where ${isReceived(scope)} order by received_at`,
      ),
    listReceived: async (scope, after, limit) => {
      const { rows } = await sql<EventRow>`
        select ${eventColumns} from events
        where ${isReceived(scope)} and ${isWhole} ${afterKey(after, sql`received_at, event_id`)}
        order by received_at, event_id limit ${limit}`.execute(pg.db)
      return rows
    },
    findNewest: async (scope, nth) => {
      const { rows } = await sql<{ atMs: number }>`
        select received_at as at_ms from events where ${isReceived(scope)} and ${isWhole}
        order by received_at desc offset ${nth - 1} limit 1`.execute(pg.db)
      return rows[0]?.atMs ?? null
    },
    findRows: async (orgId, eventIds) => {
      if (eventIds.length === 0) return []
      const { rows } = await sql<EventRow>`
        select ${eventColumns} from events where org_id = ${orgId} and event_id = any(${[...eventIds]}::uuid[]) and ${isWhole}`.execute(
        pg.db,
      )
      return rows
    },
  }
}

function isDead({ orgId, endpointId, sinceMs, untilMs, eventTypes }: JobScope): Expression<SqlBool> {
  const types = eventTypes === null ? sql`` : sql`and event_type = any(${[...eventTypes]}::text[])`
  return sql<boolean>`org_id = ${orgId} and endpoint_id = ${endpointId} and state = 'dead'
    and ${diedAt} between ${isoOf(sinceMs)}::timestamptz and ${isoOf(untilMs)}::timestamptz ${types}`
}

function isChosen({ orgId, filter, sinceMs, untilMs }: ChosenSpan): Expression<SqlBool> {
  const span: DeliveryFilter = { ...filter, fromMs: sinceMs, toMs: untilMs }
  return allOf(deliveryFilters(orgId, span))
}

function isReceived({
  orgId,
  sinceMs,
  untilMs,
  eventTypes,
}: Omit<JobScope, 'endpointId'>): Expression<SqlBool> {
  const types = eventTypes === null ? sql`` : sql`and type = any(${[...eventTypes]}::text[])`
  return sql<boolean>`org_id = ${orgId}
    and received_at between ${isoOf(sinceMs)}::timestamptz and ${isoOf(untilMs)}::timestamptz ${types}`
}

function afterKey(after: Keyset | null, columns: Expression<unknown>): Expression<unknown> {
  return after === null
    ? sql``
    : sql`and (${columns}) > (${isoOf(after.atMs)}::timestamptz, ${after.id}::uuid)`
}

async function count(
  pg: Postgres,
  { sinceMs, untilMs }: Pick<JobScope, 'sinceMs' | 'untilMs'>,
  select: Expression<unknown>,
): Promise<Counted> {
  const { rows } = await sql<{ count: number; lastAtMs: number | null }>`
    select count(*), max(at) as last_at_ms from (${select} limit ${countMax}) counted`.execute(pg.db)
  const { count: counted = 0, lastAtMs = null } = rows[0] ?? {}
  if (counted < countMax || lastAtMs === null) return { count: counted, isEstimated: false }
  const share = (untilMs - sinceMs) / Math.max(1, lastAtMs - sinceMs)
  return { count: Math.max(counted, Math.round(counted * share)), isEstimated: true }
}
