/** Attempts as history: every request that was made, and every time that none was made and why. Appended, never changed. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { type Column, insertion } from './insert-rows.ts'
import {
  isAfter,
  type KeysetPage,
  type KeysetPosition,
  type KeysetTerm,
  keysetOrder,
  keysetPage,
} from './keyset.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, amongFilter, spanFilter } from './row-filters.ts'
import { type StatusClass, statusClassFilter } from './status-class.ts'
import { countAttempts } from './usage.ts'

export interface AttemptRow {
  readonly deliveryId: string
  readonly attemptNumber: number
  readonly disposition: string
  readonly startedAtMs: number
  readonly orgId: number
  readonly endpointId: number
  readonly eventId: string
  readonly eventType: string
  readonly trigger: string
  readonly url: string
  readonly requestHeadersJson: string
  readonly requestBody: string
  /** The request that carried several deliveries at once, and how many; null when it was alone. */
  readonly batchId: string | null
  readonly batchSize: number | null
  /** Null when nothing was sent; then everything down to `totalMs` is null. */
  readonly outcome: 'responded' | 'failed' | null
  readonly status: number | null
  readonly responseHeadersJson: string | null
  readonly responseBody: string | null
  readonly isBodyTruncated: boolean | null
  readonly retryAfterMs: number | null
  readonly errorClass: string | null
  readonly errorMessage: string | null
  readonly remoteAddress: string | null
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly firstByteMs: number | null
  readonly totalMs: number | null
  /** Why it died or was held. */
  readonly reason: string | null
  readonly nextAttemptAtMs: number | null
}

export interface StoredAttempt {
  readonly attemptNumber: number
  readonly trigger: string
  readonly disposition: string
  readonly startedAt: number
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: string
  readonly batchId: string | null
  readonly batchSize: number | null
  readonly outcome: string | null
  readonly status: number | null
  readonly responseHeaders: Readonly<Record<string, string>> | null
  readonly responseBody: string | null
  readonly isBodyTruncated: boolean | null
  readonly retryAfterMs: number | null
  readonly errorClass: string | null
  readonly errorMessage: string | null
  readonly remoteAddress: string | null
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly firstByteMs: number | null
  readonly totalMs: number | null
  readonly reason: string | null
  readonly nextAttemptAt: number | null
}

/** A request that was made, without what may be large. */
export interface ListedAttempt
  extends Omit<StoredAttempt, 'requestHeaders' | 'requestBody' | 'responseHeaders' | 'responseBody'> {
  readonly deliveryId: string
  readonly endpointId: number
  readonly eventId: string
  readonly eventType: string
}

export interface AttemptQuery {
  readonly limit: number
  /** The page comes after it. */
  readonly after?: KeysetPosition | undefined
  readonly endpointIds?: readonly number[] | undefined
  readonly eventTypes?: readonly string[] | undefined
  /** Found by their deliveries: those of a delivery that is not kept any more are not found. */
  readonly eventIds?: readonly string[] | undefined
  readonly deliveryIds?: readonly string[] | undefined
  readonly statusClasses?: readonly StatusClass[] | undefined
  readonly errorClasses?: readonly string[] | undefined
  /** By start, both inclusive. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface Attempts {
  /** Requests over all deliveries, the newest first. Holds are none. A position: start, delivery, number, disposition. */
  listNewest(orgId: number, query: AttemptQuery): Promise<KeysetPage<ListedAttempt>>
  /** Of one delivery, oldest first, the first 500: a day of retries makes about ten, holds included some dozens. */
  list(orgId: number, deliveryId: string): Promise<readonly StoredAttempt[]>
  /**
   * What was sent for each of these deliveries, the first time that it went alone (a batch's body holds others, too).
   * Those that were never sent, or in batches only, are left out.
   */
  firstRequests(orgId: number, deliveryIds: readonly string[]): Promise<readonly FirstRequest[]>
}

export interface FirstRequest {
  readonly deliveryId: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: string
}

const inserted: readonly Column<AttemptRow>[] = [
  { name: 'delivery_id', type: 'uuid', of: (row) => row.deliveryId },
  { name: 'attempt_number', type: 'integer', of: (row) => row.attemptNumber },
  { name: 'disposition', type: 'text', of: (row) => row.disposition },
  { name: 'started_at', type: 'instant', of: (row) => row.startedAtMs },
  { name: 'org_id', type: 'bigint', of: (row) => row.orgId },
  { name: 'endpoint_id', type: 'bigint', of: (row) => row.endpointId },
  { name: 'event_id', type: 'uuid', of: (row) => row.eventId },
  { name: 'event_type', type: 'text', of: (row) => row.eventType },
  { name: 'trigger', type: 'text', of: (row) => row.trigger },
  { name: 'url', type: 'text', of: (row) => row.url },
  { name: 'request_headers', type: 'json', of: (row) => row.requestHeadersJson },
  { name: 'request_body', type: 'text', of: (row) => row.requestBody },
  { name: 'batch_id', type: 'text', of: (row) => row.batchId },
  { name: 'batch_size', type: 'integer', of: (row) => row.batchSize },
  { name: 'outcome', type: 'text', of: (row) => row.outcome },
  { name: 'status', type: 'integer', of: (row) => row.status },
  { name: 'response_headers', type: 'json', of: (row) => row.responseHeadersJson },
  { name: 'response_body', type: 'text', of: (row) => row.responseBody },
  { name: 'is_body_truncated', type: 'boolean', of: (row) => row.isBodyTruncated },
  { name: 'retry_after_ms', type: 'bigint', of: (row) => row.retryAfterMs },
  { name: 'error_class', type: 'text', of: (row) => row.errorClass },
  { name: 'error_message', type: 'text', of: (row) => row.errorMessage },
  { name: 'remote_address', type: 'text', of: (row) => row.remoteAddress },
  { name: 'dns_ms', type: 'double precision', of: (row) => row.dnsMs },
  { name: 'connect_ms', type: 'double precision', of: (row) => row.connectMs },
  { name: 'tls_ms', type: 'double precision', of: (row) => row.tlsMs },
  { name: 'first_byte_ms', type: 'double precision', of: (row) => row.firstByteMs },
  { name: 'total_ms', type: 'double precision', of: (row) => row.totalMs },
  { name: 'reason', type: 'text', of: (row) => row.reason },
  { name: 'next_attempt_at', type: 'instant', of: (row) => row.nextAttemptAtMs },
]

/**
 * Appends what is not there yet, and counts that in the usage of its day where it began after `countedFromMs`. Sorted here,
 * so that two writers never deadlock. Last in its transaction: whoever comes behind waits for the rows of usage (usage.ts).
 */
export async function appendAttempts(
  db: Db,
  rows: readonly AttemptRow[],
  countedFromMs: number,
): Promise<void> {
  if (rows.length === 0) return
  const sorted = rows.toSorted((one, other) =>
    one.deliveryId === other.deliveryId
      ? one.attemptNumber - other.attemptNumber || one.startedAtMs - other.startedAtMs
      : one.deliveryId < other.deliveryId
        ? -1
        : 1,
  )
  await countAttempts(db, insertion('attempts', inserted, sorted), countedFromMs)
}

const columns = [
  'attemptNumber',
  'trigger',
  'disposition',
  'startedAt',
  'url',
  'requestHeaders',
  'requestBody',
  'batchId',
  'batchSize',
  'outcome',
  'status',
  'responseHeaders',
  'responseBody',
  'isBodyTruncated',
  'retryAfterMs',
  'errorClass',
  'errorMessage',
  'remoteAddress',
  'dnsMs',
  'connectMs',
  'tlsMs',
  'firstByteMs',
  'totalMs',
  'reason',
  'nextAttemptAt',
] as const

/** Of a `ListedAttempt`. */
export const listedColumns = [
  'deliveryId',
  'endpointId',
  'eventId',
  'eventType',
  'attemptNumber',
  'trigger',
  'disposition',
  'startedAt',
  'url',
  'batchId',
  'batchSize',
  'outcome',
  'status',
  'isBodyTruncated',
  'retryAfterMs',
  'errorClass',
  'errorMessage',
  'remoteAddress',
  'dnsMs',
  'connectMs',
  'tlsMs',
  'firstByteMs',
  'totalMs',
  'reason',
  'nextAttemptAt',
] as const

/** The primary key, by time. */
const newestFirst: readonly KeysetTerm[] = [
  { by: sql.ref('attempts.started_at'), type: 'instant', direction: 'desc', nulls: 'none' },
  { by: sql.ref('attempts.delivery_id'), type: 'uuid', direction: 'asc', nulls: 'none' },
  { by: sql.ref('attempts.attempt_number'), type: 'integer', direction: 'asc', nulls: 'none' },
  { by: sql.ref('attempts.disposition'), type: 'text', direction: 'asc', nulls: 'none' },
]

export function attempts(pg: Postgres): Attempts {
  return {
    listNewest: async (orgId, query) => {
      const { after, limit } = query
      const filters = filtersOf(orgId, query)
      const found = await pg.db
        .selectFrom('attempts')
        .select(listedColumns)
        .where(allOf(after === undefined ? filters : [...filters, isAfter(newestFirst, after)]))
        .orderBy(keysetOrder(newestFirst))
        .limit(limit + 1)
        .execute()
      return keysetPage(found, limit, ({ startedAt, deliveryId, attemptNumber, disposition }) => [
        startedAt,
        deliveryId,
        attemptNumber,
        disposition,
      ])
    },
    list: (orgId, deliveryId) =>
      pg.db
        .selectFrom('attempts')
        .select(columns)
        .where('orgId', '=', orgId)
        .where('deliveryId', '=', deliveryId)
        .orderBy('startedAt')
        .orderBy('attemptNumber')
        .limit(500)
        .execute(),
    firstRequests: (orgId, deliveryIds) =>
      deliveryIds.length === 0
        ? Promise.resolve([])
        : pg.db
            .selectFrom('attempts')
            .distinctOn('deliveryId')
            .select(['deliveryId', 'requestHeaders', 'requestBody'])
            .where('orgId', '=', orgId)
            .where('deliveryId', '=', sql<string>`any(${[...deliveryIds]}::uuid[])`)
            .where('outcome', 'is not', null)
            .where('batchId', 'is', null)
            .orderBy('deliveryId')
            .orderBy('startedAt')
            .execute(),
  }
}

function filtersOf(orgId: number, query: AttemptQuery): readonly Expression<SqlBool>[] {
  const { eventIds } = query
  return [
    sql<boolean>`org_id = ${orgId}`,
    ...requestFilters(query),
    ...amongFilter('delivery_id', 'uuid', query.deliveryIds),
    ...(eventIds === undefined ? [] : [ofEvents(orgId, eventIds)]),
    ...spanFilter('started_at', query.fromMs, query.toMs),
  ]
}

export type RequestFilter = Pick<
  AttemptQuery,
  'endpointIds' | 'eventTypes' | 'statusClasses' | 'errorClasses'
>

/** What a request is told by, wherever it is listed. */
export function requestFilters(query: RequestFilter): readonly Expression<SqlBool>[] {
  return [
    sql<boolean>`outcome is not null`,
    ...amongFilter('endpoint_id', 'bigint', query.endpointIds),
    ...amongFilter('event_type', 'text', query.eventTypes),
    ...statusClassFilter('status', query.statusClasses),
    ...amongFilter('error_class', 'text', query.errorClasses),
  ]
}

/** By the deliveries' index of events and the attempts' primary key: attempts need no index of events of their own. */
function ofEvents(orgId: number, eventIds: readonly string[]): Expression<SqlBool> {
  const ids = sql`${[...eventIds]}::uuid[]`
  return sql<boolean>`delivery_id = any(array(
    select delivery_id from deliveries where org_id = ${orgId} and event_id = any(${ids})))`
}
