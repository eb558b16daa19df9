/**
 * One round of the reconciler: waits until what is under way has come through, walks the hours that are to be looked at, and
 * resumes what waits for too long. Decides which hours; the walks do the rest.
 *
 * Invariants
 *   B1. An hour of an organization is walked once it is over, again when it has more events than it had (late ones), and once
 *       more when no delivery of it can still wait by the rules.
 *   B2. Nothing is found missing or overdue while a consumer group that would still bring it is behind.
 *   B3. A report is written when its walk is through; a round that ends early leaves the others to the next.
 */
import { logHorizon } from '@scanhook/domain/log-horizon'
import type { HourOfEvents, HourReport, Reconciliations } from '@scanhook/postgres/reconciliations'
import type { Fence } from './fence.ts'
import type { Resumed, ResumeTerms } from './resume-overdue.ts'
import type { Tally, WalkSpan, WalkTerms } from './walk-events.ts'

export interface RoundPorts {
  readonly log: Pick<Reconciliations, 'countHours' | 'listReports' | 'record' | 'forget'>
  readonly fence: (times: { readonly nowMs: number; readonly graceMs: number }) => Promise<Fence>
  readonly walk: (span: WalkSpan, terms: WalkTerms) => Promise<Tally>
  readonly resume: (terms: ResumeTerms) => Promise<Resumed>
  readonly isStopped: () => boolean
}

export interface RoundTerms {
  readonly nowMs: number
  readonly overdueMs: number
  readonly marginMs: number
  /** How long after its first attempt a delivery may wait at most, by the longest schedule; on the scaled clock. */
  readonly deliveryLifeMs: number
}

export interface RoundResult {
  readonly kind: 'done' | 'behind' | 'stopped'
  /** `behind`: who, and on which topic. */
  readonly behind: { readonly group: string; readonly topic: string } | null
  readonly hours: number
  readonly missing: number
  readonly overdue: number
  readonly requeued: number
  /** What came in up to here has been looked at; null when nothing was. */
  readonly checkedThroughMs: number | null
}

export const hourMs = 3_600_000
const { settleMs } = logHorizon
/** An event may come in late by this and is still looked at with its hour; later ones are older than their retries. */
const lookBackMs = 48 * hourMs
/** As long as the log is kept. */
const reportsKeptMs = 30 * 24 * hourMs
/**
 * What one round puts back at most. More than this missing at once is no leak but a flood (a topic that was deleted): it comes
 * back over the next rounds, at a pace that live traffic does not feel.
 */
const requeuedMax = 10_000

export async function reconcileRound(ports: RoundPorts, terms: RoundTerms): Promise<RoundResult> {
  const { nowMs } = terms
  const nothing = { hours: 0, missing: 0, overdue: 0, requeued: 0, checkedThroughMs: null }
  const passed = await ports.fence({ nowMs, graceMs: terms.overdueMs })
  if (passed.kind === 'stopped') return { kind: 'stopped', behind: null, ...nothing }
  if (passed.kind === 'behind') {
    return { kind: 'behind', behind: { group: passed.group, topic: passed.topic }, ...nothing } // B2
  }
  const toMs = Math.floor((nowMs - settleMs) / hourMs) * hourMs
  const [hours, reports] = await Promise.all([
    ports.log.countHours(toMs - lookBackMs, toMs),
    ports.log.listReports(toMs - lookBackMs, toMs),
  ])
  const due = dueHours(hours, reports, terms)
  let { missing, overdue, requeued } = nothing
  for (const [index, hour] of due.entries()) {
    if (ports.isStopped())
      return { kind: 'stopped', behind: null, ...nothing, hours: index, missing, requeued }
    const span = { orgId: hour.orgId, fromMs: hour.hourMs, toMs: hour.hourMs + hourMs }
    const tally = await ports.walk(span, {
      ...terms,
      requeuedMax: Math.max(0, requeuedMax - requeued),
      repairs: true,
    })
    missing += tally.missing
    requeued += tally.requeued
    await ports.log.record(reportOf(hour, tally, nowMs)) // B3
  }
  const resumed = await ports.resume({
    ...terms,
    requeuedMax: Math.max(0, requeuedMax - requeued),
    repairs: true,
  })
  overdue += resumed.overdue
  requeued += resumed.requeued
  await ports.log.forget(nowMs - reportsKeptMs)
  return { kind: 'done', behind: null, hours: due.length, missing, overdue, requeued, checkedThroughMs: toMs }
}

/** B1; oldest first. */
export function dueHours(
  hours: readonly HourOfEvents[],
  reports: readonly HourReport[],
  { nowMs, deliveryLifeMs }: Pick<RoundTerms, 'nowMs' | 'deliveryLifeMs'>,
): readonly HourOfEvents[] {
  const known = new Map(reports.map((report) => [`${report.orgId} ${report.hourMs}`, report]))
  return hours.filter((hour) => {
    const report = known.get(`${hour.orgId} ${hour.hourMs}`)
    if (report === undefined || report.events !== hour.events) return true
    if (report.missing > report.requeued) return true // more was missing than one round puts back
    const settledMs = hour.hourMs + hourMs + settleMs + deliveryLifeMs
    return nowMs >= settledMs && report.checkedAtMs < settledMs
  })
}

function reportOf(hour: HourOfEvents, tally: Tally, checkedAtMs: number): HourReport {
  const { events, delivered, dead, waiting, unsure, missing, overdue, requeued } = tally
  return {
    ...{ orgId: hour.orgId, hourMs: hour.hourMs, checkedAtMs, events },
    expected: delivered + dead + waiting + overdue + missing,
    ...{ delivered, dead, waiting, unsure, missing, overdue, requeued },
  }
}
