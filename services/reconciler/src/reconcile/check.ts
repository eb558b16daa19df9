/**
 * One look at the log by hand: the same as a round, over the last minutes instead of whole hours, for whoever wants to know
 * now. Leaves no report.
 */
import type { HourOfEvents } from '@scanhook/postgres/reconciliations'
import { hourMs, type RoundPorts } from './round.ts'

export interface CheckTerms {
  readonly nowMs: number
  readonly sinceMs: number
  readonly marginMs: number
  readonly overdueMs: number
  /** Puts back what is lost. */
  readonly repairs: boolean
}

export type Checked =
  | { readonly kind: 'behind'; readonly group: string; readonly topic: string }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'checked'
      readonly events: number
      /** Pairs of event and endpoint that had to become deliveries for certain. */
      readonly expected: number
      readonly delivered: number
      readonly dead: number
      readonly waiting: number
      readonly unsure: number
      readonly missing: number
      readonly overdue: number
      readonly requeued: number
    }

/** A person who puts back more than this at once wants a job with a pace instead. */
const requeuedMax = 100_000

export async function checkLog(ports: RoundPorts, terms: CheckTerms): Promise<Checked> {
  const { nowMs, sinceMs, overdueMs } = terms
  const passed = await ports.fence({ nowMs, graceMs: overdueMs })
  if (passed.kind !== 'passed') return passed
  const sum = {
    events: 0,
    expected: 0,
    delivered: 0,
    dead: 0,
    waiting: 0,
    unsure: 0,
    missing: 0,
    requeued: 0,
  }
  for (const { orgId } of organizationsOf(await ports.log.countHours(sinceMs, nowMs + hourMs))) {
    const span = { orgId, fromMs: sinceMs, toMs: nowMs + hourMs }
    const tally = await ports.walk(span, { ...terms, requeuedMax: requeuedMax - sum.requeued })
    const { events, delivered, dead, waiting, unsure, missing, overdue, requeued } = tally
    sum.events += events
    sum.expected += delivered + dead + waiting + overdue + missing
    sum.delivered += delivered
    sum.dead += dead
    sum.waiting += waiting
    sum.unsure += unsure
    sum.missing += missing
    sum.requeued += requeued
  }
  const resumed = await ports.resume({ ...terms, requeuedMax: requeuedMax - sum.requeued })
  return {
    kind: 'checked',
    ...sum,
    overdue: resumed.overdue,
    requeued: sum.requeued + resumed.requeued,
  }
}

function organizationsOf(hours: readonly HourOfEvents[]): readonly { readonly orgId: number }[] {
  return [...new Set(hours.map(({ orgId }) => orgId))].map((orgId) => ({ orgId }))
}
