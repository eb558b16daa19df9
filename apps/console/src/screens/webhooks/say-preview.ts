/** What a filter would have let through, in a sentence. Pure. */
import type { Model } from '../../api/api.ts'

type Preview = Pick<Model<'FilterPreview'>, 'matched' | 'scanned' | 'is_complete'>

/** `newest`: of so many events at most; null: of the last day. */
export function sayPreview(
  { matched, scanned, is_complete: isComplete }: Preview,
  newest: number | null,
): string {
  const count = (value: number): string => value.toLocaleString('en')
  if (scanned === 0) return 'There was no such event in the last day.'
  if (newest !== null)
    return scanned < newest
      ? `Matches ${count(matched)} of the ${count(scanned)} events of the last day.`
      : `Matches ${count(matched)} of the last ${count(scanned)} events.`
  const of = isComplete ? 'events of the last day' : 'events that were looked at (there are more)'
  return `${count(matched)} of ${count(scanned)} ${of} would match.`
}
