/**
 * What the answer to a batch says about its members. A 2xx accepts all, but for those that it names in
 * `{"failed": ["<event id>", …]}`; delivery ids are understood too. Pure.
 *
 * Invariant
 *   A1. An answer that can't be read never accepts what it may have refused: where it was cut off, all are sent again;
 *       one that is no such JSON names nobody.
 */
import type { AttemptOutcome } from '@scanhook/domain/attempt'

export type BatchAnswer =
  | { readonly kind: 'all_failed' }
  | { readonly kind: 'failed'; readonly ids: ReadonlySet<string> }

const nobody: BatchAnswer = { kind: 'failed', ids: new Set() }

/** For answers with 2xx. */
export function parseBatchAnswer(outcome: Extract<AttemptOutcome, { kind: 'responded' }>): BatchAnswer {
  if (outcome.isBodyTruncated) return { kind: 'all_failed' }
  if (!outcome.body.includes('"failed"')) return nobody
  let answer: unknown
  try {
    answer = JSON.parse(outcome.body)
  } catch {
    return nobody
  }
  if (typeof answer !== 'object' || answer === null || !('failed' in answer)) return nobody
  const { failed } = answer
  if (!Array.isArray(failed)) return nobody
  return { kind: 'failed', ids: new Set(failed.filter((id: unknown) => typeof id === 'string')) }
}
