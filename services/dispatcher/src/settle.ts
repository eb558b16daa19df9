/**
 * Makes a decision durable. The order of acts is the contract, for each delivery by itself; across deliveries nothing
 * waits for anything:
 *
 *   append the attempt (and what it says about the endpoint) → append the next step → done
 *
 * Invariants
 *   D1. A crash between two acts repeats an attempt and never loses a delivery: its record is done last.
 *   D2. The log never misses an attempt whose consequence exists.
 *   D3. Once the partition is revoked, no next step is written: its new owner has the same record and writes it.
 */
import type { Attempt } from '@scanhook/domain/attempt'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { ProfileName } from '@scanhook/domain/profile'
import type { Trace } from '@scanhook/observability/trace'
import { attemptOf, type Settlement } from './describe-attempt.ts'
import { type AttemptedWith, type NextStep, planNext } from './plan-next.ts'
import type { Work } from './work.ts'

export interface SettlePorts {
  readonly appendAttempt: (attempt: Attempt, trace: Trace) => Promise<void>
  readonly appendNext: (step: NextStep, trace: Trace) => Promise<void>
  readonly appendEndpointEvent: (event: EndpointEvent, trace: Trace) => Promise<void>
  /** What the attempt says about its endpoint; null for nothing. `profile` is that of the delivery's body. */
  readonly judge: (attempt: Attempt, profile: ProfileName, nowMs: number) => EndpointEvent | null
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
    const endpointEvent = attempted === null ? null : ports.judge(attempt, attempted.rendered.profile, nowMs)
    const step = planNext(work.delivery, settlement.disposition, { attempted, nowMs, scale: ports.scale })
    ports.settled(attempt, work)
    const appended = ports.appendAttempt(attempt, work.trace)
    if (endpointEvent === null) await appended
    else await Promise.all([appended, ports.appendEndpointEvent(endpointEvent, work.trace)])
    if (work.signal.aborted) return // D3
    if (step !== null) await ports.appendNext(step, work.trace)
    work.done()
  }
}
