/**
 * Deliveries as the log shows them: one row each, folded from attempts by the recorder, read by the API.
 *
 * Invariants
 *   V1. A record of lower rank never overwrites: rank is (delivered, attempt number, start). So attempts may arrive
 *       twice, late or in any order, and the row comes out the same.
 *   V2. Counters and first and last instants are extremes, which no repetition changes.
 *   V3. What a person had sent again is kept beside the automatic chain (manual-chains.ts) and never overwrites it; what
 *       is shown, filtered and sorted by is both together.
 */

import {
  type AttemptChain,
  countAttempts,
  type ManualChains,
  shownState,
} from '@scanhook/domain/manual-chains'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { boundedCount, boundedTotalOf, type CountedKeysetPage, type KeysetQuery } from './change.ts'
import { type Column, insertRows } from './insert-rows.ts'
import { isAfter, type KeysetTerm, keysetOrder, keysetPage } from './keyset.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, amongFilter, literalFilter, spanFilter } from './row-filters.ts'
import { type StatusClass, statusClassFilter } from './status-class.ts'
import { isoOf } from './tables.ts'

export const deliveryStates = ['pending', 'delivered', 'dead'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export interface DeliveryRow {
  readonly deliveryId: string
  readonly orgId: number
  readonly endpointId: number
  readonly eventId: string
  readonly eventType: string
  readonly eventOccurredAtMs: number
  readonly trigger: string
  readonly state: DeliveryState
  /** Requests made. From `state` to here, and the five below and the rank: of the automatic chain alone. */
  readonly attempts: number
  readonly nextAttemptAtMs: number | null
  readonly deadReason: string | null
  readonly heldReason: string | null
  readonly createdAtMs: number
  readonly firstAttemptAtMs: number | null
  /** Of the last request; the three below are its facts. */
  readonly lastAttemptAtMs: number | null
  readonly lastStatus: number | null
  readonly lastErrorClass: string | null
  /** When it was delivered or died. */
  readonly completedAtMs: number | null
  readonly supersededBy: string | null
  /** 0 when there was no automatic attempt or hold: a delivery that only a person had sent. */
  readonly rankAttemptNumber: number
  readonly rankAtMs: number
  readonly manualChains: ManualChains | null
}

export interface StoredDelivery {
  readonly deliveryId: string
  readonly endpointId: number
  readonly eventId: string
  readonly eventType: string
  readonly eventOccurredAt: number
  readonly trigger: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly nextAttemptAt: number | null
  readonly deadReason: string | null
  readonly heldReason: string | null
  readonly createdAt: number
  readonly firstAttemptAt: number | null
  readonly lastAttemptAt: number | null
  readonly lastStatus: number | null
  readonly lastErrorClass: string | null
  readonly completedAt: number | null
  readonly supersededBy: string | null
  /** How often a person had it sent again. */
  readonly manualChainCount: number
  /** Of the chains that go on, the automatic one first. */
  readonly pendingChains: readonly PendingChain[]
}

export interface PendingChain {
  readonly isManual: boolean
  /** Requests made in this chain. */
  readonly attempts: number
  readonly nextAttemptAt: number
}

/** Where the delivery of an event stands. */
export interface DeliveryOfEvent {
  readonly deliveryId: string
  readonly eventId: string
  readonly state: DeliveryState
  readonly manualChainCount: number
}

export interface EventsOfEndpoint {
  readonly endpointId: number
  readonly eventIds: readonly string[]
  /** Within which the events occurred, both inclusive: finds the partitions. */
  readonly fromMs: number
  readonly toMs: number
}

export interface DeliveriesOfEvent {
  readonly eventId: string
  /** Epoch ms; finds the partition. */
  readonly occurredAtMs: number
  readonly endpointIds: readonly number[]
}

export const deliverySortFields = ['created_at', 'last_attempt_at', 'next_attempt_at'] as const
export type DeliverySortField = (typeof deliverySortFields)[number]

/** Which deliveries: what a list shows, a stream follows, and a job sends again. */
export interface DeliveryFilter {
  readonly deliveryIds?: readonly string[] | undefined
  readonly endpointIds?: readonly number[] | undefined
  readonly eventTypes?: readonly string[] | undefined
  readonly eventIds?: readonly string[] | undefined
  readonly states?: readonly DeliveryState[] | undefined
  /** Of the last request's answer; `none`: none came, or nothing was sent yet. */
  readonly statusClasses?: readonly StatusClass[] | undefined
  /** By creation, both inclusive. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  /** By the last request, both inclusive. */
  readonly attemptedFromMs?: number | undefined
  readonly attemptedToMs?: number | undefined
}

export interface DeliveryQuery extends KeysetQuery<DeliverySortField>, DeliveryFilter {}

export interface Deliveries {
  find(orgId: number, deliveryId: string): Promise<StoredDelivery | null>
  list(orgId: number, query: DeliveryQuery): Promise<CountedKeysetPage<StoredDelivery>>
  /** The deliveries that there are of one event to these endpoints; at most one each. */
  ofEvent(orgId: number, query: DeliveriesOfEvent): Promise<readonly StoredDelivery[]>
  /** The deliveries that there are of these events to this endpoint. */
  ofEvents(orgId: number, query: EventsOfEndpoint): Promise<readonly DeliveryOfEvent[]>
}

const merged: readonly Column<DeliveryRow>[] = [
  { name: 'delivery_id', type: 'uuid', of: (row) => row.deliveryId },
  { name: 'org_id', type: 'bigint', of: (row) => row.orgId },
  { name: 'endpoint_id', type: 'bigint', of: (row) => row.endpointId },
  { name: 'event_id', type: 'uuid', of: (row) => row.eventId },
  { name: 'event_type', type: 'text', of: (row) => row.eventType },
  { name: 'event_occurred_at', type: 'instant', of: (row) => row.eventOccurredAtMs },
  { name: 'trigger', type: 'text', of: (row) => row.trigger },
  { name: 'state', type: 'text', of: (row) => row.state },
  { name: 'attempts', type: 'integer', of: (row) => row.attempts },
  { name: 'next_attempt_at', type: 'instant', of: (row) => row.nextAttemptAtMs },
  { name: 'dead_reason', type: 'text', of: (row) => row.deadReason },
  { name: 'held_reason', type: 'text', of: (row) => row.heldReason },
  { name: 'created_at', type: 'instant', of: (row) => row.createdAtMs },
  { name: 'first_attempt_at', type: 'instant', of: (row) => row.firstAttemptAtMs },
  { name: 'last_attempt_at', type: 'instant', of: (row) => row.lastAttemptAtMs },
  { name: 'last_status', type: 'integer', of: (row) => row.lastStatus },
  { name: 'last_error_class', type: 'text', of: (row) => row.lastErrorClass },
  { name: 'completed_at', type: 'instant', of: (row) => row.completedAtMs },
  { name: 'superseded_by', type: 'uuid', of: (row) => row.supersededBy },
  { name: 'rank_attempt_number', type: 'integer', of: (row) => row.rankAttemptNumber },
  { name: 'rank_at', type: 'instant', of: (row) => row.rankAtMs },
  {
    name: 'manual_chains',
    type: 'jsonb',
    of: ({ manualChains }) => (manualChains === null ? null : JSON.stringify(manualChains)),
  },
]

const rankOf = (row: string): string =>
  `(${row}.state = 'delivered', ${row}.rank_attempt_number, ${row}.rank_at)`

/** Taken from whichever record ranks higher (V1). */
const byRank = [
  'state',
  'next_attempt_at',
  'dead_reason',
  'held_reason',
  'completed_at',
  'superseded_by',
  'rank_attempt_number',
  'rank_at',
]
/** Taken from whichever request came later. */
const byRequest = ['last_attempt_at', 'last_status', 'last_error_class']

const merge = `on conflict (delivery_id, event_occurred_at) do update set
  trigger = case when deliveries.trigger = 'manual' then excluded.trigger else deliveries.trigger end,
  manual_chains = case
    when excluded.manual_chains is null then deliveries.manual_chains
    when deliveries.manual_chains is null then excluded.manual_chains
    else merge_manual_chains(deliveries.manual_chains, excluded.manual_chains) end,
  attempts = greatest(deliveries.attempts, excluded.attempts),
  created_at = least(deliveries.created_at, excluded.created_at),
  first_attempt_at = least(deliveries.first_attempt_at, excluded.first_attempt_at),
  ${byRequest.map((name) => `${name} = case when coalesce(excluded.last_attempt_at, '-infinity') >= coalesce(deliveries.last_attempt_at, '-infinity') then excluded.${name} else deliveries.${name} end`).join(',\n  ')},
  ${byRank.map((name) => `${name} = case when ${rankOf('excluded')} >= ${rankOf('deliveries')} then excluded.${name} else deliveries.${name} end`).join(',\n  ')}`

/** Merges them into the table. At most one row per delivery in `rows`; sorted here, so that two writers never deadlock. */
export async function mergeDeliveries(db: Db, rows: readonly DeliveryRow[]): Promise<void> {
  const sorted = rows.toSorted((one, other) => (one.deliveryId < other.deliveryId ? -1 : 1))
  await insertRows(db, 'deliveries', merged, sorted, merge)
}

/** Of a `StoredDelivery`, as `deliveryOf` takes them. */
export const deliveryColumns = [
  'deliveryId',
  'endpointId',
  'eventId',
  'eventType',
  'eventOccurredAt',
  'trigger',
  'state',
  'attempts',
  'nextAttemptAt',
  'deadReason',
  'heldReason',
  'createdAt',
  'firstAttemptAt',
  'lastAttemptAt',
  'lastStatus',
  'lastErrorClass',
  'completedAt',
  'supersededBy',
  'manualChains',
] as const

/**
 * The function is called for the few rows that have manual chains: PostgreSQL does not inline it, and 15 µs for each
 * row of a count would be seconds.
 */
export const shownStateSql: RawBuilder<DeliveryState> = sql<DeliveryState>`
  (case when manual_chains is null then state else shown_delivery_state(state, manual_chains) end)`

export const shownNextAttemptSql: RawBuilder<number | null> = sql<
  number | null
>`(case when manual_chains is null then next_attempt_at
  else shown_next_attempt_at(state, next_attempt_at, manual_chains) end)`

interface SortedDelivery extends SelectedDelivery {
  /** What PostgreSQL sorted by: a position that was computed anew might be another one, and a list go round. */
  readonly nextAttemptSortedBy: number | null
}

interface SortKey {
  readonly by: Expression<unknown>
  readonly of: (row: SortedDelivery) => number | null
}

/** The next attempt is that of whichever chain goes on first. */
const sorted: Readonly<Record<DeliverySortField, SortKey>> = {
  created_at: { by: sql.ref('deliveries.created_at'), of: (row) => row.createdAt },
  last_attempt_at: { by: sql.ref('deliveries.last_attempt_at'), of: (row) => row.lastAttemptAt },
  next_attempt_at: { by: shownNextAttemptSql, of: (row) => row.nextAttemptSortedBy },
}

function termsOf(sort: DeliveryQuery['sort']): readonly KeysetTerm[] {
  const terms = sort.map(({ by, direction }): KeysetTerm => {
    const nulls = by === 'created_at' ? 'none' : direction === 'asc' ? 'last' : 'first'
    return { by: sorted[by].by, type: 'instant', direction, nulls }
  })
  const unique: KeysetTerm = {
    by: sql.ref('deliveries.delivery_id'),
    type: 'uuid',
    direction: 'asc',
    nulls: 'none',
  }
  return [...terms, unique]
}

export function deliveries(pg: Postgres): Deliveries {
  return {
    find: async (orgId, deliveryId) => {
      const row = await pg.db
        .selectFrom('deliveries')
        .select(deliveryColumns)
        .where('orgId', '=', orgId)
        .where('deliveryId', '=', deliveryId)
        .executeTakeFirst()
      return row === undefined ? null : deliveryOf(row)
    },
    list: async (orgId, query) => {
      const filters = deliveryFilters(orgId, query)
      const terms = termsOf(query.sort)
      const { after, limit, offset } = query
      const found = await pg.db
        .selectFrom('deliveries')
        .select([...deliveryColumns, shownNextAttemptSql.as('nextAttemptSortedBy')])
        .where(allOf(after === undefined ? filters : [...filters, isAfter(terms, after)]))
        .orderBy(keysetOrder(terms))
        .limit(limit + 1)
        .offset(offset)
        .execute()
      const { rows: selected, next } = keysetPage(found, limit, (row) => [
        ...query.sort.map(({ by }) => sorted[by].of(row)),
        row.deliveryId,
      ])
      const rows = selected.map(({ nextAttemptSortedBy: _, ...row }) => deliveryOf(row))
      const page = { rows, next }
      if (after !== undefined) return { ...page, totalCount: null }
      const count = () => boundedCount(pg.db, 'deliveries', allOf(filters))
      return { ...page, totalCount: await boundedTotalOf(query, page.rows, count) }
    },
    ofEvent: async (orgId, query) => {
      const rows = await pg.db
        .selectFrom('deliveries')
        .select(deliveryColumns)
        .where(isOfEvent(orgId, query))
        .execute()
      return rows.map(deliveryOf)
    },
    ofEvents: (orgId, query) => ofEvents(pg, orgId, query),
  }
}

export interface SelectedDelivery
  extends Omit<StoredDelivery, 'state' | 'manualChainCount' | 'pendingChains'> {
  readonly state: string
  readonly manualChains: ManualChains | null
}

export function deliveryOf({ manualChains, ...row }: SelectedDelivery): StoredDelivery {
  const shown = shownState(
    {
      state: row.state as DeliveryState, // the column's check admits nothing else
      nextAttemptAtMs: row.nextAttemptAt,
      deadReason: row.deadReason,
      heldReason: row.heldReason,
      completedAtMs: row.completedAt,
      supersededBy: row.supersededBy,
    },
    manualChains,
  )
  return {
    ...row,
    state: shown.state,
    attempts: countAttempts(row.attempts, manualChains),
    nextAttemptAt: shown.nextAttemptAtMs,
    deadReason: shown.deadReason,
    heldReason: shown.heldReason,
    completedAt: shown.completedAtMs,
    supersededBy: shown.supersededBy,
    manualChainCount: Object.keys(manualChains ?? {}).length,
    pendingChains: [
      ...pendingOf(false, { ...row, nextAttemptAtMs: row.nextAttemptAt }),
      ...Object.values(manualChains ?? {}).flatMap((chain) => pendingOf(true, chain)),
    ],
  }
}

function pendingOf(
  isManual: boolean,
  {
    state,
    attempts,
    nextAttemptAtMs,
  }: Pick<AttemptChain, 'attempts' | 'nextAttemptAtMs'> & { readonly state: string },
): readonly PendingChain[] {
  return state === 'pending' && nextAttemptAtMs !== null
    ? [{ isManual, attempts, nextAttemptAt: nextAttemptAtMs }]
    : []
}

/** Out of the index of the event's deliveries in the one partition of its time (log-indexes.pg.test.ts). */
export function isOfEvent(
  orgId: number,
  { eventId, occurredAtMs, endpointIds }: DeliveriesOfEvent,
): Expression<SqlBool> {
  return sql<boolean>`org_id = ${orgId} and event_id = ${eventId}::uuid
    and event_occurred_at = ${isoOf(occurredAtMs)}::timestamptz and endpoint_id = any(${[...endpointIds]}::bigint[])`
}

async function ofEvents(
  pg: Postgres,
  orgId: number,
  { endpointId, eventIds, fromMs, toMs }: EventsOfEndpoint,
): Promise<readonly DeliveryOfEvent[]> {
  const { rows } = await sql<DeliveryOfEvent>`
    select delivery_id, event_id, ${shownStateSql} as state,
      (select count(*) from jsonb_object_keys(coalesce(manual_chains, '{}'))) as manual_chain_count
    from deliveries
    where org_id = ${orgId} and endpoint_id = ${endpointId} and event_id = any(${[...eventIds]}::uuid[])
      and event_occurred_at between ${isoOf(fromMs)}::timestamptz and ${isoOf(toMs)}::timestamptz`.execute(
    pg.db,
  )
  return rows
}

export function deliveryFilters(orgId: number, query: DeliveryFilter): readonly Expression<SqlBool>[] {
  return [
    sql<boolean>`org_id = ${orgId}`,
    ...amongFilter('delivery_id', 'uuid', query.deliveryIds),
    ...amongFilter('endpoint_id', 'bigint', query.endpointIds),
    ...amongFilter('event_type', 'text', query.eventTypes),
    ...amongFilter('event_id', 'uuid', query.eventIds),
    ...literalFilter(shownStateSql, query.states),
    ...statusClassFilter('last_status', query.statusClasses),
    ...spanFilter('created_at', query.fromMs, query.toMs),
    ...spanFilter('last_attempt_at', query.attemptedFromMs, query.attemptedToMs),
  ]
}
