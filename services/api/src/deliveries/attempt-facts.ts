/** What the API says of a request that was made, headers and bodies left out. Pure. */
import { timeText } from '@scanhook/http/answers'
import type { StoredAttempt } from '@scanhook/postgres/attempts'
import { explainError, explainStatus } from './explain.ts'

type Facts = Omit<StoredAttempt, 'requestHeaders' | 'requestBody' | 'responseHeaders' | 'responseBody'>

/** `responseHeaders`: null where they are not at hand; then it is not said where a redirect points. */
export function attemptFacts(
  attempt: Facts,
  responseHeaders: StoredAttempt['responseHeaders'],
): Readonly<Record<string, unknown>> {
  return {
    attempt_number: attempt.attemptNumber,
    trigger: attempt.trigger,
    started_at: timeText(attempt.startedAt),
    url: attempt.url,
    batch: attempt.batchId === null ? null : { id: attempt.batchId, size: attempt.batchSize },
    response_status: attempt.status,
    is_response_body_truncated: attempt.isBodyTruncated,
    error_class: attempt.errorClass,
    error_message: attempt.errorMessage,
    explanation: explainError(attempt.errorClass) ?? explainStatus(attempt.status, responseHeaders),
    remote_address: attempt.remoteAddress,
    timings: {
      dns_ms: attempt.dnsMs,
      connect_ms: attempt.connectMs,
      tls_ms: attempt.tlsMs,
      first_byte_ms: attempt.firstByteMs,
      total_ms: attempt.totalMs,
    },
    disposition: attempt.disposition,
    dead_reason: attempt.disposition === 'dead' ? attempt.reason : null,
    retry_after_ms: attempt.retryAfterMs,
    next_attempt_at: timeText(attempt.nextAttemptAt),
  }
}
