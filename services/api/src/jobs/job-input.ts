/** Bounds of what a job is asked with. */
import { fieldError } from '@scanhook/http/api-error'

/**
 * What an ordinary receiver (100 ms an answer, ten at a time) takes beside what happens now: a hundred thousand in seventeen
 * minutes. An endpoint's own limits hold besides.
 */
export const perSecondDefault = 100

/** People mend a few webhooks at a time; of more jobs they would lose sight, and each takes turns with those of others. */
export const unfinishedJobsMax = 20

/** Events are stamped by the clock of another machine; as far as matching (domain/matching) trusts it. */
const clockToleranceMs = 5_000

/** Now by default, and no later: a job has an end. Throws a validation error. */
export function untilOf(sinceMs: number, untilMs: number | undefined, nowMs: number): number {
  const latestMs = nowMs + clockToleranceMs
  if (untilMs !== undefined && untilMs < sinceMs)
    throw fieldError({ field: 'until', code: 'invalid_value', message: 'must not be before since' })
  if (sinceMs > latestMs)
    throw fieldError({ field: 'since', code: 'invalid_value', message: 'must not be in the future' })
  return Math.min(untilMs ?? latestMs, latestMs)
}
