/**
 * A request with one item or many: each is judged on its own, the good ones are accepted even where others are bad, and
 * the answer says which were. Knows no HTTP.
 */
import type { FieldProblem, Parsed } from '@scanhook/domain/read'
import type { Item } from './parse-upstream.ts'
import type { Frame } from './take-record.ts'

export interface SubmitPorts<T> {
  readonly fromJson: (json: unknown, frame: Frame) => Parsed<T>
  /** The fate of each, in order: `accepted`, `duplicate`, or why it leads to nothing. Null: nothing was done, come again. */
  readonly accept: (values: readonly T[]) => Promise<readonly string[] | null>
}

export interface RejectedItem {
  readonly index: number
  readonly fields: readonly FieldProblem[]
}

export interface DroppedItem {
  readonly index: number
  readonly reason: string
}

export interface Submission {
  readonly accepted: number
  readonly duplicates: number
  readonly dropped: readonly DroppedItem[]
  readonly rejected: readonly RejectedItem[]
}

/** Null: a store is away and nothing was accepted. */
export async function submitBatch<T>(
  ports: SubmitPorts<T>,
  items: readonly Item[],
  frameOf: (index: number) => Frame,
): Promise<Submission | null> {
  const values: T[] = []
  const indexes: number[] = []
  const rejected: RejectedItem[] = []
  for (const [index, item] of items.entries()) {
    const parsed = item.kind === 'json' ? ports.fromJson(item.json, frameOf(index)) : notJson
    if (parsed.ok) {
      values.push(parsed.value)
      indexes.push(index)
    } else {
      rejected.push({ index, fields: parsed.problems })
    }
  }
  const fates = values.length === 0 ? [] : await ports.accept(values)
  if (fates === null) return null
  const dropped: DroppedItem[] = []
  for (const [position, fate] of fates.entries()) {
    if (fate !== 'accepted' && fate !== 'duplicate')
      dropped.push({ index: indexes[position] ?? 0, reason: fate })
  }
  return {
    accepted: fates.filter((fate) => fate === 'accepted').length,
    duplicates: fates.filter((fate) => fate === 'duplicate').length,
    dropped,
    rejected,
  }
}

const notJson: Parsed<never> = {
  ok: false,
  problems: [{ field: '', code: 'invalid_value', message: 'is not JSON' }],
}
