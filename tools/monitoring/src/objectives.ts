/**
 * The service level objectives and what watches them: an error ratio for each window, and alerts on how fast the error
 * budget of 30 days goes (multi-window, multi-burn-rate: the SRE workbook, "Alerting on SLOs", table 5-8).
 *
 * A ratio says nothing of a quiet night, where one slow delivery is half of all. So each rule also wants at least
 * `badMin` bad events in its long window.
 */
import type { Alert, Case, RuleGroup } from './alert.ts'

interface Objective {
  /** In the names of recording rules. */
  readonly key: string
  readonly alert: string
  /** E.g. 0.99. */
  readonly target: number
  /** Counters, as selectors: all events, and the good ones or the bad ones. */
  readonly total: string
  readonly good?: string
  readonly bad?: string
  readonly what: string
  readonly meaning: string
  /** Series of a minute's traffic with this share of bad events; 600 events a minute. */
  readonly series: (badShare: number) => Case['series']
}

/** Prometheus 3 writes the bucket `5` as `5.0`; both are meant. */
const withinFiveSeconds = 'scanhook_first_attempt_latency_seconds_bucket{le=~"5(\\\\.0)?"}'

const objectives: readonly Objective[] = [
  {
    key: 'first_attempt',
    alert: 'ScanhookFirstAttemptsLate',
    target: 0.99,
    total: 'scanhook_first_attempt_latency_seconds_count',
    good: withinFiveSeconds,
    what: 'first attempts later than 5 s',
    meaning:
      'The first request of a delivery starts within 5 s of the receipt of what led to it, for 99 % over 30 days. It is ours alone: no receiver can make a first attempt late.',
    series: (badShare) => ({
      'scanhook_first_attempt_latency_seconds_count{job="scanhook-dispatcher"}': '0+600x180',
      'scanhook_first_attempt_latency_seconds_bucket{job="scanhook-dispatcher",le="5"}': `0+${600 * (1 - badShare)}x180`,
    }),
  },
  {
    key: 'platform',
    alert: 'ScanhookPlatformFailing',
    target: 0.9995,
    total: 'scanhook_attempts_total{phase!="test"}',
    bad: 'scanhook_attempts_total{phase!="test",outcome="internal"}',
    what: 'attempts that failed for a reason of ours',
    meaning:
      'At least 99.95 % of attempts over 30 days end as the receiver made them end; the others fail as `internal`, for a reason of ours.',
    series: (badShare) => ({
      'scanhook_attempts_total{outcome="2xx",phase="first"}': `0+${600 * (1 - badShare)}x180`,
      'scanhook_attempts_total{outcome="internal",phase="first"}': `0+${600 * badShare}x180`,
    }),
  },
]

const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const
type Window = (typeof windows)[number]

interface Burn {
  readonly factor: number
  readonly long: Window
  readonly short: Window
  readonly severity: 'page' | 'ticket'
  readonly for: string
  readonly budget: string
}

const burns: readonly Burn[] = [
  {
    factor: 14.4,
    long: '1h',
    short: '5m',
    severity: 'page',
    for: '2m',
    budget: '2 % of the budget of 30 days in an hour',
  },
  {
    factor: 6,
    long: '6h',
    short: '30m',
    severity: 'page',
    for: '15m',
    budget: '5 % of the budget of 30 days in six hours',
  },
  {
    factor: 3,
    long: '1d',
    short: '2h',
    severity: 'ticket',
    for: '1h',
    budget: '10 % of the budget of 30 days in a day',
  },
  {
    factor: 1,
    long: '3d',
    short: '6h',
    severity: 'ticket',
    for: '1h',
    budget: 'the whole budget of 30 days in 30 days',
  },
]

/** Ten slow ones are a pattern; one is a restart. */
const badMin = 10

const ratioName = (key: string, window: Window): string => `scanhook:${key}:error_ratio_rate${window}`

function ratio({ total, good, bad }: Objective, window: Window): string {
  const of = (selector: string): string => `sum(rate(${selector}[${window}]))`
  return good === undefined ? `${of(bad ?? '')} / ${of(total)}` : `1 - ${of(good)} / ${of(total)}`
}

function badCount({ total, good, bad }: Objective, window: Window): string {
  const of = (selector: string): string => `sum(increase(${selector}[${window}]))`
  return good === undefined ? of(bad ?? '') : `(${of(total)} - ${of(good)})`
}

function burnAlert(objective: Objective, burn: Burn): Alert {
  const { key, target, alert, what, meaning, series } = objective
  const limit = Number((burn.factor * (1 - target)).toPrecision(6))
  const percent = Number((limit * 100).toPrecision(4))
  return {
    name: alert,
    variant: burn.long,
    severity: burn.severity,
    expr: [
      `${ratioName(key, burn.long)} > ${limit}`,
      `and ${ratioName(key, burn.short)} > ${limit}`,
      `and ${badCount(objective, burn.long)} > ${badMin}`,
    ].join('\n'),
    for: burn.for,
    summary: `{{ $value | humanizePercentage }} ${what} within ${burn.long}`,
    description: `${meaning} More than ${percent} % within ${burn.long} and within ${burn.short}: ${burn.budget}.`,
    dashboard: 'scanhook-overview',
    firing: { series: series(Math.min(1, limit * 1.5)), atMinutes: 150 },
    silent: { series: series(limit * 0.5), atMinutes: 150 },
  }
}

export const objectiveGroups: readonly RuleGroup[] = objectives.map((objective) => ({
  name: `scanhook-slo-${objective.key.replace('_', '-')}`,
  interval: '30s',
  recordings: windows.map((window) => ({
    record: ratioName(objective.key, window),
    expr: ratio(objective, window),
  })),
  alerts: burns.map((burn) => burnAlert(objective, burn)),
}))
