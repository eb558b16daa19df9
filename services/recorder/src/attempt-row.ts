/** An attempt as a row. Pure. */
import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import type { AttemptRow } from '@scanhook/postgres/attempts'

export function attemptRow(attempt: Attempt): AttemptRow {
  return {
    deliveryId: attempt.deliveryId,
    attemptNumber: attempt.attemptNumber,
    disposition: attempt.disposition.kind,
    startedAtMs: attempt.startedAtMs,
    orgId: attempt.orgId,
    endpointId: attempt.endpointId,
    eventId: attempt.eventId,
    eventType: attempt.eventType,
    trigger: attempt.trigger,
    url: attempt.url,
    requestHeadersJson: JSON.stringify(attempt.requestHeaders),
    requestBody: attempt.requestBody,
    batchId: attempt.batch?.id ?? null,
    batchSize: attempt.batch?.size ?? null,
    ...outcomeColumns(attempt.outcome),
    reason: reasonOf(attempt.disposition),
    nextAttemptAtMs: nextAttemptAtMs(attempt.disposition),
  }
}

type OutcomeColumns = Pick<
  AttemptRow,
  | 'outcome'
  | 'status'
  | 'responseHeadersJson'
  | 'responseBody'
  | 'isBodyTruncated'
  | 'retryAfterMs'
  | 'errorClass'
  | 'errorMessage'
  | 'remoteAddress'
  | 'dnsMs'
  | 'connectMs'
  | 'tlsMs'
  | 'firstByteMs'
  | 'totalMs'
>

const nothingSent: OutcomeColumns = {
  outcome: null,
  status: null,
  responseHeadersJson: null,
  responseBody: null,
  isBodyTruncated: null,
  retryAfterMs: null,
  errorClass: null,
  errorMessage: null,
  remoteAddress: null,
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  totalMs: null,
}

function outcomeColumns(outcome: AttemptOutcome | null): OutcomeColumns {
  if (outcome === null) return nothingSent
  const shared = { ...nothingSent, ...outcome.timings, remoteAddress: outcome.remoteAddress }
  if (outcome.kind === 'failed')
    return { ...shared, outcome: 'failed', errorClass: outcome.errorClass, errorMessage: outcome.message }
  return {
    ...shared,
    outcome: 'responded',
    status: outcome.status,
    responseHeadersJson: JSON.stringify(outcome.headers),
    responseBody: outcome.body,
    isBodyTruncated: outcome.isBodyTruncated,
    retryAfterMs: outcome.retryAfterMs,
  }
}

function reasonOf(disposition: Disposition): string | null {
  return disposition.kind === 'dead' || disposition.kind === 'held' ? disposition.reason : null
}

/** When it is tried again; null when it is not. */
export function nextAttemptAtMs(disposition: Disposition): number | null {
  return disposition.kind === 'retry' || disposition.kind === 'held' ? disposition.dueAtMs : null
}
