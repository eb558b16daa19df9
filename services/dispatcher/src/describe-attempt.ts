/** What `attempts`, the log and the metrics are told about a delivery that was attempted or settled without. Pure. */
import {
  type Attempt,
  type AttemptErrorClass,
  type AttemptOutcome,
  attemptErrorClasses,
} from '@scanhook/domain/attempt'
import type { Delivery, Disposition } from '@scanhook/domain/delivery'
import type { TraceParent } from '@scanhook/observability/trace'

export interface Sent {
  readonly url: string
  /** As sent; values of customer headers masked. */
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: string
  /** Null when it was alone in its request. */
  readonly batch: Attempt['batch']
}

export interface Settlement {
  readonly disposition: Disposition
  /** Null when nothing was sent. */
  readonly outcome: AttemptOutcome | null
  readonly startedAtMs: number
  readonly sent: Sent
}

export function attemptOf(delivery: Delivery, settlement: Settlement): Attempt {
  const { event } = delivery
  return {
    deliveryId: delivery.deliveryId,
    eventId: event.eventId,
    orgId: delivery.orgId,
    endpointId: delivery.endpointId,
    eventType: event.type,
    trigger: delivery.trigger,
    attemptNumber: delivery.attemptNumber,
    startedAtMs: settlement.startedAtMs,
    eventOccurredAtMs: event.occurredAtMs,
    deliveryCreatedAtMs: delivery.createdAtMs,
    url: settlement.sent.url,
    requestHeaders: settlement.sent.requestHeaders,
    requestBody: settlement.sent.requestBody,
    batch: settlement.sent.batch,
    outcome: settlement.outcome,
    disposition: settlement.disposition,
  }
}

/** Closed set of what an attempt came to, for metrics. */
export type OutcomeLabel = '2xx' | '3xx' | '4xx' | '5xx' | AttemptErrorClass
export const outcomeLabels: readonly OutcomeLabel[] = ['2xx', '3xx', '4xx', '5xx', ...attemptErrorClasses]

export function outcomeLabel(outcome: AttemptOutcome): OutcomeLabel {
  if (outcome.kind === 'failed') return outcome.errorClass
  if (outcome.status < 300) return '2xx'
  if (outcome.status < 400) return '3xx'
  return outcome.status < 500 ? '4xx' : '5xx'
}

export const phaseLabels = ['first', 'retry', 'test'] as const
export type PhaseLabel = (typeof phaseLabels)[number]

export function phaseLabel(attempt: Attempt): PhaseLabel {
  if (attempt.trigger === 'test') return 'test'
  return attempt.attemptNumber === 1 ? 'first' : 'retry'
}

/** The wide line `delivery.attempted`: every fact once, no body, no header. `trace` is what its record carries. */
export function attemptLine(attempt: Attempt, trace: TraceParent | null): Readonly<Record<string, unknown>> {
  const { outcome, disposition } = attempt
  return {
    ...(trace === null ? {} : { trace_id: trace.traceId, span_id: trace.spanId }),
    delivery_id: attempt.deliveryId,
    event_id: attempt.eventId,
    event_type: attempt.eventType,
    org_id: attempt.orgId,
    endpoint_id: attempt.endpointId,
    trigger: attempt.trigger,
    attempt_number: attempt.attemptNumber,
    outcome: outcome === null ? null : outcomeLabel(outcome),
    status: outcome?.kind === 'responded' ? outcome.status : null,
    problem: outcome?.kind === 'failed' ? outcome.message : null,
    total_ms: outcome?.timings.totalMs ?? null,
    disposition: disposition.kind,
    reason: 'reason' in disposition ? disposition.reason : null,
    due_at: 'dueAtMs' in disposition ? new Date(disposition.dueAtMs).toISOString() : null,
  }
}
