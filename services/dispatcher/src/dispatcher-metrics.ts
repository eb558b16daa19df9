/** What the dispatcher counts. Labels are closed sets; durations in seconds. */
import type { BreakerTransition } from '@scanhook/circuit-breaker/circuit-breakers'
import type { Attempt } from '@scanhook/domain/attempt'
import type { DomainEvent } from '@scanhook/domain/event'
import type { Metrics } from '@scanhook/observability/metrics'
import { outcomeLabel, outcomeLabels, phaseLabel, phaseLabels } from './describe-attempt.ts'
import { lastAnswerOf, lastAnswers, RecentEndpoints } from './recent-endpoints.ts'

/** Receivers answer within milliseconds (same rack) up to the 15 s deadline. */
const attemptBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
/** The promise is milliseconds, its objective 5 s (docs/operate/monitoring.md); a catch-up takes minutes. */
const latencyBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600]
/** With retries: the ten tries of a delivery are over after three days at most, most of what fails heals within an hour. */
const endToEndBuckets = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200, 21_600, 86_400,
]
/** By class, not by outcome: how long it took says something of an answer, of a status, and of there being none. */
const classes = ['2xx', '3xx', '4xx', '5xx', 'failed'] as const

/** `traceId` of the attempt, where it is recorded: the exemplar that leads from a slow bucket to its trace. */
export type CountAttempt = (attempt: Attempt, event: DomainEvent, traceId: string | undefined) => void

export function attemptCounters(metrics: Metrics, nowMs: () => number): CountAttempt {
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
    { outcome: classes },
    attemptBuckets,
  )
  const latency = metrics.histogram(
    'scanhook_first_attempt_latency_seconds',
    'From the receipt of what led to an event to the start of its first attempt',
    {},
    latencyBuckets,
  )
  const endToEnd = metrics.histogram(
    'scanhook_end_to_end_latency_seconds',
    'From the receipt of what led to an event to the answer that delivered it, retries included',
    {},
    endToEndBuckets,
  )
  const recent = recentGauge(metrics, nowMs)
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
    const label = outcomeLabel(outcome)
    attempts.inc({ outcome: label, phase })
    const { totalMs } = outcome.timings
    duration.observe({ outcome: outcome.kind === 'failed' ? 'failed' : label }, totalMs / 1_000, traceId)
    if (phase === 'test') return
    recent.note(attempt.endpointId, lastAnswerOf(outcome), nowMs())
    const waitedMs = Math.max(0, attempt.startedAtMs - event.receivedAtMs)
    if (phase === 'first') latency.observe({}, waitedMs / 1_000, traceId)
    if (attempt.disposition.kind === 'delivered') endToEnd.observe({}, (waitedMs + totalMs) / 1_000, traceId)
  }
}

function recentGauge(metrics: Metrics, nowMs: () => number): RecentEndpoints {
  const gauge = metrics.gauge(
    'scanhook_endpoints_recent',
    'Endpoints that were asked within ten minutes, by their last answer',
    { last: lastAnswers },
  )
  const recent = new RecentEndpoints()
  metrics.onCollect(() => {
    const counts = recent.counts(nowMs())
    for (const last of lastAnswers) gauge.set({ last }, counts[last])
  })
  return recent
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
