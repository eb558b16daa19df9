/**
 * A delivery as one line of time, the oldest first: what was sent or put off, how it ended, and what is planned. Pure.
 *
 * Invariants
 *   T1. Nothing that is planned stands before what has happened, also when its time is over.
 *   T2. Everything that the delivery has stands in it, once.
 */
import type { Model } from '../../api/api.ts'

type Delivery = Pick<
  Model<'Delivery'>,
  'attempts' | 'holds' | 'planned_attempts' | 'gives_up_at' | 'completed_at' | 'state'
>

export type Moment =
  | { readonly kind: 'request'; readonly at: string; readonly attempt: Delivery['attempts'][number] }
  | { readonly kind: 'hold'; readonly at: string; readonly hold: Delivery['holds'][number] }
  | { readonly kind: 'end'; readonly at: string; readonly isDelivered: boolean }
  | { readonly kind: 'planned'; readonly at: string; readonly planned: Delivery['planned_attempts'][number] }
  /** When it is given up if all that is planned fails. */
  | { readonly kind: 'limit'; readonly at: string }

export function orderTimeline(delivery: Delivery): readonly Moment[] {
  const { attempts, holds, planned_attempts: plans, gives_up_at: limit, completed_at: end } = delivery
  const happened: readonly Moment[] = [
    ...attempts.map((attempt) => ({ kind: 'request', at: attempt.started_at, attempt }) as const),
    ...holds.map((hold) => ({ kind: 'hold', at: hold.held_at, hold }) as const),
    ...(end === null ? [] : [{ kind: 'end', at: end, isDelivered: delivery.state === 'delivered' } as const]),
  ]
  return [
    ...happened.toSorted(byTime),
    ...plans.map((planned) => ({ kind: 'planned', at: planned.due_at, planned }) as const).toSorted(byTime),
    ...(limit === null ? [] : [{ kind: 'limit', at: limit } as const]),
  ]
}

/** Of the same instant what was named first comes first. */
function byTime(one: Moment, other: Moment): number {
  return Date.parse(one.at) - Date.parse(other.at)
}
