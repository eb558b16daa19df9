/** Events as history: appended by the recorder, read by the API. An event never changes. */
import { erasedJson } from '@scanhook/domain/erased'
import { type Expression, type SqlBool, sql } from 'kysely'
import { boundedCount, boundedTotalOf, type CountedKeysetPage, type KeysetQuery } from './change.ts'
import { type Column, insertion, insertRows } from './insert-rows.ts'
import { isAfter, type KeysetTerm, keysetOrder, keysetPage } from './keyset.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, amongFilter, spanFilter } from './row-filters.ts'
import { isoOf } from './tables.ts'
import { countEvents } from './usage.ts'

export interface EventRow {
  readonly eventId: string
  readonly orgId: number
  readonly type: string
  readonly occurredAtMs: number
  readonly receivedAtMs: number
  readonly subject: string
  readonly assetId: number | null
  readonly sequence: number | null
  readonly previousEventId: string | null
  readonly transitionId: string | null
  readonly dataJson: string
  /** JSON text; null or missing where there is none. */
  readonly locationPathsJson?: string | null
}

export interface StoredEvent
  extends Omit<EventRow, 'dataJson' | 'locationPathsJson' | 'occurredAtMs' | 'receivedAtMs'> {
  readonly occurredAt: number
  readonly receivedAt: number
  readonly data: unknown
}

export const eventSortFields = ['occurred_at', 'received_at'] as const
export type EventSortField = (typeof eventSortFields)[number]

export interface EventQuery extends KeysetQuery<EventSortField> {
  readonly types?: readonly string[] | undefined
  readonly subjects?: readonly string[] | undefined
  readonly assetIds?: readonly number[] | undefined
  /** By time of occurrence, both inclusive. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** Received within [`sinceMs`, `untilMs`], both inclusive, and after the event `after`. */
export interface ReceivedQuery {
  readonly sinceMs: number
  readonly untilMs: number
  readonly after: { readonly receivedAtMs: number; readonly eventId: string } | null
  readonly limit: number
}

export interface Events {
  find(orgId: number, eventId: string): Promise<StoredEvent | null>
  list(orgId: number, query: EventQuery): Promise<CountedKeysetPage<StoredEvent>>
  /** As it was recorded, `data` byte for byte: what can be sent again. */
  findRow(orgId: number, eventId: string): Promise<EventRow | null>
  /** The same for many, in the order in which they came in. */
  listReceived(orgId: number, query: ReceivedQuery): Promise<readonly EventRow[]>
}

const inserted: readonly Column<EventRow>[] = [
  { name: 'event_id', type: 'uuid', of: (row) => row.eventId },
  { name: 'org_id', type: 'bigint', of: (row) => row.orgId },
  { name: 'type', type: 'text', of: (row) => row.type },
  { name: 'occurred_at', type: 'instant', of: (row) => row.occurredAtMs },
  { name: 'received_at', type: 'instant', of: (row) => row.receivedAtMs },
  { name: 'subject', type: 'text', of: (row) => row.subject },
  { name: 'asset_id', type: 'bigint', of: (row) => row.assetId },
  { name: 'sequence', type: 'bigint', of: (row) => row.sequence },
  { name: 'previous_event_id', type: 'uuid', of: (row) => row.previousEventId },
  { name: 'transition_id', type: 'text', of: (row) => row.transitionId },
  { name: 'data', type: 'json', of: (row) => row.dataJson },
  { name: 'location_paths', type: 'json', of: (row) => row.locationPathsJson ?? null },
]

/** Appends what is not there yet; an event that is, stays as it was. Gives the number of new ones. */
export function appendEvents(db: Db, rows: readonly EventRow[]): Promise<number> {
  return insertRows(db, 'events', inserted, rows, 'on conflict do nothing')
}

/**
 * The same, and counts what is new in the usage of its day where it came in after `countedFromMs`. Last in its transaction:
 * whoever records events of the same organization meanwhile waits for its end (usage.ts).
 */
export async function appendCountedEvents(
  db: Db,
  rows: readonly EventRow[],
  countedFromMs: number,
): Promise<void> {
  if (rows.length > 0) await countEvents(db, insertion('events', inserted, rows), countedFromMs)
}

const columns = [
  'eventId',
  'orgId',
  'type',
  'occurredAt',
  'receivedAt',
  'subject',
  'assetId',
  'sequence',
  'previousEventId',
  'transitionId',
  'data',
] as const

export function events(pg: Postgres): Events {
  return {
    find: async (orgId, eventId) =>
      (await pg.db
        .selectFrom('events')
        .select(columns)
        .where('orgId', '=', orgId)
        .where('eventId', '=', eventId)
        .executeTakeFirst()) ?? null,
    list: async (orgId, query) => {
      const filters = filtersOf(orgId, query)
      const terms = termsOf(query.sort)
      const { after, limit, offset } = query
      const found = await pg.db
        .selectFrom('events')
        .select(columns)
        .where(allOf(after === undefined ? filters : [...filters, isAfter(terms, after)]))
        .orderBy(keysetOrder(terms))
        .limit(limit + 1)
        .offset(offset)
        .execute()
      const page = keysetPage(found, limit, (row) => [
        ...query.sort.map(({ by }) => (by === 'occurred_at' ? row.occurredAt : row.receivedAt)),
        row.sequence,
        row.eventId,
      ])
      if (after !== undefined) return { ...page, totalCount: null }
      const count = () => boundedCount(pg.db, 'events', allOf(filters))
      return { ...page, totalCount: await boundedTotalOf(query, page.rows, count) }
    },
    findRow: async (orgId, eventId) =>
      (await loadRows(pg, sql<boolean>`org_id = ${orgId} and event_id = ${eventId}`, 1))[0] ?? null,
    listReceived: (orgId, { sinceMs, untilMs, after, limit }) => {
      const span = sql<boolean>`org_id = ${orgId} and data::text <> ${erasedJson} and received_at >= ${isoOf(after?.receivedAtMs ?? sinceMs)}::timestamptz
        and received_at <= ${isoOf(untilMs)}::timestamptz`
      const where =
        after === null
          ? span
          : sql<boolean>`${span} and (received_at, event_id) > (${isoOf(after.receivedAtMs)}::timestamptz, ${after.eventId}::uuid)`
      return loadRows(pg, where, limit)
    },
  }
}

async function loadRows(
  pg: Postgres,
  where: Expression<SqlBool>,
  limit: number,
): Promise<readonly EventRow[]> {
  const { rows } = await sql<EventRow>`
    select event_id, org_id, type, occurred_at as occurred_at_ms, received_at as received_at_ms, subject, asset_id,
      sequence, previous_event_id, transition_id, data::text as data_json,
      location_paths::text as location_paths_json
    from events where ${where} order by received_at, event_id limit ${limit}`.execute(pg.db)
  return rows
}

/** Events of one transition share their instant: the later one is the newer. */
function termsOf(sort: EventQuery['sort']): readonly KeysetTerm[] {
  return [
    ...sort.map(
      ({ by, direction }): KeysetTerm => ({
        by: sql.ref(`events.${by}`),
        type: 'instant',
        direction,
        nulls: 'none',
      }),
    ),
    { by: sql.ref('events.sequence'), type: 'bigint', direction: 'desc', nulls: 'last' },
    { by: sql.ref('events.event_id'), type: 'uuid', direction: 'asc', nulls: 'none' },
  ]
}

function filtersOf(orgId: number, query: EventQuery): readonly Expression<SqlBool>[] {
  return [
    sql<boolean>`org_id = ${orgId}`,
    ...amongFilter('type', 'text', query.types),
    ...amongFilter('subject', 'text', query.subjects),
    ...amongFilter('asset_id', 'bigint', query.assetIds),
    ...spanFilter('occurred_at', query.fromMs, query.toMs),
  ]
}
