/** What a subscription's filter says of an event. How it is told is an argument wherever it is asked for (packages/filters). */
import type { DomainEvent } from './event.ts'

/** Why a filter does not let an event through: the first of its clauses, joined by `&&`, that was not true. */
export interface FilterRefusal {
  /** As it was written. */
  readonly clause: string
  /** What went wrong, where the clause was neither true nor false (`No such key: asset`); null: it was false. */
  readonly failure: string | null
}

/** Null: the event passes. Never throws, and says the same of the same event and text at any time. */
export type FilterJudge = (filter: string, event: DomainEvent) => FilterRefusal | null
