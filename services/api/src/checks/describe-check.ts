/** A check as the API tells it: what the log has of its probes, judged. Pure. */
import {
  type CheckProbe,
  checkProbes,
  nextProbe,
  type ProbeResult,
} from '@scanhook/domain/checking/check-probe'
import {
  type CheckFinding,
  type CheckTerms,
  type CheckVerdict,
  judgeCheck,
  overallVerdict,
} from '@scanhook/domain/checking/judge-check'
import type { StoredAttempt } from '@scanhook/postgres/attempts'

export interface CheckReport {
  readonly isOver: boolean
  /** The probes that were answered, or had no answer, so far. */
  readonly probed: readonly { readonly name: CheckProbe; readonly attempt: StoredAttempt }[]
  /** Null while it is not over. */
  readonly verdict: CheckVerdict | null
  /** Empty while it is not over. `attempt`: the request; null where none was sent, and for `timing`. */
  readonly findings: readonly (CheckFinding & { readonly attempt: StoredAttempt | null })[]
}

/** `attempts`: of the check's delivery, as far as they are logged. A crash repeats the series: the later ones count. */
export function describeCheck(attempts: readonly StoredAttempt[], terms: CheckTerms): CheckReport {
  const probes = probesOf(attempts)
  const results = probes.map(resultOf)
  const probed = probes.flatMap((attempt, index) => {
    const name = checkProbes[index]
    return name === undefined ? [] : [{ name, attempt }]
  })
  if (nextProbe(results) !== null) return { isOver: false, probed, verdict: null, findings: [] }
  const findings = judgeCheck(results, terms)
  const attemptOf = new Map<string, StoredAttempt>(probed.map(({ name, attempt }) => [name, attempt]))
  return {
    isOver: true,
    probed,
    verdict: overallVerdict(findings),
    findings: findings.map((finding) => ({ ...finding, attempt: attemptOf.get(finding.name) ?? null })),
  }
}

/** The first probes in their order, up to where the log has come; of each the last request. */
function probesOf(attempts: readonly StoredAttempt[]): readonly StoredAttempt[] {
  const latest = checkProbes.map((_, index) =>
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
