/** A check as the API tells it: what the log has of its probes, judged. Pure. */
import {
  type CheckProbe,
  type CheckSeries,
  nextProbe,
  type ProbeResult,
  probesOf,
  seriesIn,
} from '@scanhook/domain/checking/check-probe'
import {
  type CheckFinding,
  type CheckTerms,
  type CheckVerdict,
  judgeCheck,
  judgeOverlap,
  type OverlapJudgement,
  overallVerdict,
} from '@scanhook/domain/checking/judge-check'
import type { StoredAttempt } from '@scanhook/postgres/attempts'

export interface CheckReport {
  readonly isOver: boolean
  readonly series: CheckSeries
  /** The probes that were answered, or had no answer, so far. */
  readonly probed: readonly { readonly name: CheckProbe; readonly attempt: StoredAttempt }[]
  /** Which of several secrets the receiver accepts; null while it is not over, and where one signs. */
  readonly overlap: OverlapJudgement | null
  /** Null while it is not over. */
  readonly verdict: CheckVerdict | null
  /** Empty while it is not over. `attempt`: the request; null where none was sent, and for `timing`. */
  readonly findings: readonly (CheckFinding & { readonly attempt: StoredAttempt | null })[]
}

/** `attempts`: of the check's delivery, as far as they are logged. A crash repeats the series: the later ones count. */
export function describeCheck(attempts: readonly StoredAttempt[], terms: CheckTerms): CheckReport {
  // Each of its requests says which series it is of; before the first, who asked for it knows.
  const series = attempts.some(({ requestBody }) => seriesIn(requestBody) === 'overlap')
    ? 'overlap'
    : (terms.series ?? 'plain')
  const probes = loggedProbes(attempts, series)
  const results = probes.map(resultOf)
  const probed = probes.flatMap((attempt, index) => {
    const name = probesOf(series)[index]
    return name === undefined ? [] : [{ name, attempt }]
  })
  if (nextProbe(results, series) !== null)
    return { isOver: false, series, probed, overlap: null, verdict: null, findings: [] }
  const findings = judgeCheck(results, { ...terms, series })
  const attemptOf = new Map<string, StoredAttempt>(probed.map(({ name, attempt }) => [name, attempt]))
  return {
    isOver: true,
    series,
    probed,
    overlap: series === 'overlap' ? judgeOverlap(results) : null,
    verdict: overallVerdict(findings),
    findings: findings.map((finding) => ({ ...finding, attempt: attemptOf.get(finding.name) ?? null })),
  }
}

/** The first probes in their order, up to where the log has come; of each the last request. */
function loggedProbes(attempts: readonly StoredAttempt[], series: CheckSeries): readonly StoredAttempt[] {
  const latest = probesOf(series).map((_, index) =>
    attempts
      .filter(({ attemptNumber, outcome }) => attemptNumber === index + 1 && outcome !== null)
      .reduce<StoredAttempt | null>(
        (last, one) => (last === null || one.startedAt >= last.startedAt ? one : last),
        null,
      ),
  )
  const end = latest.indexOf(null)
  return latest.slice(0, end === -1 ? latest.length : end).filter((one) => one !== null)
}

function resultOf({ status, errorClass, totalMs }: StoredAttempt): ProbeResult {
  return { status, errorClass, totalMs: totalMs ?? 0 }
}
