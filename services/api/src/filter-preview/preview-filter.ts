/**
 * A filter held against events that there were: how many it would have let through. Knows no HTTP and no SQL.
 *
 * Invariants
 *   V1. Only events that the event types cover are counted, and each once.
 *   V2. What is read, and how long that takes, is bounded; what was not reached is said (`isComplete`, `toMs`).
 */
import type { DomainEvent } from '@scanhook/domain/event'
import type { FilterJudge, FilterRefusal } from '@scanhook/domain/filter-refusal'
import { domainEvent } from '@scanhook/domain/recorded-event'
import type { EventRow } from '@scanhook/postgres/events'
import type { JobPages } from '@scanhook/postgres/job-pages'
import type { Keyset } from '@scanhook/postgres/jobs'

export interface PreviewPorts {
  readonly pages: Pick<JobPages, 'listReceived'>
  readonly judgeFilter: FilterJudge
  readonly monotonicMs: () => number
  /** Resolves after others have had their turn. */
  readonly yieldTurn: () => Promise<void>
}

export interface PreviewScope {
  readonly orgId: number
  /** By receipt, both inclusive. */
  readonly sinceMs: number
  readonly untilMs: number
  readonly eventTypes: readonly string[]
  /** Null: lets everything through. */
  readonly filter: string | null
}

export interface PreviewSample {
  readonly eventId: string
  readonly type: string
  readonly occurredAtMs: number
  /** Null: it would have been delivered. */
  readonly refusal: FilterRefusal | null
}

export interface Preview {
  readonly scanned: number
  readonly matched: number
  /** Receipt of the last event that was looked at; where it is complete, the end that was asked for. */
  readonly toMs: number
  readonly isComplete: boolean
  /** The first ones of each kind, those that match before the others. */
  readonly samples: readonly PreviewSample[]
}

export interface PreviewLimits {
  readonly scannedMax: number
  readonly budgetMs: number
}

/**
 * A day of an organization with 100,000 events is told as a whole; they are read and judged in two seconds. Five is what a
 * person waits at a form, and a filter at its most expensive costs no more.
 */
export const previewLimits: PreviewLimits = { scannedMax: 100_000, budgetMs: 5_000 }

/** Some hundred KB, as in the reconciler's walk; no more is in memory at a time. */
const pageSize = 500
/** Longer than this no request of others waits. */
const turnMs = 20
/** Enough to see what kind of events they are. */
const samplesMax = 5

interface Tally {
  scanned: number
  matched: number
  /** Of the last one that was looked at. */
  receivedAtMs: number
  readonly matching: PreviewSample[]
  readonly refused: PreviewSample[]
}

export async function previewFilter(
  ports: PreviewPorts,
  { filter, ...scope }: PreviewScope,
  limits: PreviewLimits = previewLimits,
): Promise<Preview> {
  const tally: Tally = { scanned: 0, matched: 0, receivedAtMs: scope.sinceMs, matching: [], refused: [] }
  const mayGoOn = pacer(ports, limits.budgetMs)
  let after: Keyset | null = null
  while (tally.scanned < limits.scannedMax) {
    const limit = Math.min(pageSize, limits.scannedMax - tally.scanned)
    const rows: readonly EventRow[] = await ports.pages.listReceived(scope, after, limit)
    for (const row of rows) {
      if (!(await mayGoOn())) return told(tally, null)
      look(tally, row, (event) => (filter === null ? null : ports.judgeFilter(filter, event)))
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < limit) return told(tally, scope.untilMs)
    after = { atMs: last.receivedAtMs, id: last.eventId }
  }
  return told(tally, null)
}

/** False once the budget is spent (V2); gives others their turn on the way. */
function pacer({ monotonicMs, yieldTurn }: PreviewPorts, budgetMs: number): () => boolean | Promise<boolean> {
  const endsMs = monotonicMs() + budgetMs
  let turnEndsMs = monotonicMs() + turnMs
  const next = async (): Promise<boolean> => {
    await yieldTurn()
    turnEndsMs = monotonicMs() + turnMs
    return true
  }
  return () => {
    const nowMs = monotonicMs()
    if (nowMs >= endsMs) return false
    return nowMs < turnEndsMs || next()
  }
}

function look(tally: Tally, row: EventRow, refusalOf: (event: DomainEvent) => FilterRefusal | null): void {
  const event = domainEvent(row)
  tally.scanned += 1
  tally.receivedAtMs = row.receivedAtMs
  if (event === null) return
  const refusal = refusalOf(event)
  if (refusal === null) tally.matched += 1
  const samples = refusal === null ? tally.matching : tally.refused
  const { eventId, type, occurredAtMs } = row
  if (samples.length < samplesMax) samples.push({ eventId, type, occurredAtMs, refusal })
}

/** `untilMs`: to where it was looked through; null: not to the end. */
function told({ scanned, matched, receivedAtMs, matching, refused }: Tally, untilMs: number | null): Preview {
  return {
    ...{ scanned, matched, samples: [...matching, ...refused] },
    ...{ isComplete: untilMs !== null, toMs: untilMs ?? receivedAtMs },
  }
}
