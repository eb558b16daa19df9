/** What the dispatcher counts. Labels are closed sets; durations in seconds. */
import type { BreakerTransition } from '@scanhook/circuit-breaker/circuit-breakers'
import type { Attempt } from '@scanhook/domain/attempt'
import type { DomainEvent } from '@scanhook/domain/event'
import type { Metrics } from '@scanhook/observability/metrics'
import { outcomeLabel, outcomeLabels, phaseLabel, phaseLabels } from './describe-attempt.ts'

/** Receivers answer within milliseconds (same rack) up to the 15 s deadline. */
const attemptBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
/** The promise is milliseconds; a catch-up takes minutes. */
const latencyBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300]

/** `traceId` of the attempt, where it is recorded: the exemplar that leads from a slow bucket to its trace. */
export type CountAttempt = (attempt: Attempt, event: DomainEvent, traceId: string | undefined) => void

export function attemptCounters(metrics: Metrics): CountAttempt {
  const attempts = metrics.counter(
    'scanhook_attempts_total',
    'HTTP requests made for deliveries, by what came of them',
    {
      outcome: outcomeLabels,
      phase: phaseLabels,
    },
  )
  const duration = metrics.histogram(
    'scanhook_attempt_duration_seconds',
    'From the start of an attempt to its outcome',
    [],
    attemptBuckets,
  )
  const latency = metrics.histogram(
    'scanhook_first_attempt_latency_seconds',
    'From the receipt of what led to an event to the start of its first attempt',
    [],
    latencyBuckets,
  )
  const deliveries = metrics.counter(
    'scanhook_deliveries_total',
    'What was decided about deliveries, after an attempt or instead of one',
    { result: ['delivered', 'retry', 'dead', 'held'] },
  )
  return (attempt, event, traceId) => {
    deliveries.inc({ result: attempt.disposition.kind })
    const { outcome } = attempt
    if (outcome === null) return
    const phase = phaseLabel(attempt)
    attempts.inc({ outcome: outcomeLabel(outcome), phase })
    duration.observe({}, outcome.timings.totalMs / 1_000, traceId)
    if (phase !== 'first') return
    latency.observe({}, Math.max(0, attempt.startedAtMs - event.receivedAtMs) / 1_000, traceId)
  }
}

/** `canSign`: another secret of the endpoint opens. */
export function unreadableCounter(metrics: Metrics): (canSign: boolean) => void {
  const unreadable = metrics.counter(
    'scanhook_unreadable_secrets_total',
    'Versions of endpoints with a secret that no key opens',
    { signs: ['yes', 'no'] },
  )
  return (canSign) => unreadable.inc({ signs: canSign ? 'yes' : 'no' })
}

interface Counts {
  readonly waiting: number
  readonly inFlight: number
  readonly notDue: number
  readonly unsettled: number
  readonly bytes: number
}

/** Gauges that are read off the dispatcher whenever somebody asks. */
export function stateGauges(metrics: Metrics, counts: () => Counts): void {
  const inFlight = metrics.gauge('scanhook_inflight_requests', 'HTTP requests under way')
  const waiting = metrics.gauge(
    'scanhook_dispatcher_waiting',
    'Deliveries that wait for their turn in memory',
  )
  const notDue = metrics.gauge(
    'scanhook_dispatcher_not_due',
    'Deliveries that wait in memory until they are due',
  )
  const unsettled = metrics.gauge('scanhook_dispatcher_unsettled', 'Deliveries under way or not durable yet')
  const bytes = metrics.gauge(
    'scanhook_dispatcher_memory_bytes',
    'What the deliveries that wait in memory weigh, for their turn or until they are due',
  )
  metrics.onCollect(() => {
    const now = counts()
    inFlight.set(now.inFlight)
    waiting.set(now.waiting)
    notDue.set(now.notDue)
    unsettled.set(now.unsettled)
    bytes.set(now.bytes)
  })
}

/** Called for each delivery whose place in the order of its asset could not be remembered. */
export function overflowCounter(metrics: Metrics): () => void {
  const overflow = metrics.counter(
    'scanhook_order_overflow_total',
    'Deliveries that were put off without a memory of their order, because too many wait',
    {},
  )
  return () => overflow.inc({})
}

/** Called with how many marks of completed records were not written, or not read. */
export function lostMarksCounter(metrics: Metrics): (count: number) => void {
  const lost = metrics.counter(
    'scanhook_completed_marks_lost_total',
    'Marks of completed deliveries that Redis did not take or give; a crash now repeats more',
    {},
  )
  return (count) => lost.inc({}, count)
}

export function breakerCounter(metrics: Metrics): (transition: BreakerTransition) => void {
  const changes = metrics.counter(
    'scanhook_breaker_transitions_total',
    "Changes of state of endpoints' breakers",
    {
      to: ['opened', 'half_opened', 'closed', 'forgotten'],
    },
  )
  return (transition) => changes.inc({ to: transition })
}

export function breakerGauges(
  metrics: Metrics,
  counts: () => { readonly open: number; readonly halfOpen: number },
): void {
  const breakers = metrics.gauge('scanhook_breakers', 'Endpoints whose breaker is not closed', {
    state: ['open', 'half_open'],
  })
  metrics.onCollect(() => {
    const { open, halfOpen } = counts()
    breakers.set({ state: 'open' }, open)
    breakers.set({ state: 'half_open' }, halfOpen)
  })
}
