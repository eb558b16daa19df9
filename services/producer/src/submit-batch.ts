/**
 * A request with one item or many: each is judged on its own, the good ones are accepted even where others are bad, and
 * the answer says which were. Knows no HTTP.
 */
import type { FieldProblem } from '@scanhook/domain/read'
import type { Document } from '@scanhook/reader-formats/split-documents'
import type { Found } from './found.ts'
import type { Frame } from './take-record.ts'

export interface SubmitPorts<T> {
  readonly fromJson: (json: unknown, frame: Frame) => Found<T>
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

// A document of a reader's format may hold thousands of reads, and an acknowledgement has to come while somebody waits
// for it: ten parts of the pipeline. What is beyond is refused by name and may be sent by itself.
const valuesMax = 10_000

/** Null: a store is away and nothing was accepted. */
export async function submitBatch<T>(
  ports: SubmitPorts<T>,
  items: readonly Document[],
  frameOf: (index: number) => Frame,
): Promise<Submission | null> {
  const values: T[] = []
  const indexes: number[] = []
  const rejected: RejectedItem[] = []
  let heartbeats = 0
  for (const [index, item] of items.entries()) {
    const found = findIn(ports, item, values.length < valuesMax ? () => frameOf(index) : null)
    heartbeats += found.heartbeats
    for (const value of found.items) {
      values.push(value)
      indexes.push(index)
    }
    if (found.problems.length > 0) rejected.push({ index, fields: found.problems })
  }
  const fates = values.length === 0 ? [] : await ports.accept(values)
  if (fates === null) return null
  const dropped: DroppedItem[] = []
  for (const [position, fate] of fates.entries()) {
    if (fate !== 'accepted' && fate !== 'duplicate')
      dropped.push({ index: indexes[position] ?? 0, reason: fate })
  }
  return {
    accepted: fates.filter((fate) => fate === 'accepted').length + heartbeats,
    duplicates: fates.filter((fate) => fate === 'duplicate').length,
    dropped,
    rejected,
  }
}

/** `frame` is null where the request is full. */
function findIn<T>(ports: SubmitPorts<T>, item: Document, frame: (() => Frame) | null): Found<T> {
  if (frame === null)
    return nothingIn('too_long', `is beyond the ${valuesMax} that a request may hold; send it again`)
  return item.kind === 'json' ? ports.fromJson(item.json, frame()) : nothingIn('invalid_value', 'is not JSON')
}

function nothingIn(code: FieldProblem['code'], message: string): Found<never> {
  return { items: [], problems: [{ field: '', code, message }], heartbeats: 0 }
}
