/** What one JSON document of a record or request holds. A reader's frame holds many reads, and some of them may be bad. */
import type { FieldProblem, Parsed } from '@scanhook/domain/read'

export interface Found<T> {
  readonly items: readonly T[]
  readonly problems: readonly FieldProblem[]
  /** Heartbeats in it, already told to whoever listens to them. */
  readonly heartbeats: number
}

/** A document that is one thing or wrong. */
export function foundOf<T>(parsed: Parsed<T>): Found<T> {
  if (!parsed.ok) return { items: [], problems: parsed.problems, heartbeats: 0 }
  return { items: [parsed.value], problems: [], heartbeats: 0 }
}
