/** Attempt. The domain's unions travel flat: one record with a `kind`, which SQL and other languages read without tricks. */
import { type Attempt, type AttemptOutcome, attemptErrorClasses } from '@scanhook/domain/attempt'
import { type Disposition, deadReasons, deliveryTriggers, heldReasons } from '@scanhook/domain/delivery'
import { eventTypes } from '@scanhook/domain/event'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'

interface RawOutcome {
  readonly kind: string
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>> | null
  readonly body: string | null
  readonly is_body_truncated: boolean | null
  readonly retry_after_ms: number | null
  readonly error_class: string | null
  readonly message: string | null
  readonly remote_address: string | null
  readonly dns_ms: number | null
  readonly connect_ms: number | null
  readonly tls_ms: number | null
  readonly first_byte_ms: number | null
  readonly total_ms: number
}

interface RawDisposition {
  readonly kind: string
  readonly due_at_ms: number | null
  readonly reason: string | null
  readonly superseded_by: string | null
}

export interface RawAttempt {
  readonly delivery_id: string
  readonly event_id: string
  readonly org_id: number
  readonly endpoint_id: number
  readonly event_type: string
  readonly trigger: string
  readonly attempt_number: number
  readonly started_at_ms: number
  readonly event_occurred_at_ms: number
  readonly delivery_created_at_ms: number
  readonly url: string
  readonly request_headers: Readonly<Record<string, string>>
  readonly request_body: string
  readonly batch: { readonly id: string; readonly size: number } | null
  readonly outcome: RawOutcome | null
  readonly disposition: RawDisposition
}

const eventType = oneOfSet('event_type', eventTypes)
const trigger = oneOfSet('trigger', deliveryTriggers)
const errorClass = oneOfSet('outcome.error_class', attemptErrorClasses)
const deadReason = oneOfSet('disposition.reason', deadReasons)
const heldReason = oneOfSet('disposition.reason', heldReasons)

function outcomeToRaw(outcome: AttemptOutcome): RawOutcome {
  const { timings } = outcome
  const responded = outcome.kind === 'responded' ? outcome : null
  const failed = outcome.kind === 'failed' ? outcome : null
  return {
    kind: outcome.kind,
    status: responded?.status ?? null,
    headers: responded?.headers ?? null,
    body: responded?.body ?? null,
    is_body_truncated: responded?.isBodyTruncated ?? null,
    retry_after_ms: responded?.retryAfterMs ?? null,
    error_class: failed?.errorClass ?? null,
    message: failed?.message ?? null,
    remote_address: outcome.remoteAddress,
    dns_ms: timings.dnsMs,
    connect_ms: timings.connectMs,
    tls_ms: timings.tlsMs,
    first_byte_ms: timings.firstByteMs,
    total_ms: timings.totalMs,
  }
}

function outcomeFromRaw(raw: RawOutcome): AttemptOutcome {
  const timings = {
    dnsMs: raw.dns_ms,
    connectMs: raw.connect_ms,
    tlsMs: raw.tls_ms,
    firstByteMs: raw.first_byte_ms,
    totalMs: raw.total_ms,
  }
  if (raw.kind === 'failed') {
    return {
      kind: 'failed',
      errorClass: errorClass(present('outcome.error_class', raw.error_class)),
      message: raw.message ?? '',
      remoteAddress: raw.remote_address,
      timings,
    }
  }
  if (raw.kind !== 'responded') throw new Error('outcome.kind has a value that this version does not know')
  return {
    kind: 'responded',
    status: present('outcome.status', raw.status),
    headers: raw.headers ?? {},
    body: raw.body ?? '',
    isBodyTruncated: raw.is_body_truncated ?? false,
    retryAfterMs: raw.retry_after_ms,
    remoteAddress: raw.remote_address,
    timings,
  }
}

function dispositionToRaw(disposition: Disposition): RawDisposition {
  return {
    kind: disposition.kind,
    due_at_ms: disposition.kind === 'retry' || disposition.kind === 'held' ? disposition.dueAtMs : null,
    reason: disposition.kind === 'dead' || disposition.kind === 'held' ? disposition.reason : null,
    superseded_by: disposition.kind === 'dead' ? (disposition.supersededBy ?? null) : null,
  }
}

function dispositionFromRaw(raw: RawDisposition): Disposition {
  const dueAtMs = (): number => present('disposition.due_at_ms', raw.due_at_ms)
  const reason = (): string => present('disposition.reason', raw.reason)
  switch (raw.kind) {
    case 'delivered':
      return { kind: 'delivered' }
    case 'retry':
      return { kind: 'retry', dueAtMs: dueAtMs() }
    case 'dead':
      return raw.superseded_by === null
        ? { kind: 'dead', reason: deadReason(reason()) }
        : { kind: 'dead', reason: deadReason(reason()), supersededBy: eventId(raw.superseded_by) }
    case 'held':
      return { kind: 'held', reason: heldReason(reason()), dueAtMs: dueAtMs() }
    default:
      throw new Error('disposition.kind has a value that this version does not know')
  }
}

function present<T>(field: string, value: T | null): T {
  if (value === null) throw new Error(`${field} is missing for this kind`)
  return value
}

export const attemptMapping: RecordMapping<Attempt, RawAttempt> = {
  file: 'attempt',
  toRaw: (attempt) => ({
    delivery_id: attempt.deliveryId,
    event_id: attempt.eventId,
    org_id: attempt.orgId,
    endpoint_id: attempt.endpointId,
    event_type: attempt.eventType,
    trigger: attempt.trigger,
    attempt_number: attempt.attemptNumber,
    started_at_ms: attempt.startedAtMs,
    event_occurred_at_ms: attempt.eventOccurredAtMs,
    delivery_created_at_ms: attempt.deliveryCreatedAtMs,
    url: attempt.url,
    request_headers: attempt.requestHeaders,
    request_body: attempt.requestBody,
    batch: attempt.batch,
    outcome: attempt.outcome === null ? null : outcomeToRaw(attempt.outcome),
    disposition: dispositionToRaw(attempt.disposition),
  }),
  fromRaw: (raw) => ({
    deliveryId: deliveryId(raw.delivery_id),
    eventId: eventId(raw.event_id),
    orgId: orgId(raw.org_id),
    endpointId: endpointId(raw.endpoint_id),
    eventType: eventType(raw.event_type),
    trigger: trigger(raw.trigger),
    attemptNumber: raw.attempt_number,
    startedAtMs: raw.started_at_ms,
    eventOccurredAtMs: raw.event_occurred_at_ms,
    deliveryCreatedAtMs: raw.delivery_created_at_ms,
    url: raw.url,
    requestHeaders: raw.request_headers,
    requestBody: raw.request_body,
    batch: raw.batch === null ? null : { id: raw.batch.id, size: raw.batch.size },
    outcome: raw.outcome === null ? null : outcomeFromRaw(raw.outcome),
    disposition: dispositionFromRaw(raw.disposition),
  }),
}
