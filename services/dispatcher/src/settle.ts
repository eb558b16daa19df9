/**
 * Makes a decision durable. The order of acts is the contract, for each delivery by itself; across deliveries nothing
 * waits for anything:
 *
 *   append the attempt (and what it says about the endpoint) → note or take back its place in the order → append the
 *   next step → done
 *
 * Invariants
 *   D1. A crash between two acts repeats an attempt and never loses a delivery: its record is done last.
 *   D2. The log never misses an attempt whose consequence exists.
 *   D4. Where order matters, that a delivery waits elsewhere is known before it does, and that it has ended is known
 *       before its record is done: a crash between makes an asset wait for an attempt that is repeated, never go ahead.
 *   D3. Once the partition is revoked, no next step is written: its new owner has the same record and writes it.
 */
import type { Attempt } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { TraceHeaders } from '@scanhook/observability/trace'
import { attemptOf, type Settlement } from './describe-attempt.ts'
import { type AttemptedWith, type NextStep, planNext } from './plan-next.ts'
import type { Work } from './work.ts'

export interface SettlePorts {
  readonly appendAttempt: (attempt: Attempt, trace: TraceHeaders | undefined) => Promise<void>
  readonly appendNext: (step: NextStep, trace: TraceHeaders | undefined) => Promise<void>
  readonly appendEndpointEvent: (event: EndpointEvent, trace: TraceHeaders | undefined) => Promise<void>
  /** What the attempt says about its endpoint and its delivery; mostly nothing. */
  readonly judge: (attempt: Attempt, work: Work, nowMs: number) => readonly EndpointEvent[]
  /** Makes the delivery's place in the order of its asset durable; null when there is nothing to write (D4). */
  readonly appendOrder: (work: Work, disposition: Disposition) => Promise<void> | null
  /** Told once the attempt is decided, before it is durable. */
  readonly settled: (attempt: Attempt, work: Work) => void
  readonly nowMs: () => number
  readonly scale: number
}

export type Settle = (work: Work, settlement: Settlement, attempted: AttemptedWith | null) => Promise<void>

/** Resolves when the record is done, or given up after a revoke. Rejects when something could not be made durable. */
export function settler(ports: SettlePorts): Settle {
  return async (work, settlement, attempted) => {
    const nowMs = ports.nowMs()
    const attempt = attemptOf(work.delivery, settlement)
    const told = ports.judge(attempt, work, nowMs)
    const step = planNext(work.delivery, settlement.disposition, { attempted, nowMs, scale: ports.scale })
    ports.settled(attempt, work)
    const appended = ports.appendAttempt(attempt, work.trace)
    if (told.length === 0) await appended
    else await Promise.all([appended, ...told.map((event) => ports.appendEndpointEvent(event, work.trace))])
    if (work.over.aborted) return // D3
    const ordered = ports.appendOrder(work, settlement.disposition)
    if (ordered !== null) await ordered
    if (step !== null) await ports.appendNext(step, work.trace)
    work.done()
  }
}
