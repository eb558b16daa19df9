/** Attempts as history: every request that was made, and every time that none was made and why. Appended, never changed. */
import { sql } from 'kysely'
import { type Column, insertRows } from './insert-rows.ts'
import type { Db, Postgres } from './open.ts'

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

export interface Attempts {
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

/** Appends what is not there yet. Gives the number of new ones. Sorted here, so that two writers never deadlock. */
export function appendAttempts(db: Db, rows: readonly AttemptRow[]): Promise<number> {
  const sorted = rows.toSorted((one, other) =>
    one.deliveryId === other.deliveryId
      ? one.attemptNumber - other.attemptNumber || one.startedAtMs - other.startedAtMs
      : one.deliveryId < other.deliveryId
        ? -1
        : 1,
  )
  return insertRows(db, 'attempts', inserted, sorted, 'on conflict do nothing')
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

export function attempts(pg: Postgres): Attempts {
  return {
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
